import pytest
from django.urls import reverse

from curation.categories import by_slug
from curation.models import Example
from governance.models import Role
from lib.clock import now
from reviews import guidelines, queue, verdicts
from reviews.queue import lease_of
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
READERS = {Role.REVIEWER, Role.CURATOR, Role.GOVERNANCE_LEAD, Role.PROJECT_ADMIN}
PAGES = ("context", "history")


@pytest.fixture
def project():
    return make_project()


def at(task, name):
    return reverse(f"reviews:{name}", args=[task.project.slug, task.pk])


def decided(project):
    person = make_reviewer(project)
    task = queue.claim_task(make_task(project), person, now())
    verdicts.accept(task, lease_of(task), now(), category=by_slug(project)["logic"])
    return task


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("name", [*PAGES, "effect"])
def test_who_may_read_the_code_sees_what_surrounds_it(client, project, role, name):
    client.force_login(make_person(project, role))
    answer = client.get(at(make_task(project), name), headers=HTMX)
    assert answer.status_code == (200 if role in READERS else 403)


@pytest.mark.parametrize("role", Role.values)
def test_only_a_curator_takes_a_decision_back(client, project, role):
    task = decided(project)
    client.force_login(make_person(project, role))
    allowed = role == Role.CURATOR
    assert ("Open it again" in client.get(at(task, "history")).text) == allowed
    assert client.post(at(task, "reopen")).status_code == (302 if allowed else 403)
    task.example.refresh_from_db()
    assert (task.example.state == Example.State.LABELLED) == allowed


def test_what_is_open_already_is_not_opened_again(client, project):
    client.force_login(make_curator(project))
    task = make_task(project)
    answer = client.post(at(task, "reopen"), {"note": "x"}, follow=True)
    assert "Nothing was changed" in answer.text


@pytest.mark.parametrize("name", [*PAGES, "effect", "reopen"])
def test_another_projects_item_is_not_found(client, project, name):
    client.force_login(make_curator(project))
    foreign = make_task(make_project())
    address = reverse(f"reviews:{name}", args=[project.slug, foreign.pk])
    call = client.post if name == "reopen" else client.get
    assert call(address).status_code == 404


def test_the_guideline_of_the_chosen_category_is_shown(client, project):
    task, logic = make_task(project), by_slug(project)["logic"]
    guidelines.write(
        project, logic, "A retry needs an **end**.", "why", make_curator(project), now(), after=0
    )
    client.force_login(make_reviewer(project))
    part = client.get(at(task, "context"), {"category": "logic"}, headers=HTMX).text
    assert part.strip().startswith('<div class="near" id="context-part"')
    assert "<strong>end</strong>" in part
    assert "<strong>end</strong>" not in client.get(at(task, "context"), headers=HTMX).text


def test_the_effect_follows_the_chosen_category(client, project):
    client.force_login(make_reviewer(project))
    task = make_task(project)
    part = client.get(at(task, "effect"), {"category": "logic"}, headers=HTMX).text
    assert "Logic 0 → 1" in part
    assert client.get(at(task, "effect"), {"category": "logic"}).status_code == 302
    assert (
        "Choose a category" in client.get(at(task, "effect"), {"category": "no"}, headers=HTMX).text
    )


def test_a_blind_reviewer_is_not_shown_anothers_verdict(client, project):
    task = decided(project)
    Example.objects.filter(pk=task.example_id).update(state=Example.State.LABELLED)
    client.force_login(make_reviewer(project))
    page = client.get(at(task, "history")).text
    assert "accepted as Logic" not in page
    assert "the first pass is blind" in page


def test_the_workspace_leads_to_all_of_it(client, project):
    task = make_task(project)
    person = make_reviewer(project)
    client.force_login(person)
    queue.claim_task(task, person, now())
    page = client.get(reverse("reviews:task", args=[project.slug, task.pk])).text
    for name in ("context", "effect", "history"):
        assert at(task, name) in page


def test_the_context_asks_a_fixed_number_of_questions(
    client, project, django_assert_max_num_queries
):
    task = make_task(project)
    for _ in range(8):
        decided(project)
    client.force_login(make_reviewer(project))
    with django_assert_max_num_queries(18):
        client.get(at(task, "context"), headers=HTMX)
