"""Write what was captured to a file: JSON lines or Parquet."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.exporting import json_lines, write_parquet
from feedback.reading import KINDS, every, portions
from governance.models import Project


class Command(BaseCommand):
    """export_feedback KIND FILE --project SLUG; the file's ending says the format."""

    help = "Write generations, reactions, corrections or quarantine to FILE.jsonl or FILE.parquet"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, help="its slug")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']}.")
        if file.suffix not in (".jsonl", ".parquet"):
            raise CommandError("The file ends in .jsonl or .parquet; nothing was written.")
        kind = KINDS[options["kind"]]
        rows = kind.rows(project, {})
        if file.suffix == ".parquet":
            write_parquet(kind, portions(kind, rows), file)
        else:
            with file.open("wb") as lines:
                lines.writelines(json_lines(every(kind, rows)))
        self.stdout.write(f"Wrote {kind.name} of {project.slug} to {file}.")
