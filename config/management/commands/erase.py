"""`manage.py erase --project P (--subject S | --generation ID) [--dry-run]` erases for good."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.erasure.erasing import Busy, NothingFound, erase
from config.erasure.plan import Plan, in_words, plan_of
from config.erasure.requests import OneGeneration, Request, Subject
from governance.models import Project
from lib.clock import now


class Command(BaseCommand):
    """Erase what a person or one generation left, everywhere in a project."""

    help = "Erase a person's feedback or one generation everywhere; --dry-run only counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where, what, and whether only to count."""
        parser.add_argument("--project", required=True, metavar="SLUG")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--subject", metavar="NAME", help="As clients call the person")
        what.add_argument("--generation", metavar="ID", help="Its client's id, or another name")
        parser.add_argument("--reason", default="", help="For the receipt; name nobody in it")
        parser.add_argument("--dry-run", action="store_true", help="Count, and change nothing")

    def handle(
        self,
        *,
        project: str,
        subject: str | None,
        generation: str | None,
        reason: str,
        dry_run: bool,
        **options: Any,
    ) -> None:
        """Say what goes; unless it is a dry run, let it go."""
        found = Project.objects.filter(slug=project).first()
        if found is None:
            raise CommandError(f"There is no project {project}. Nothing was changed.")
        request = Subject(subject) if subject else OneGeneration(generation or "")
        if dry_run:
            self._say(plan_of(found, request))
            return
        self._erase(found, request, reason)

    def _erase(self, project: Project, request: Request, reason: str) -> None:
        try:
            erasure = erase(project, request, None, now(), reason[:300])
        except NothingFound:
            raise CommandError("Nothing of it is here. Nothing was changed.") from None
        except Busy:
            raise CommandError(
                "Others kept writing to it. Nothing was erased: try again in a minute."
            ) from None
        self.stdout.write(f"Erased {sum(erasure.counts.values()):,} rows: erasure {erasure.pk}.")

    def _say(self, plan: Plan) -> None:
        for each in in_words(plan.counts):
            self.stdout.write(f"{each.rows:>9,}  {each.words}")
            for name, rows in each.tables:
                self.stdout.write(f"{rows:>9,}    {name}")
        for loss in plan.losses:
            self.stdout.write(f"Dataset version {loss.version.number} loses {loss.lines:,} lines")
        for model in plan.models:
            self.stdout.write(f"{model} was trained on some of them, and is not changed")
        self.stdout.write(f"{plan.total:,} rows would go. Nothing was changed.")
