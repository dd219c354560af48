"""Items leased ahead: never more than a page needs, renewed and given back by their holder."""

import pytest

from lib.clock import now
from reviews import queue
from reviews.models import ReviewTask
from tests.builders import make_lead, make_person, make_project, make_reviewer
from tests.reviews_builders import make_task, make_tasks

pytestmark = pytest.mark.django_db
ACTS = [("post", "ahead"), ("post", "hold"), ("post", "give-back")]


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def reviewer(client, project):
    person = make_reviewer(project)
    client.force_login(person)
    return person


def named(task):
    return f"{task.pk}:{task.lease_token}:{task.lease_epoch}"


@pytest.mark.parametrize(("method", "act"), [*ACTS, ("get", "1/beside")])
def test_nobody_and_an_outsider_and_a_developer_may_not(client, project, method, act):
    address = f"/p/{project.slug}/review/{act.replace('1', str(make_task(project).pk))}"
    ask = getattr(client, method)
    assert ask(address).status_code == 302
    client.force_login(make_reviewer(make_project()))
    assert ask(address).status_code == 404
    client.force_login(make_person(project, "developer"))
    assert ask(address).status_code == 403


@pytest.mark.parametrize(("method", "act"), ACTS)
def test_who_only_reads_leases_nothing(client, project, method, act):
    client.force_login(make_lead(project))
    assert getattr(client, method)(f"/p/{project.slug}/review/{act}").status_code == 403
    assert client.get(f"/p/{project.slug}/review/{make_task(project).pk}/beside").status_code == 200


def test_two_are_leased_ahead_however_often_one_asks(client, project, reviewer):
    make_tasks(project, 6, urgency=lambda n: 900 - n)
    current = queue.claim(project, reviewer, now())
    for _ in range(3):
        answer = client.post(f"/p/{project.slug}/review/ahead", {"current": current.pk}).json()
        assert len(answer["items"]) == 2
    assert current.pk not in [item["task"] for item in answer["items"]]
    assert ReviewTask.objects.filter(leased_to=reviewer).count() == 3
    page = client.get(answer["items"][0]["page"], headers={"HX-Request": "true"}).text
    assert page.strip().startswith('<div class="work-body" id="workspace"')
    assert "data-lease-form" in page


def test_a_page_that_lost_its_item_leases_nothing(client, project, reviewer):
    current = make_tasks(project, 3)[0]
    answer = client.post(f"/p/{project.slug}/review/ahead", {"current": current.pk})
    assert answer.json() == {"items": []}
    assert not ReviewTask.objects.filter(leased_to=reviewer).exists()


def test_only_the_holder_renews_and_gives_back(client, project, reviewer):
    make_tasks(project, 3)
    current = queue.claim(project, reviewer, now())
    first, second = queue.claim_ahead(project, reviewer, now())
    base = f"/p/{project.slug}/review/"
    nonsense = ["", "x", "1:2:3", f"{second.pk}:{current.lease_token}:1", "9" * 30 + ":x:1"]
    held = client.post(base + "hold", {"lease": [named(first), *nonsense]}).json()["held"]
    assert held == [first.pk]
    client.force_login(make_reviewer(project))
    stolen = {"lease": [named(first), named(second)]}
    assert client.post(base + "hold", stolen).json()["held"] == []
    client.post(base + "give-back", stolen)
    assert ReviewTask.objects.filter(leased_to=reviewer).count() == 3
    client.force_login(reviewer)
    client.post(base + "give-back", stolen)
    assert [task.pk for task in ReviewTask.objects.filter(leased_to=reviewer)] == [current.pk]


def test_a_page_that_is_left_does_not_give_back_what_the_next_one_holds(client, project, reviewer):
    """The page behind says so in a beacon, which may come after the next page was asked for."""
    make_tasks(project, 2)
    decided = queue.claim(project, reviewer, now())
    (fetched,) = queue.claim_ahead(project, reviewer, now())
    queue.release(decided, queue.lease_of(decided), now())
    base = f"/p/{project.slug}/review/"
    shown = client.post(base + "next", follow=True)
    assert f'data-task="{fetched.pk}"' in shown.text
    client.post(base + "give-back", {"lease": [named(fetched)]})
    assert ReviewTask.objects.get(pk=fetched.pk).leased_to == reviewer


def test_renewing_never_shortens_a_lease(client, project, reviewer):
    make_tasks(project, 1)
    current = queue.claim(project, reviewer, now())
    client.post(f"/p/{project.slug}/review/hold", {"lease": named(current)})
    assert ReviewTask.objects.get().leased_until == current.leased_until
