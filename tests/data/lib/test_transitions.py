import pytest

from curation.models import DatasetVersion
from lib.clock import now
from lib.transitions import MoveRefused, move
from tests.builders import make_curator, make_project

pytestmark = pytest.mark.django_db

# a table of the test's own: requested goes either way, the others end
MOVES = {"requested": ("cancelled", "failed"), "cancelled": (), "failed": ()}


@pytest.fixture
def version():
    project = make_project()
    return DatasetVersion.objects.create(
        project=project,
        number=1,
        recipe={},
        cutoff=now(),
        last_decision=0,
        requested_by=make_curator(project),
        requested_at=now(),
    )


def stored(version):
    return DatasetVersion.objects.get(pk=version.pk)


@pytest.mark.parametrize("source", MOVES)
@pytest.mark.parametrize("target", MOVES)
def test_only_the_moves_of_the_table_happen(version, source, target):
    DatasetVersion.objects.update(state=source)
    if target in MOVES[source]:
        move(version, target, MOVES)
    else:
        with pytest.raises(MoveRefused, match=f"cannot become {target}"):
            move(version, target, MOVES)
    assert stored(version).state == (target if target in MOVES[source] else source)


def test_the_row_in_hand_and_the_stored_one_agree_afterwards(version):
    move(version, "failed", MOVES, problem="The disk is full.")
    assert (version.state, version.problem) == ("failed", "The disk is full.")
    assert (stored(version).state, stored(version).problem) == ("failed", "The disk is full.")


def test_what_counts_is_the_stored_state_not_the_one_in_hand(version):
    late = stored(version)
    move(version, "cancelled", MOVES)
    assert late.state == "requested", "the control: it does not know yet"
    with pytest.raises(MoveRefused):
        move(late, "failed", MOVES, problem="too late")
    assert (late.state, late.problem) == ("requested", "")
    assert stored(version).state == "cancelled"


def test_rows_narrow_who_may_move(version):
    others = DatasetVersion.objects.exclude(requested_by=version.requested_by)
    with pytest.raises(MoveRefused):
        move(version, "cancelled", MOVES, rows=others)
    move(version, "cancelled", MOVES, rows=DatasetVersion.objects.filter(number=1))


def test_a_move_is_one_statement(version, django_assert_num_queries):
    with django_assert_num_queries(1):
        move(version, "cancelled", MOVES)


def test_a_move_touches_one_row(version):
    other = DatasetVersion.objects.get(pk=version.pk)
    other.pk, other.number = None, 2
    other.save()
    move(version, "cancelled", MOVES)
    assert stored(other).state == "requested"
