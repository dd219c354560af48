import pytest
from django.urls import reverse

from curation.categories import by_slug
from governance.models import Role
from lib.clock import now
from reviews import guidelines
from reviews.models import Guideline, GuidelineFlag
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db
READERS = {Role.REVIEWER, Role.CURATOR, Role.GOVERNANCE_LEAD, Role.PROJECT_ADMIN}


@pytest.fixture
def project():
    made = make_project()
    by_slug(made)
    return made


def at(project, name="guidelines", *args):
    return reverse(f"reviews:{name}", args=[project.slug, *args])


def written(project, text="Accept **only** what runs.", category=None, after=0):
    return guidelines.write(
        project, category, text, "first try", make_curator(project), now(), after=after
    )


def new_version(text="Two", after=0, **changes):
    return {"text": text, "why": "clearer", "after": after, "save": "yes"} | changes


@pytest.mark.parametrize("role", Role.values)
def test_who_may_read_code_may_read_the_guidelines(client, project, role):
    client.force_login(make_person(project, role))
    allowed = 200 if role in READERS else 403
    assert client.get(at(project)).status_code == allowed
    assert client.get(at(project, "guideline", "-")).status_code == allowed


@pytest.mark.parametrize("role", Role.values)
def test_only_curators_write(client, project, role):
    client.force_login(make_person(project, role))
    allowed = role == Role.CURATOR
    edit = at(project, "edit-guideline", "logic")
    assert client.get(edit).status_code == (200 if allowed else 403)
    assert client.post(edit, new_version()).status_code == (302 if allowed else 403)
    assert Guideline.objects.exists() == allowed


def test_reviewers_flag_and_readers_do_not(client, project):
    task = make_task(project)
    flag = at(project, "flag-guideline", task.pk)
    said = {"category": "logic", "why": "What of logs?"}
    client.force_login(make_person(project, Role.GOVERNANCE_LEAD))
    assert client.post(flag, said).status_code == 403
    client.force_login(make_reviewer(project))
    assert client.post(flag, said).status_code == 302
    assert GuidelineFlag.objects.get().category.slug == "logic"
    assert "What of logs?" in client.get(at(project)).text


def test_a_flag_on_another_projects_item_is_not_found(client, project):
    client.force_login(make_reviewer(project))
    other = make_task(make_project())
    said = {"category": "logic", "why": "x"}
    assert client.post(at(project, "flag-guideline", other.pk), said).status_code == 404


def test_an_empty_flag_sends_nothing(client, project):
    client.force_login(make_reviewer(project))
    client.post(at(project, "flag-guideline", make_task(project).pk), {"why": "  "})
    assert not GuidelineFlag.objects.exists()


def test_the_text_is_shown_as_html_that_can_do_nothing(client, project):
    written(project, "Accept **only** what runs. <script>alert(1)</script>")
    client.force_login(make_reviewer(project))
    page = client.get(at(project)).text
    assert "<strong>only</strong>" in page
    assert "<script>alert" not in page


def test_a_version_shows_what_it_changed(client, project):
    written(project, "One line.\nStays.")
    written(project, "Another line.\nStays.", after=1)
    client.force_login(make_reviewer(project))
    page = client.get(at(project, "guideline", "-"))
    assert page.context["changes"].removed == 1
    first = client.get(at(project, "guideline", "-"), {"version": 1})
    assert first.context["chosen"].number == 1
    assert "is in force" in first.text
    assert client.get(at(project, "guideline", "-"), {"version": 7}).status_code == 404


def test_a_category_that_is_not_there_is_not_found(client, project):
    client.force_login(make_curator(project))
    for name in ("guideline", "edit-guideline"):
        assert client.get(at(project, name, "no-such")).status_code == 404


def test_a_preview_saves_nothing(client, project):
    client.force_login(make_curator(project))
    edit = at(project, "edit-guideline", "-")
    said = {"text": "# Logs", "why": "", "after": 0, "preview": "yes"}
    page = client.post(edit, said).text
    assert "<h3>Logs</h3>" in page
    part = client.post(edit, said, headers={"HX-Request": "true"}).text
    assert part.strip().startswith('<section class="card c6" id="guideline-preview"')
    assert "<html" not in part
    assert not Guideline.objects.exists()


def test_a_text_begun_before_another_version_is_kept_and_not_saved(client, project):
    client.force_login(make_curator(project))
    written(project, "Theirs")
    answer = client.post(at(project, "edit-guideline", "-"), new_version("Mine, long typed"))
    assert answer.status_code == 409
    assert "Mine, long typed" in answer.text
    assert 'name="after" value="1"' in answer.text
    assert Guideline.objects.count() == 1


def test_a_version_says_why(client, project):
    client.force_login(make_curator(project))
    answer = client.post(at(project, "edit-guideline", "-"), new_version(why=" "))
    assert answer.status_code == 422
    assert not Guideline.objects.exists()


def test_the_pages_ask_as_often_with_many_texts_as_with_few(
    client, project, django_assert_max_num_queries
):
    for category in [None, *by_slug(project).values()]:
        written(project, "Some text", category)
    client.force_login(make_reviewer(project))
    with django_assert_max_num_queries(9):
        client.get(at(project))
