"""Give a frozen dataset version to Weights & Biases as an artifact."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.dvc.store import Altered
from curation.models import DatasetVersion


class Command(BaseCommand):
    help = "Give a frozen dataset version to Weights & Biases as an artifact, under our digests."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """With --version for the dataset's; Django's own, of Django, gives way."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True, help="the project's slug")
        parser.add_argument("--version", required=True, type=int, help="the version's number")
        parser.add_argument("--to", required=True, help="the project at W&B")
        parser.add_argument("--entity", default="", help="whose it is there, if not yours")
        parser.add_argument("--offline", action="store_true", help="keep it for `wandb sync`")
        parser.add_argument("--folder", type=Path, default=Path(), help="where wandb/ is made")

    def handle(self, *args: Any, **options: Any) -> None:
        version = DatasetVersion.objects.filter(
            project__slug=options["project"], number=options["version"], state="frozen"
        ).first()
        if version is None:
            raise CommandError(
                f"{options['project']} has no frozen version {options['version']}."
                " Nothing was sent."
            )
        if find_spec("wandb") is None:
            raise CommandError('wandb is not installed: pip install "wandb>=0.31".')
        artifacts, problems = import_module("curation.wandb_artifacts"), import_module("wandb")
        where = artifacts.Where(
            options["to"], options["entity"], options["offline"], options["folder"]
        )
        try:
            digest = artifacts.send(version, where)
        except (Altered, artifacts.Unequal, problems.Error) as error:
            raise CommandError(f"{error} Nothing was recorded.") from error
        name = f"{version.project.slug}-dataset:{artifacts.alias_of(version)}"
        self.stdout.write(f"{name} with the digest {digest}")
