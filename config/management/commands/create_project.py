"""`manage.py create_project SLUG --name NAME --admin USER` opens a project."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.projects import SlugRefused, open_project
from governance.models import User
from lib.clock import now


class Command(BaseCommand):
    """Open a project for someone who has an account."""

    help = "Open a project with its categories and its first admin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The slug in addresses, the name people read, and who administers it."""
        parser.add_argument("slug")
        parser.add_argument("--name", required=True)
        parser.add_argument("--admin", required=True, metavar="USER")

    def handle(self, *, slug: str, name: str, admin: str, **options: Any) -> None:
        """Open it, or say in one line why not."""
        person = User.objects.filter(username=admin, is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active account {admin}. Nothing was changed.")
        try:
            project = open_project(slug, name, person, now())
        except SlugRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"{project.name} is open at /p/{project.slug}/, and {admin} is its admin."
        )
