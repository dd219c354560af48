"""Map again what an earlier version could not, after an upgrade."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback import quarantine
from feedback.models import Quarantined
from governance.models import Project
from lib import clock


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", help="only this one, by its slug")
        parser.add_argument("--client", default="", help="only this one, such as continue")

    def handle(self, *, project: str | None, client: str, **options: Any) -> None:
        only = Project.objects.filter(slug=project).first() if project else None
        if project and only is None:
            raise CommandError(f"There is no project {project}.")
        mapped = still = 0
        for pk in quarantine.held(only, client):
            try:
                is_out = quarantine.replay(pk, None, clock.now())
            except Quarantined.DoesNotExist:  # another was quicker
                continue
            mapped, still = mapped + is_out, still + (not is_out)
        self.stdout.write(f"{mapped:,} mapped, {still:,} still in quarantine")
