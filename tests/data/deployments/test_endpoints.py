import pytest

from deployments.endpoints import LiveMoved, NothingBefore, roll_back
from deployments.models import LiveChange, Promotion
from deployments.registry import amend
from governance.models import LedgerEntry
from lib.clock import now
from tests.builders import make_admin, make_curator, make_project
from tests.deployments_builders import a_manifest, make_live, make_promotion, make_version, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def admin(project):
    return make_admin(project)


def live_after(endpoint):
    endpoint.refresh_from_db()
    return endpoint.live.revision


def three_promoted(project):
    return [make_live(project=project) for _ in range(3)][-1]


def test_one_person_rolls_back_at_once(project, admin):
    endpoint = three_promoted(project)
    change = roll_back(endpoint, admin, "pages of errors", now())
    assert live_after(endpoint) == 2
    assert (change.kind, change.replaced.revision, change.by) == ("rolled_back", 3, admin)
    entry = LedgerEntry.objects.get(action="endpoint rolled back")
    assert entry.subject_digest == endpoint.live_digest


def test_again_goes_further_back_and_never_to_what_was_left(project, admin):
    endpoint = three_promoted(project)
    roll_back(endpoint, admin, "", now())
    roll_back(endpoint, admin, "", now())
    assert live_after(endpoint) == 1
    with pytest.raises(NothingBefore, match="Nothing was changed"):
        roll_back(endpoint, admin, "", now())
    assert live_after(endpoint) == 1


def test_there_is_no_way_back_from_nothing(project, admin):
    endpoint = make_promotion(project).endpoint
    with pytest.raises(NothingBefore):
        roll_back(endpoint, admin, "", now())
    assert not LiveChange.objects.exists()


def test_rolling_back_restores_the_bytes_that_were_live(project, admin):
    """An amended manifest is not what ran; what goes live again is what did."""
    first = make_live(project=project)
    was = first.live_digest
    endpoint = make_live(project=project)
    amend(first.live, a_manifest(), make_curator(project), now())
    roll_back(endpoint, admin, "", now())
    endpoint.refresh_from_db()
    assert (endpoint.live, endpoint.live_digest) == (first.live, was)


def test_rolling_back_needs_no_open_promotion_and_touches_none(project, admin):
    endpoint = three_promoted(project)
    waiting = make_promotion(version=make_version(project))
    roll_back(endpoint, admin, "", now())
    assert Promotion.objects.get(pk=waiting.pk).state == "proposed"


def test_what_moved_since_the_person_looked_is_not_rolled_back(project, admin):
    endpoint = three_promoted(project)
    looked = seen(endpoint)
    roll_back(endpoint, admin, "", now(), seen=looked)
    with pytest.raises(LiveMoved, match="ember-7b r2 now"):
        roll_back(endpoint, admin, "", now(), seen=looked)
    assert live_after(endpoint) == 2


def test_endpoints_have_their_own_history(project, admin):
    make_live(project=project, endpoint="chat")
    make_live(project=project, endpoint="chat")
    only = make_live(project=project, endpoint="complete")
    with pytest.raises(NothingBefore):
        roll_back(only, admin, "", now())
