"""Write a frozen dataset version to a folder, and check every digest on the way."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.export import lines
from curation.models import DatasetVersion


class Command(BaseCommand):
    help = "Write a frozen dataset version's files and manifest.json, and check their digests."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """With --version for the dataset's; Django's own, of Django, gives way."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True, help="the project's slug")
        parser.add_argument("--version", required=True, type=int, help="the version's number")
        parser.add_argument("--out", required=True, type=Path, help="a folder; made if missing")

    def handle(self, *args: Any, **options: Any) -> None:
        version = DatasetVersion.objects.filter(
            project__slug=options["project"], number=options["version"], state="frozen"
        ).first()
        if version is None:
            raise CommandError(
                f"{options['project']} has no frozen version {options['version']}."
                " Nothing was written."
            )
        out: Path = options["out"]
        for file in version.manifest["files"]:
            _write(version, out / file["path"], file)
        shown = orjson.dumps(version.manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        (out / "manifest.json").write_bytes(shown + b"\n")
        rows = version.manifest["rows"]
        self.stdout.write(f"{rows:,} rows in {out}: {version.content_id} matches")


def _write(version: DatasetVersion, path: Path, file: dict[str, Any]) -> None:
    """Write beside the place and move it there when its digest is right."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part, digest = path.with_suffix(".part"), sha256()
    with part.open("wb") as target:
        for line in lines(version, file["path"]):
            digest.update(line)
            target.write(line)
    if digest.hexdigest() != file["sha256"]:
        part.unlink()
        raise CommandError(
            f"{file['path']} hashes to {digest.hexdigest()}, and {file['sha256']} was frozen."
            " It was not kept. The database was changed behind Emend's back."
        )
    part.replace(path)
