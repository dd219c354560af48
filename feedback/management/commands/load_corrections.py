"""Load a JSONL file of corrections or suggestion events, as if a client had reported it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import batched
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from pydantic_core import from_json

from feedback.ingest import Outcome, State, receive
from feedback.pack import records_of
from governance.keys import make_key
from governance.models import IngestKey, Project, User
from lib import clock

KEY = "load_corrections"
BATCH = 500  # records
RARE = (State.WAITING, State.SAMPLED_OUT, State.ERASED)  # told of only where there are some


class Command(BaseCommand):
    help = "Load corrections or suggestion events from a JSONL file. Loading it again is harmless."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--as", required=True, dest="username", help="the person who loads it")
        parser.add_argument("--dry-run", action="store_true", help="say what it would do")

    def handle(
        self, *, file: Path, project: str, username: str, dry_run: bool, **options: Any
    ) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        with transaction.atomic() if dry_run else nullcontext():
            counts = self.load(file, key_of(project, username, KEY))
            if dry_run:
                transaction.set_rollback(True)
        told = ", ".join(
            f"{counts[state]:,} {state}" for state in State if counts[state] or state not in RARE
        )
        self.stdout.write(f"{told}{' (a dry run: nothing is kept)' if dry_run else ''}")
        if bad := counts[State.FLAWED] + counts[State.CONFLICT]:
            raise CommandError(f"{bad:,} were refused, as said above; the others are in order.")

    def load(self, file: Path, key: IngestKey) -> Counter[State]:
        """Store the file's records batch by batch, and print what was refused."""
        counts: Counter[State] = Counter()
        for batch in batched(self.numbered_records(file, counts), BATCH):
            outcomes = receive(key, [record for _, record in batch], clock.now())
            counts.update(outcome.state for outcome in outcomes)
            for (number, record), outcome in zip(batch, outcomes, strict=True):
                for problem in problems_of(record, outcome):
                    self.stderr.write(f"{file.name}:{number}: {problem}")
        return counts

    def numbered_records(
        self, file: Path, counts: Counter[State]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each record with the number of its line; a binary file's lines end at \\n only."""
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield from ((number, record) for record in records_of(from_json(line)))
                except ValueError as error:  # not JSON, or NotAPackLine
                    self.stderr.write(f"{file.name}:{number}: {error}")
                    counts[State.FLAWED] += 1


def problems_of(record: dict[str, Any], outcome: Outcome) -> Iterator[str]:
    """What kept a record from being stored, in words."""
    name = f"{record['type']} {record['id']}"
    if outcome.state is State.CONFLICT:
        yield f"{name}: another record with other content has this id"
    for flaw in outcome.flaws:
        yield f"{name}: {'.'.join(map(str, flaw.path))}: {flaw.detail}"


def key_of(slug: str, username: str, name: str) -> IngestKey:
    """The project's key for files, made the first time; its secret is thrown away."""
    project = Project.objects.filter(slug=slug).first()
    person = User.objects.filter(username=username).first()
    if project is None or person is None:
        missing = f"project {slug}" if project is None else f"person {username}"
        raise CommandError(f"There is no {missing}.")
    named = IngestKey.objects.filter(project=project, name=name)
    live = named.filter(revoked_at=None, replaced_by=None).first()
    return live or make_key(project, name, person, clock.now())[0]
