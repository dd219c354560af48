"""Write a frozen dataset version to a folder, and check every digest on the way."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.exports.catalogue import BY_NAME
from curation.exports.files import File
from curation.exports.hugging_face import FORMAT
from curation.models import DatasetVersion
from curation.remains import files_of, lines_lost


class Command(BaseCommand):
    help = "Write a frozen dataset version's files and manifest.json, and check their digests."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """With --version for the dataset's; Django's own, of Django, gives way."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True, help="the project's slug")
        parser.add_argument("--version", required=True, type=int, help="the version's number")
        parser.add_argument("--out", required=True, type=Path, help="a folder; made if missing")
        parser.add_argument(
            "--format", choices=BY_NAME, default=FORMAT.name, help="what is to read it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        version = DatasetVersion.objects.filter(
            project__slug=options["project"], number=options["version"], state="frozen"
        ).first()
        if version is None:
            raise CommandError(
                f"{options['project']} has no frozen version {options['version']}."
                " Nothing was written."
            )
        format, out = BY_NAME[options["format"]], options["out"]
        frozen = {file["path"]: file["sha256"] for file in files_of(version)}
        checked = frozen if format is FORMAT else {}
        for file in format.files(version):
            _write(file, out, checked.get(file.path))
        says = "matches" if checked else f"as {format.title}"
        lost = lines_lost(version)
        if lost:
            says = f"less {lost:,} lines erased since"
        rows = version.manifest["rows"] - lost
        self.stdout.write(f"{rows:,} rows in {out}: {version.content_id} {says}")


def _write(file: File, out: Path, frozen: str | None) -> None:
    """Write beside the place and move it there when its digest is right."""
    path = out / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    part, digest = path.with_suffix(".part"), sha256()
    with part.open("wb") as target:
        for piece in file.pieces():
            digest.update(piece)
            target.write(piece)
    if frozen not in (None, digest.hexdigest()):
        part.unlink()
        raise CommandError(
            f"{file.path} hashes to {digest.hexdigest()}, and {frozen} was frozen."
            " It was not kept. The database was changed behind Emend's back."
        )
    part.replace(path)
