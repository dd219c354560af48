"""Keep rows away from a benchmark of one's own."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.own_benchmarks import TooMany, add_to
from curation.standards import NoTasks, add
from governance.models import Project
from lib.clock import now


class Command(BaseCommand):
    help = (
        "Make fingerprints of the tasks in a file, one JSON object a line, so that no row of a"
        " dataset is one of them. Hashes are kept, and none of the text."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, help="the tasks")
        parser.add_argument("--name", help="what to call it; without, the file's name")
        parser.add_argument("--project", help="for the versions of this one; without, for files")

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["source"]
        name = options["name"] or source.stem
        try:
            if options["project"]:
                self._for_project(source, name, options["project"])
            else:
                self._for_files(source, name)
        except (NoTasks, TooMany, OSError) as error:
            raise CommandError(f"{error} Nothing was added.") from error

    def _for_project(self, source: Path, name: str, slug: str) -> None:
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            raise CommandError(f"There is no project {slug}. Nothing was added.")
        made = add_to(project, source.read_bytes(), name, now(), source=str(source))
        self.stdout.write(
            f"{made.name}: {made.texts:,} texts, {made.digest}. Versions of {slug} that are asked"
            " for from now on hold no row of them."
        )

    def _for_files(self, source: Path, name: str) -> None:
        found = add(source, name, settings.BENCHMARKS)
        self.stdout.write(
            f"{found.name}: {len(found.grams):,} runs of words and {len(found.whole):,} texts,"
            f" in {settings.BENCHMARKS}. Runs that begin from now on use them."
        )
