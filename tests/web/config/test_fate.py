"""A developer sees what became of their correction, to the model that learnt it, and no other's."""

import pytest
from django.urls import reverse

from curation import datasets
from curation.models import DatasetVersion
from feedback import terms
from lib.clock import now
from tests.builders import make_admin, make_curator, make_person, make_project, make_reviewer
from tests.curation_builders import make_accepted, make_example
from tests.deployments_builders import make_live, make_version
from tests.reviews_builders import claimed_by, task_address, verdict_of

pytestmark = pytest.mark.django_db
TRAINED, MEASURED = "acme/a", "acme/o"  # repositories whose rows go there


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def developer(client, project):
    person = make_person(project, "developer")
    client.force_login(person)
    return person


def see(client, example):
    return client.get(reverse("fate", args=[example.project.slug, example.pk]))


def frozen(project):
    version = datasets.request(project, make_curator(project), now())
    datasets.build(version)
    version.refresh_from_db()
    return version


def test_what_waits_is_said_to_wait(client, project, developer):
    example = make_example(project, developer=developer.username)
    page = see(client, example).text
    assert "Nobody has decided yet." in page
    assert "dataset version" not in page
    assert (
        reverse("fate", args=[project.slug, example.pk])
        in client.get(reverse("curation:mine", args=[project.slug])).text
    )


def test_accepted_frozen_trained_and_live(client, project, developer):
    example = make_accepted(project, developer=developer.username, repository=TRAINED)
    assert "In no dataset version yet" in see(client, example).text
    version = frozen(project)
    assert version.rows.get().split == "train"
    model = make_version(project, dataset_version=version.content_id)
    page = see(client, example).text
    assert "Accepted as it was" in page
    assert "In dataset version 1" in page
    assert f"{model} was trained with it" in page
    assert "not live" in page
    make_live(model)
    assert "live on complete" in see(client, example).text


def test_a_model_that_was_only_measured_with_it_has_not_learnt_it(client, project, developer):
    example = make_accepted(project, developer=developer.username, repository=MEASURED)
    version = frozen(project)
    assert version.rows.get().split != "train"
    make_version(project, dataset_version=version.content_id)
    page = see(client, example).text
    assert "In dataset version 1" in page
    assert "was trained with it" not in page


def test_rejected_with_the_reason_and_what_the_reviewer_wrote(client, project, developer):
    reviewer = make_reviewer(project)
    task = claimed_by(reviewer, project, developer=developer.username)
    said = verdict_of(task, "reject", reason="trivial", note="Only a <b>name</b> changed.")
    client.force_login(reviewer)
    client.post(task_address(project, task, "decide"), said)
    client.force_login(developer)
    page = see(client, task.example).text
    assert "Rejected: nothing to learn from it" in page
    assert "Only a &lt;b&gt;name&lt;/b&gt; changed." in page
    assert reviewer.username not in page


def test_left_out_by_the_terms_of_its_repository(client, project, developer):
    example = make_accepted(project, developer=developer.username, repository="closed")
    terms.decide(project, "closed", False, "", make_admin(project), now())
    assert "their repository is not to be learnt from" in see(client, example).text


def test_others_corrections_are_not_there(client, project, developer):
    theirs = make_example(project, developer="somebody")
    abroad = make_example(make_project(), developer=developer.username)
    assert see(client, theirs).status_code == 404
    assert see(client, abroad).status_code == 404
    client.logout()
    assert see(client, theirs).status_code == 302


def test_it_takes_as_many_queries_for_many_versions(
    client, project, developer, django_assert_max_num_queries
):
    example = make_accepted(project, developer=developer.username)
    for number in range(4):
        make_version(
            project, dataset_version=frozen(project).content_id, base_model=f"base-{number}"
        )
    assert DatasetVersion.objects.filter(state="frozen").count() == 4
    with django_assert_max_num_queries(16):
        see(client, example)
