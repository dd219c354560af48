from threading import Barrier

import pytest

from curation.models import DatasetVersion
from lib.clock import now
from lib.transitions import MoveRefused, move
from tests.builders import make_curator, make_project
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)
MOVES = {"requested": ("cancelled", "failed"), "cancelled": (), "failed": ()}
ROUNDS = 5


def make_version(number):
    project = make_project()
    return DatasetVersion.objects.create(
        project=project,
        number=number,
        recipe={},
        cutoff=now(),
        last_decision=0,
        requested_by=make_curator(project),
        requested_at=now(),
    )


def attempt(version, to):
    def try_it():
        try:
            move(DatasetVersion.objects.get(pk=version.pk), to, MOVES)
        except MoveRefused:
            return False
        return True

    return try_it


def test_of_several_callers_exactly_one_wins():
    for number in range(1, ROUNDS + 1):
        version = make_version(number)
        won = together(*[attempt(version, to) for to in ("cancelled", "failed") * 2])
        assert sorted(won) == [False, False, False, True]


def test_looking_first_and_writing_then_would_let_several_win():
    """Negative control: if only one wins here, the test above proves nothing."""
    version, together_now = make_version(1), Barrier(2)

    def naive():
        mine = DatasetVersion.objects.get(pk=version.pk)
        won = mine.state == "requested"
        together_now.wait(10)
        mine.state = "cancelled"
        mine.save(update_fields=["state"])
        return won

    assert together(naive, naive) == [True, True]
