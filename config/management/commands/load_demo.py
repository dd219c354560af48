"""`manage.py load_demo` fills an empty development database with the demo."""

from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.demo.content import read
from config.demo.presence import NoPlaceForADemo, accounts, has_room
from lib.clock import now


class Command(BaseCommand):
    """Load the demo; loading it again changes nothing."""

    help = "Load the demo's people, feedback, reviews, dataset versions and models."

    def handle(self, *, verbosity: int, **options: Any) -> None:
        """Load it and print the demo accounts (not with --verbosity 0)."""
        try:
            # a second start is quick without what plays the stories
            new = has_room(read()) and import_module("config.demo.load").load(now())
        except NoPlaceForADemo as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write("The demo is loaded." if new else "The demo is here already.")
        if not verbosity:
            return
        self.stdout.write("Demo accounts, which exist in the demo only:")
        for account in accounts(read()):
            self.stdout.write(f"  {account.username:10} {account.password:20} {account.roles}")
