"""`manage.py retain --project P (--days N | --for-good)` says how long a project keeps feedback."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.erasure.retention import LONGEST, Unchanged, choose
from governance.models import Project
from lib.clock import now


class Command(BaseCommand):
    """Set how long a project keeps what was reported."""

    help = "Erase feedback of a project so many days after it came in, or keep it for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where, and how long."""
        parser.add_argument("--project", required=True, metavar="SLUG")
        length = parser.add_mutually_exclusive_group(required=True)
        length.add_argument("--days", type=int)
        length.add_argument("--for-good", action="store_true")

    def handle(self, *, project: str, days: int | None, **options: Any) -> None:
        """Set it, and say what follows."""
        found = Project.objects.filter(slug=project).first()
        if found is None:
            raise CommandError(f"There is no project {project}. Nothing was changed.")
        if days is not None and not 1 <= days <= LONGEST:
            raise CommandError(f"Give 1 to {LONGEST} days. Nothing was changed.")
        try:
            choose(found, days, None, now())
        except Unchanged:
            self.stdout.write("It is so already.")
            return
        told = f"{days} days, then erased within the hour" if days else "for good"
        self.stdout.write(f"{project} keeps feedback {told}.")
