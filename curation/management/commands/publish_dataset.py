"""Publish a frozen dataset version for DVC now, or once more where its files were lost."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.models import DatasetVersion, Publication
from curation.publishing import publish


class Command(BaseCommand):
    help = "Publish a frozen dataset version for DVC; what is missing or torn is written anew."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """With --version for the dataset's; Django's own, of Django, gives way."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True, help="the project's slug")
        parser.add_argument("--version", required=True, type=int, help="the version's number")

    def handle(self, *args: Any, **options: Any) -> None:
        version = DatasetVersion.objects.filter(
            project__slug=options["project"], number=options["version"], state="frozen"
        ).first()
        if version is None:
            raise CommandError(
                f"{options['project']} has no frozen version {options['version']}."
                " Nothing was published."
            )
        publication = publish(version, again=True)
        if publication.state != Publication.State.PUBLISHED:
            raise CommandError(publication.problem)
        self.stdout.write(f"v{version.number} of {options['project']}: {publication.commit}")
