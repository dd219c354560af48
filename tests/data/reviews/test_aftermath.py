import pytest

from curation.categories import by_slug
from lib.clock import now
from reviews import guidelines, inbox, queue, verdicts
from reviews.models import InboxEntry, ReviewPolicy, ReviewTask
from reviews.queue import lease_of
from tests.builders import make_curator, make_project, make_reviewer
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def curator(project):
    return make_curator(project)


def kinds(person):
    return sorted(entry.kind for entry in inbox.of(person).filter(done_at=None))


def give(project, person, verb, task=None, **said):
    if task:
        held = queue.claim_task(task, person, now(), curates=True)
    else:
        held = queue.claim(project, person, now())
    return verb(held, lease_of(held), now(), **said)


def accepted_by(project, person, slug="logic", **more):
    return give(project, person, verdicts.accept, category=by_slug(project)[slug], **more)


def two_slots(project):
    """An example that two people review."""
    first = make_task(project)
    ReviewPolicy.objects.create(project=project, overlap=2)
    ReviewTask.objects.filter(pk=first.pk).update(kind=ReviewTask.Kind.PLAIN)
    second = ReviewTask.objects.get(pk=first.pk)
    second.pk, second.slot = None, 2
    second._state.adding = True
    second.save()
    return first


def disputed(project):
    two_slots(project)
    one, two = make_reviewer(project), make_reviewer(project)
    accepted_by(project, one, "logic")
    accepted_by(project, two, "security")
    return one, two


def adjudication(project):
    return ReviewTask.objects.get(
        project=project,
        kind=ReviewTask.Kind.ADJUDICATION,
        state__in=[ReviewTask.State.OPEN, ReviewTask.State.ESCALATED],
    )


def test_an_escalation_is_the_curators_turn_until_it_is_decided(project, curator):
    task = make_task(project)
    reviewer = make_reviewer(project)
    give(project, reviewer, verdicts.escalate, task)
    assert kinds(curator) == ["escalated"]
    assert kinds(reviewer) == []
    task.refresh_from_db()
    give(project, curator, verdicts.accept, task, category=by_slug(project)["logic"])
    assert kinds(curator) == []


def test_an_escalation_taken_back_asks_for_nothing(project, curator):
    reviewer = make_reviewer(project)
    make_task(project)
    verdicts.undo(give(project, reviewer, verdicts.escalate), reviewer, now())
    assert kinds(curator) == []


def test_a_first_verdict_tells_nobody_anything(project, curator):
    """The first pass is blind: that somebody decided must not show."""
    two_slots(project)
    accepted_by(project, make_reviewer(project))
    assert not InboxEntry.objects.exists()


def test_a_dispute_is_the_curators_turn_and_the_reviewers_may_look(project, curator):
    one, two = disputed(project)
    assert kinds(curator) == ["disputed"]
    assert kinds(one) == ["disagreed"]
    assert kinds(two) == []  # whoever spoke last has it on the page already


def test_who_agrees_hears_nothing(project, curator):
    two_slots(project)
    for _ in range(2):
        accepted_by(project, make_reviewer(project))
    assert not InboxEntry.objects.exists()


def test_a_ruling_tells_who_had_said_otherwise_and_closes_the_rest(project, curator):
    one, two = disputed(project)
    give(
        project,
        curator,
        verdicts.accept,
        adjudication(project),
        category=by_slug(project)["security"],
    )
    assert kinds(curator) == []
    assert kinds(one) == ["overruled"]
    assert kinds(two) == []


def test_a_decision_re_opened_is_told_to_who_made_it(project, curator):
    reviewer = make_reviewer(project)
    make_task(project)
    verdict = accepted_by(project, reviewer)
    verdicts.reopen(verdict.task.example, curator, now())
    assert kinds(reviewer) == ["reopened"]


def test_a_verdict_keeps_the_guideline_it_was_given_under(project, curator):
    found = by_slug(project)
    general = guidelines.write(project, None, "All", "why", curator, now(), after=0)
    reviewer = make_reviewer(project)
    make_task(project)
    assert accepted_by(project, reviewer).guideline == general
    logic = guidelines.write(project, found["logic"], "Logic", "why", curator, now(), after=0)
    make_task(project)
    assert accepted_by(project, reviewer).guideline == logic
    guidelines.write(project, found["logic"], "", "wrong", curator, now(), after=1)
    make_task(project)
    assert accepted_by(project, reviewer).guideline == general


def test_a_plain_verdict_costs_one_query_more_at_most(project, django_assert_max_num_queries):
    reviewer = make_reviewer(project)
    task = queue.claim_task(make_task(project), reviewer, now())
    category = by_slug(project)["logic"]
    with django_assert_max_num_queries(24):
        verdicts.accept(task, lease_of(task), now(), category=category)
