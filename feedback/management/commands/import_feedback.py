"""Read files that clients left on disk, as if the clients had sent them."""

from collections import Counter
from pathlib import Path, PurePath

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.clients.filed import FORMATS
from feedback.clients.reading import Became
from feedback.clients.registry import adapters
from feedback.importing import TOO_LONG, ImportedElsewhere, Source, files_of, read_on
from feedback.management.commands.load_corrections import key_of
from lib import clock

KEY = "import_feedback"


class Command(BaseCommand):
    help = "Import feedback that clients left on disk. Stopped at any point, it goes on from there."

    def add_arguments(self, parser: CommandParser) -> None:
        told = "; ".join(f"{name}: {format.title}" for name, format in FORMATS.items())
        parser.add_argument("format", choices=FORMATS, help=told)
        parser.add_argument("path", type=Path, help="a file, or a folder of them")
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--as", required=True, dest="username", help="the person who imports")

    def handle(
        self, *, format: str, path: Path, project: str, username: str, **options: object
    ) -> None:
        chosen = FORMATS[format]
        if chosen.client not in adapters():
            raise CommandError(f"This version does not read what {chosen.client} sends yet.")
        files = files_of(chosen, path)
        if not files:
            raise CommandError(f"There is no {' or '.join(chosen.files)} at {path}.")
        key = key_of(project, username, KEY)
        counts: Counter[str] = Counter()
        for file in files:
            counts += self.read(file, Source(key, chosen, PurePath(*file.absolute().parts[-2:])))
        told = ", ".join(f"{counts[became]:,} {became}" for became in Became if counts[became])
        self.stdout.write(f"{len(files)} files: {told or 'nothing new'}")
        if counts[TOO_LONG]:
            raise CommandError(f"{counts[TOO_LONG]:,} lines are too long and were not kept.")

    def read(self, file: Path, source: Source) -> Counter[str]:
        """Read a file to its end, and print each line that went into quarantine."""
        counts: Counter[str] = Counter()
        try:
            with file.open("rb") as opened:
                for progress in read_on(source, opened, clock.now):
                    counts += progress.counts
                    for trouble in progress.troubles:
                        self.stderr.write(f"{source.path}:{trouble.line}: {trouble.detail}")
        except ImportedElsewhere:
            raise CommandError(f"{file} is being imported by another process.") from None
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        return counts
