"""Teams, routes, code owners, the order, assignments, saved views, and what is put off."""

import pytest

from governance.models import LedgerEntry
from lib.clock import now
from reviews import arranging, queue, search, slots
from reviews.models import ReviewPolicy, ReviewTask, ReviewTeam, Route, SavedView, Verdict
from tests.builders import make_curator, make_lead, make_person, make_project, make_reviewer
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db
ACTS = [
    ("get", "routing/"),
    ("post", "routing/team"),
    ("post", "routing/team/1/drop"),
    ("post", "routing/route"),
    ("post", "routing/route/1/drop"),
    ("post", "routing/owners"),
    ("post", "routing/order"),
    ("post", "1/assign"),
]
READS = [("post", "views"), ("post", "views/1/drop")]
ORDER = {"weighs_doubt": "on", "reserve_hours": 8}


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def curator(project, client):
    person = make_curator(project)
    client.force_login(person)
    return person


def at(project, act=""):
    return f"/p/{project.slug}/review/{act}"


def ask(client, project, method, act):
    return getattr(client, method)(at(project, act))


@pytest.mark.parametrize(("method", "act"), ACTS + READS)
def test_nobody_and_outsiders_get_nothing(client, project, method, act):
    assert ask(client, project, method, act).url.startswith("/accounts/login/")
    client.force_login(make_curator(make_project()))
    assert ask(client, project, method, act).status_code == 404


@pytest.mark.parametrize(("method", "act"), ACTS)
def test_only_curators_arrange(client, project, method, act):
    for person in (make_reviewer(project), make_lead(project), make_person(project, "developer")):
        client.force_login(person)
        assert ask(client, project, method, act).status_code == 403


def test_a_team_and_a_route_lead_new_items_to_it(client, project, curator):
    mate = make_reviewer(project)
    said = {"name": "payments", "members": [mate.pk]}
    assert client.post(at(project, "routing/team"), said).status_code == 302
    team = ReviewTeam.objects.get()
    said = {"path": "payments/", "to": f"team-{team.pk}"}
    assert client.post(at(project, "routing/route"), said).status_code == 302
    page = client.get(at(project, "routing/")).text
    assert "payments/" in page
    assert mate.username in page
    assert LedgerEntry.objects.filter(project=project, action__startswith="review").count() == 2
    assert (
        client.post(at(project, f"routing/route/{Route.objects.get().pk}/drop")).status_code == 302
    )
    assert client.post(at(project, f"routing/team/{team.pk}/drop")).status_code == 302
    assert not ReviewTeam.objects.exists()


@pytest.mark.parametrize(
    "said",
    [{"path": "", "to": "x"}, {"path": "a/", "to": "person-1"}, {"to": "team-99", "path": "a"}],
)
def test_a_route_to_nowhere_or_for_everything_is_refused(client, project, curator, said):
    outsider = make_reviewer(make_project())
    said = said | ({"to": f"person-{outsider.pk}"} if said["to"] == "person-1" else {})
    assert client.post(at(project, "routing/route"), said).status_code == 422
    assert not Route.objects.exists()


def test_teams_and_routes_of_another_project_are_not_there(client, project, curator):
    other = make_project()
    team = ReviewTeam.objects.create(project=other, name="theirs")
    route = Route.objects.create(project=other, path="a", team=team)
    task = make_task(other)
    for act in (
        f"routing/team/{team.pk}/drop",
        f"routing/route/{route.pk}/drop",
        f"{task.pk}/assign",
    ):
        assert client.post(at(project, act)).status_code == 404


def test_a_code_owners_file_is_followed_or_its_wrong_line_named(client, project, curator):
    good = {"repository": "acme/billing", "text": f"*.py @{curator.username}\n"}
    assert client.post(at(project, "routing/owners"), good).status_code == 302
    assert Route.objects.get().person == curator
    answer = client.post(at(project, "routing/owners"), good | {"text": "*.py @x\n!bad @y\n"})
    assert answer.status_code == 422
    assert "Line 2" in answer.text
    assert Route.objects.count() == 1


def test_parts_of_the_order_are_switched_off(client, project, curator):
    assert client.post(at(project, "routing/order"), ORDER).status_code == 302
    policy = ReviewPolicy.objects.get()
    assert (policy.weighs_doubt, policy.weighs_age, policy.reserve_hours) == (True, False, 8)
    assert [each.pk for each in slots.due_policies()] == [policy.pk]
    bad = ORDER | {"reserve_hours": 0}
    assert client.post(at(project, "routing/order"), bad).status_code == 422


def test_an_item_is_assigned_and_says_so(client, project, curator):
    mate = make_reviewer(project)
    task = make_task(project)
    answer = client.post(at(project, f"{task.pk}/assign"), {"to": f"person-{mate.pk}"}, follow=True)
    assert f"Assigned to {mate.username}" in answer.text
    answer = client.post(at(project, f"{task.pk}/assign"), {"to": "person-999999"}, follow=True)
    assert "Nobody of that name" in answer.text
    own = make_task(project, developer=mate.username)
    answer = client.post(at(project, f"{own.pk}/assign"), {"to": f"person-{mate.pk}"}, follow=True)
    assert "correction of theirs" in answer.text


def test_a_dissolved_team_frees_its_items_and_stays_in_history(project, curator):
    team = arranging.save_team(project, curator, now(), name="ours", members=[curator])
    task = make_task(project)
    from_hand = arranging.routing.assign(task, curator, now(), team=team)
    arranging.drop_team(team, curator, now())
    assert ReviewTask.objects.get(pk=task.pk).assigned_team is None
    team.refresh_from_db()
    assert from_hand.team == team
    assert (team.members.count(), team.name) == (0, f"ours (was {team.pk})")


def test_the_item_says_why_it_is_here(client, project, curator):
    page = client.get(at(project, f"{make_task(project).pk}/")).text
    for part in ("Doubt", "Cluster", "Weakness", "Novelty", "Age", "Value"):
        assert f'<th scope="row">{part}</th>' in page


def test_a_view_is_saved_shown_replaced_and_given_up(client, project, curator):
    query = "tab=waiting&language=go&after=x&nonsense=1"
    client.post(at(project, "views"), {"name": "Go", "query": query, "shared": "on"})
    view = SavedView.objects.get()
    assert (view.query, view.is_shared) == ("tab=waiting&language=go", True)
    assert f'href="?{view.query.replace("&", "&amp;")}">Go</a>' in client.get(at(project)).text
    client.post(at(project, "views"), {"name": "Go", "query": "language=rust"})
    assert SavedView.objects.get().query == "language=rust"
    client.post(at(project, f"views/{view.pk}/drop"))
    assert not SavedView.objects.exists()


def test_only_shared_views_are_seen_and_only_ones_own_given_up(client, project, curator):
    client.post(at(project, "views"), {"name": "Ours", "query": "language=go", "shared": "on"})
    client.post(at(project, "views"), {"name": "Mine only", "query": "language=go"})
    client.force_login(make_reviewer(project))
    page = client.get(at(project)).text
    assert "Ours</a>" in page
    assert "Mine only</a>" not in page
    theirs = SavedView.objects.get(name="Ours")
    assert client.post(at(project, f"views/{theirs.pk}/drop")).status_code == 404
    client.post(at(project, "views"), {"name": "Wish", "query": "language=go", "shared": "on"})
    assert not SavedView.objects.get(name="Wish").is_shared


def test_words_find_items_on_the_page_and_narrow_what_is_claimed(client, project, curator):
    make_task(project, output="x = findUser()\n", file_path="found.py")
    make_task(project, file_path="other.py", urgency=999)
    search.index_waiting()
    page = client.get(at(project, "?q=finduser")).text
    assert "found.py" in page
    assert "other.py" not in page
    client.post(at(project, "next?q=finduser"))
    assert ReviewTask.objects.get(state="leased").file_path == "found.py"


@pytest.mark.parametrize(
    ("said", "kind", "state"),
    [
        ({"verdict": "snooze", "until": "day"}, "snooze", "snoozed"),
        ({"verdict": "snooze"}, "snooze", "snoozed"),
        ({"verdict": "pass"}, "pass", "open"),
    ],
)
def test_an_item_is_put_off(client, project, curator, said, kind, state):
    make_task(project)
    task = queue.claim(project, curator, now())
    hold = {"token": str(task.lease_token), "epoch": task.lease_epoch}
    assert client.post(at(project, f"{task.pk}/decide"), hold | said).status_code == 302
    assert Verdict.objects.get().kind == kind
    assert ReviewTask.objects.get().state == state
    assert client.get(at(project, "?tab=snoozed")).status_code == 200
