"""Say what a project's events weigh in each capture style, by client."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.footprint import footprints
from governance.models import Project

HEAD = ("client", "events", "event-driven", "structured", "hybrid", "originals", "bytes of one")


class Command(BaseCommand):
    """measure_capture --project SLUG: bytes per event, of what is stored."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True, help="its slug")

    def handle(self, *, project: str, **options: Any) -> None:
        found = Project.objects.filter(slug=project).first()
        if found is None:
            raise CommandError(f"There is no project {project}.")
        self._line(*HEAD)
        for each in footprints(found):
            styles = map(each.each, (each.event_driven, each.structured, each.hybrid))
            one = round(each.original_bytes / each.originals) if each.originals else None
            numbers = (each.events, *styles, each.originals, one)
            self._line(each.client, *("-" if told is None else f"{told:,}" for told in numbers))

    def _line(self, client: str, *rest: str) -> None:
        self.stdout.write(client.ljust(12) + "".join(each.rjust(14) for each in rest))
