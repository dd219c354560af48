"""Who states whose code may be learnt from, and what becomes of it in a dataset version."""

import pytest
from django.urls import reverse

from curation import datasets
from feedback import terms
from feedback.models import RepositoryTerms
from governance.models import LedgerEntry, Role
from lib.clock import now
from tests.builders import make_admin, make_curator, make_person, make_project
from tests.curation_builders import make_accepted

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def admin(client, project):
    person = make_admin(project)
    client.force_login(person)
    return person


def page_of(project):
    return reverse("curation:repositories", args=[project.slug])


def state(client, project, repository="acme/billing", may_learn="no", licence=""):
    told = {"repository": repository, "may_learn": may_learn, "licence": licence}
    return client.post(page_of(project), told)


@pytest.mark.parametrize("role", Role.values)
def test_only_admins_see_and_state(client, project, role):
    client.force_login(make_person(project, role))
    refused = role != Role.PROJECT_ADMIN
    assert (client.get(page_of(project)).status_code == 403) == refused
    assert (state(client, project).status_code == 403) == refused
    withdraw = reverse("curation:withdraw-repository", args=[project.slug])
    assert (client.post(withdraw, {"repository": "x"}).status_code == 403) == refused
    assert RepositoryTerms.objects.exists() != refused


def test_outsiders_find_nothing(client, project):
    client.force_login(make_admin(make_project()))
    assert client.get(page_of(project)).status_code == 404
    assert state(client, project).status_code == 404


def test_terms_are_stated_changed_and_taken_back_on_the_record(client, project, admin):
    state(client, project)
    state(client, project, may_learn="yes", licence="Apache-2.0")
    text = client.get(page_of(project) + "?repository=acme/billing").text
    assert "acme/billing" in text
    assert 'value="Apache-2.0"' in text
    withdraw = reverse("curation:withdraw-repository", args=[project.slug])
    for _ in range(2):
        client.post(withdraw, {"repository": "acme/billing"})
    assert not RepositoryTerms.objects.exists()
    told = LedgerEntry.objects.filter(project=project, subject="acme/billing").order_by("pk")
    assert list(told.values_list("action", flat=True)) == [
        "repository terms stated",
        "repository terms stated",
        "repository terms withdrawn",
    ]


@pytest.mark.parametrize(
    "wrong", [{"may_learn": "perhaps"}, {"licence": "MIT; DROP"}, {"repository": "x" * 301}]
)
def test_what_makes_no_sense_changes_nothing(client, project, admin, wrong):
    assert state(client, project, **wrong).status_code == 422
    assert not RepositoryTerms.objects.exists()


def test_a_hostile_name_is_shown_inert(client, project, admin):
    state(client, project, repository="<script>alert(1)</script>&")
    text = client.get(page_of(project)).text
    assert "<script>alert" not in text
    assert "?repository=%3Cscript%3E" in text


def test_a_version_keeps_the_terms_it_was_asked_for_with(client, project, admin):
    for repository in ("open", "closed", "other"):
        make_accepted(project, repository=repository)
    terms.decide(project, "closed", False, "", admin, now())
    terms.decide(project, "open", True, "MIT", admin, now())
    version = datasets.request(project, make_curator(project), now())
    terms.decide(project, "open", False, "", admin, now())  # comes too late for this one
    datasets.build(version)
    version.refresh_from_db()
    assert version.state == "frozen", version.problem
    assert version.recipe["consent"]["repositories"] == {
        "closed": [False, ""],
        "open": [True, "MIT"],
    }
    held = set(version.rows.values_list("example__repository", flat=True))
    assert held == {"open", "other"}
    answer = client.get(reverse("curation:dataset", args=[project.slug, version.number]))
    assert "their repository is not to be learnt from" in answer.text


def test_without_terms_the_recipe_is_as_it_was(project):
    make_accepted(project)
    version = datasets.request(project, make_curator(project), now())
    assert version.recipe == datasets.DEFAULT


def test_the_list_takes_as_many_queries_for_many_as_for_few(
    client, project, admin, django_assert_max_num_queries
):
    for number in range(12):
        make_accepted(project, repository=f"r{number}")
        terms.decide(project, f"r{number}", True, "", admin, now())
    with django_assert_max_num_queries(12):
        assert client.get(page_of(project)).text.count("Take back") >= 12
