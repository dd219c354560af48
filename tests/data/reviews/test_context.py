import time

import pytest

from curation.categories import by_slug
from curation.models import Cluster, ClusterMember
from feedback import terms
from lib.clock import now
from reviews import comments, context, queue, verdicts
from reviews.history import history
from reviews.queue import lease_of
from tests.builders import make_admin, make_curator, make_project, make_reviewer
from tests.curation_builders import make_frozen
from tests.reviews_builders import make_task, make_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


def decided(project, *, slug="security", by=None, verb=verdicts.accept, **changes):
    person = by or make_reviewer(project)
    task = queue.claim_task(make_task(project, **changes), person, now())
    said = {"category": by_slug(project)[slug]}
    if verb is verdicts.reject:
        said = {"reason": "wrong"}
    verb(task, lease_of(task), now(), **said)
    return task


def test_what_was_decided_of_its_kind_comes_first(project):
    task = make_task(project)
    other = decided(project, slug="style", file_path="far/away.go", language="go")
    near = decided(project, slug="security", file_path="far/away.py")
    same = decided(project, slug="security")
    found = context.similar(task, make_reviewer(task.project))
    assert [each.task for each in found] == [same.pk, near.pk]
    assert other.pk not in {each.task for each in found}
    assert found[0].outcome == "accepted as Security"


def test_near_duplicates_come_before_all(project):
    task, dup = make_task(project), decided(project, slug="style", file_path="x.go", language="go")
    cluster = Cluster.objects.create(
        project=project, exemplar=dup.example, size=2, changed_at=now()
    )
    for each in (task, dup):
        ClusterMember.objects.create(example=each.example, cluster=cluster, likeness=0.9)
    decided(project)
    assert context.similar(task, make_reviewer(task.project))[0].task == dup.pk
    assert "1 near-duplicate:" in context.effect(task, None).alike


def test_nothing_of_the_item_itself_is_shown(project):
    """The first pass is blind: another slot of this example must not appear in its own context."""
    task = decided(project)
    assert task.pk not in {each.task for each in context.similar(task, make_reviewer(task.project))}
    assert context.same_file(task, make_reviewer(task.project)) == []


def test_nothing_of_another_project_is_shown(project):
    task = make_task(project)
    decided(make_project())
    assert context.similar(task, make_reviewer(task.project)) == []
    assert context.same_file(task, make_reviewer(task.project)) == []


def test_other_corrections_of_the_file_are_found_whatever_became_of_them(project):
    task = make_task(project)
    waiting, rejected = make_task(project), decided(project, verb=verdicts.reject)
    make_task(project, repository="acme/other")
    found = {
        each.task: each.outcome for each in context.same_file(task, make_reviewer(task.project))
    }
    assert found == {waiting.pk: "waits for review", rejected.pk: "rejected"}


def test_the_balance_counts_what_is_frozen_and_what_was_accepted_since(project):
    category = by_slug(project)["security"]
    decided(project)
    task = make_task(project)
    said = context.effect(task, category).balance
    assert said == "v1 so far: Security 1 → 2 of 2"
    assert "Choose a category" in context.effect(task, None).balance


def test_the_balance_goes_on_from_the_last_version():
    project = make_project()
    version = make_frozen(project)
    task = make_task(project)
    category = by_slug(project)["security"]
    assert context.effect(task, category).balance.startswith(f"v{version.number + 1} so far")


def test_what_changes_nothing_is_said_to_teach_nothing(project):
    task = make_task(project, output="same\n", ideal="same\n")
    assert "changes nothing" in context.effect(task, None).problem


def test_what_may_not_be_learnt_from_is_said_before_it_is_decided(project):
    task = make_task(project, repository="closed")
    assert "something to learn" in context.effect(task, None).problem
    terms.decide(project, "closed", False, "", make_admin(project), now())
    assert context.effect(task, None).problem == (
        "It stays out of dataset versions: their repository is not to be learnt from"
    )


def test_the_effect_is_bounded_and_quick(project, capsys):
    """A figure, not a limit: CONTRIBUTING says that timings fail no test."""
    task = make_tasks(project, 200)[0]
    begun = time.perf_counter()
    context.effect(task, by_slug(project)["security"])
    print(f"effect: {(time.perf_counter() - begun) * 1000:.1f} ms")


def test_the_history_tells_everything_but_hides_others_verdicts_while_blind(project):
    reviewer, other = make_reviewer(project), make_reviewer(project)
    task = decided(project, by=other)
    comments.say(task, other, "A word", now())
    told = [(event.who, event.what) for event in history(task, reviewer, reveals=True)]
    assert (other.username, "accepted as Security") in told
    assert (other.username, "said") in told
    blind = [(event.who, event.what) for event in history(task, reviewer, reveals=False)]
    assert (other.username, "accepted as Security") not in blind
    assert (other.username, "said") in blind


def test_a_decision_taken_back_is_another_line(project):
    task, curator = decided(project), make_curator(project)
    verdicts.reopen(task.example, curator, now(), note="Look again")
    events = history(task, curator, reveals=True)
    assert (events[0].who, events[0].what, events[0].detail) == (
        curator.username,
        "opened again",
        "Look again",
    )
