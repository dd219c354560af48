"""Keep rows away from a benchmark of one's own."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.standards import NoTasks, add


class Command(BaseCommand):
    help = (
        "Make fingerprints of the tasks in a file, one JSON object a line, so that no row of a"
        " dataset is one of them. Hashes are kept, and none of the text."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, help="the tasks")
        parser.add_argument("--name", help="what to call it; without, the file's name")

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["source"]
        try:
            found = add(source, options["name"] or source.stem, settings.BENCHMARKS)
        except (NoTasks, OSError) as error:
            raise CommandError(f"{error} Nothing was added.") from error
        self.stdout.write(
            f"{found.name}: {len(found.grams):,} runs of words and {len(found.whole):,} texts,"
            f" in {settings.BENCHMARKS}. Runs that begin from now on use them."
        )
