from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from curation.categories import by_slug
from curation.models import Category, Decision, Example, Vote
from governance.access import Ability
from lib.clock import now
from reviews import blindness, queue, slots, verdicts
from reviews.models import ReviewPolicy, ReviewRule, ReviewTask
from reviews.queue import lease_of
from tests.builders import make_curator, make_project, make_reviewer
from tests.reviews_builders import make_examples, make_task
from tests.settling import Kind, State, adjudicate, claim, disputes, opened, say, state_of

pytestmark = pytest.mark.django_db


def test_two_slots_two_people_and_each_gets_one():
    project = make_project()
    example = opened(project, overlap=2)
    one, other, third = (make_reviewer(project) for _ in range(3))
    first, second = claim(project, one), claim(project, other)
    assert {first.slot, second.slot} == {1, 2}
    assert queue.claim(project, third, now()) is None
    say(project, one, task=first)
    assert queue.claim(project, one, now()) is None
    assert state_of(example) == "labelled"
    verdict = say(project, other, task=second)
    assert state_of(example) == "accepted"
    assert verdict.decision.by == other
    assert Decision.objects.count() == 1


def test_nobody_holds_two_slots_of_one_example_even_by_name():
    project = make_project()
    example = opened(project, overlap=2)
    one = make_reviewer(project)
    claim(project, one)
    second = ReviewTask.objects.get(example=example, slot=2)
    with pytest.raises(queue.NotFree):
        queue.claim_task(second, one, now())


@pytest.mark.parametrize("verb", ["escalate", "pass_on"])
def test_who_gives_an_example_away_gets_no_other_slot_of_it_unless_they_take_that_back(verb):
    project = make_project()
    example = opened(project, overlap=2)
    one, other = make_reviewer(project), make_reviewer(project)
    given = say(project, one, verb)
    if verb == "pass_on":
        assert queue.claim(project, other, now()).pk == given.task_id
    free = ReviewTask.objects.get(example=example, state="open")
    assert queue.claim(project, one, now()) is None
    with pytest.raises(queue.NotFree):
        queue.claim_task(free, one, now())
    if verb == "escalate":
        verdicts.undo(given, one, now())
        back = ReviewTask.objects.get(pk=given.task_id)
        queue.release(back, lease_of(back), now())
        assert queue.claim_task(free, one, now()) == free


def test_the_database_refuses_two_leases_and_two_verdicts_of_one_person():
    project = make_project()
    example = opened(project, overlap=2)
    one = make_reviewer(project)
    say(project, one)
    second = ReviewTask.objects.get(example=example, slot=2)
    decided = {"state": "decided", "decided_by": one, "decided_at": now()}
    with pytest.raises(IntegrityError, match="one_slot_each"), transaction.atomic():
        ReviewTask.objects.filter(pk=second.pk).update(**decided)


def test_a_disagreement_waits_for_a_curator_whose_word_holds():
    project = make_project()
    example = opened(project, overlap=2)
    one, other, curator = make_reviewer(project), make_reviewer(project), make_curator(project)
    say(project, one, category="logic")
    say(project, other, "reject", reason="wrong")
    assert state_of(example) == "labelled"
    assert disputes(example).get().state == State.ESCALATED
    verdict = adjudicate(project, example, curator, category="style")
    assert state_of(example) == "accepted"
    assert Example.objects.get(pk=example.pk).category.slug == "style"
    assert verdict.decision.by == curator


def test_who_is_not_sure_leaves_it_to_a_curator():
    project = make_project()
    example = opened(project)
    say(project, make_reviewer(project), "unsure")
    assert disputes(example).count() == 1
    adjudicate(project, example, make_curator(project), "unsure")
    assert disputes(example).filter(state="escalated").count() == 1
    adjudicate(project, example, make_curator(project), "reject", reason="unclear")
    assert state_of(example) == "rejected"


def test_a_requeue_counts_for_nothing_and_opens_a_slot_for_somebody_else():
    project = make_project()
    example = opened(project)
    one, other = make_reviewer(project), make_reviewer(project)
    say(project, one, "requeue", reason="unclear")
    assert queue.claim(project, one, now()) is None
    say(project, other)
    assert state_of(example) == "accepted"
    assert ReviewTask.objects.filter(example=example).count() == 2


def test_the_worst_severity_and_the_same_code_are_agreed_on():
    project = make_project()
    example = opened(project, overlap=2)
    say(project, make_reviewer(project), "fix", code="return 1\n", severity="low")
    say(project, make_reviewer(project), "fix", code="return 1\n", severity="high")
    decision = Decision.objects.get(example=example)
    assert (decision.severity, decision.ideal.text) == ("high", "return 1\n")


def test_a_rule_for_a_category_or_a_path_asks_for_more_people():
    project = make_project()
    top = by_slug(project)["security"]
    child = Category.objects.create(project=project, parent=top, slug="sqli", name="SQL")
    ReviewRule.objects.create(project=project, category=top, reviewers=2)
    ReviewRule.objects.create(project=project, path="pay_ments/*", reviewers=3)
    logic = by_slug(project)["logic"]
    kinds = {
        "below": opened(project, category=child),
        "plain": opened(project, category=logic),
        "path": opened(project, category=logic, file_path="pay_ments/a.py"),
        "near": opened(project, category=logic, file_path="payXments/a.py"),
    }
    count = {
        name: ReviewTask.objects.filter(example=example).count() for name, example in kinds.items()
    }
    assert count == {"below": 2, "plain": 1, "path": 3, "near": 1}


def test_an_example_that_turns_out_to_be_security_gets_its_second_reviewer():
    project = make_project()
    ReviewRule.objects.create(project=project, category=by_slug(project)["security"])
    example = opened(project, category=by_slug(project)["style"])
    one, other = make_reviewer(project), make_reviewer(project)
    verdict = say(project, one, category="security")
    assert (verdict.decision, state_of(example)) == (None, "labelled")
    assert queue.claim(project, one, now()) is None
    say(project, other, category="security")
    assert state_of(example) == "accepted"


def test_a_share_of_the_examples_gets_a_second_opinion_and_always_the_same_ones():
    project = make_project()
    policy = ReviewPolicy.objects.create(project=project, second_share=300)
    examples = make_examples(project, 200)
    slots.open_tasks(now())
    twice = ReviewTask.objects.filter(project=project, slot=2)
    assert 30 < twice.count() < 95
    chosen = set(twice.values_list("example_id", flat=True))
    assert {each.pk for each in examples if slots.wanted(each) == 2} == chosen
    policy.second_share = 0
    policy.save()
    slots.follow(policy, now())
    assert set(twice.values_list("state", flat=True)) == {"closed"}


def test_open_slots_follow_a_changed_policy_but_held_ones_stay():
    project = make_project()
    policy = ReviewPolicy.objects.create(project=project, overlap=1)
    example = opened(project)
    held = claim(project, make_reviewer(project))
    policy.overlap, policy.changed_at = 3, now()
    policy.save()
    assert [each.pk for each in slots.due_policies()] == [policy.pk]
    slots.follow(policy, now())
    assert example.review_tasks.count() == 3
    assert not slots.due_policies()
    policy.overlap, policy.changed_at = 1, now() + timedelta(seconds=1)
    policy.save()
    slots.follow(policy, now() + timedelta(seconds=2))
    states = dict(example.review_tasks.values_list("pk", "state"))
    assert states.pop(held.pk) == "leased"
    assert set(states.values()) == {"closed"}


def test_opening_and_following_walk_all_labelled_examples_and_read_each_once(monkeypatch):
    monkeypatch.setattr(slots, "BATCH", 2)
    project = make_project()
    policy = ReviewPolicy.objects.create(project=project)
    make_examples(project, 5)
    with CaptureQueriesContext(connection) as queries:
        assert slots.open_tasks(now()) == 5
    assert len(queries) == 3 + 3 + 1  # the numbers, the slots, and that nothing is left
    assert slots.open_tasks(now()) == 0
    policy.overlap = 2
    policy.save()
    slots.follow(policy, now())
    assert ReviewTask.objects.filter(project=project, state="open").count() == 10
    policy.overlap = 1
    policy.save()
    slots.follow(policy, now())
    assert ReviewTask.objects.filter(project=project, state="open").count() == 5


def test_a_key_is_one_persons_one_decision_on_one_slot():
    project = make_project()
    opened(project)
    opened(project)
    one, key = make_reviewer(project), uuid4()
    task = claim(project, one)
    lease = lease_of(task)
    category = project.categories.get(slug="logic")
    first = verdicts.accept(task, lease, now(), category=category, key=key)
    assert verdicts.accept(task, lease, now(), category=category, key=key) == first
    with pytest.raises(verdicts.KeyReused):
        verdicts.unsure(task, lease, now(), key=key)
    verdicts.undo(first, one, now())
    with pytest.raises(verdicts.TakenBack):
        verdicts.accept(task, lease, now(), category=category, key=key)
    queue.release(task, lease_of(ReviewTask.objects.get(pk=task.pk)), now())
    other = ReviewTask.objects.exclude(pk=task.pk).select_related("example").get()
    queue.claim_task(other, one, now())
    other.refresh_from_db()
    with pytest.raises(verdicts.KeyReused):
        verdicts.accept(other, lease_of(other), now(), category=category, key=key)


def test_the_author_is_known_by_name_or_address_and_the_database_refuses_them():
    project = make_project()
    one = make_reviewer(project)
    for name in (one.username, one.email):
        example = opened(project, developer=name)
        task = ReviewTask.objects.get(example=example)
        assert task.author == one
        decided = {"state": "decided", "decided_by": one, "decided_at": now()}
        with pytest.raises(IntegrityError, match="not_by_its_author"), transaction.atomic():
            ReviewTask.objects.filter(pk=task.pk).update(**decided)
        with pytest.raises(queue.OwnCorrection):
            queue.claim_task(task, one, now())


def test_others_verdicts_are_hidden_until_ones_own_is_in():
    project = make_project()
    example = opened(project, overlap=2)
    one, other, curator = make_reviewer(project), make_reviewer(project), make_curator(project)
    review = frozenset({Ability.REVIEW})
    first = say(project, one)
    task = claim(project, other)
    assert not blindness.may_see_verdicts(task, other, review)
    assert blindness.may_see_verdicts(task, one, review)
    assert not blindness.may_see_verdicts(task, curator, review | {Ability.CURATE})
    second = say(project, other, "reject", task, reason="wrong")
    assert first.is_blind
    assert second.is_blind
    assert blindness.may_see_verdicts(task, other, review)
    again = say(project, other, task=verdicts.undo(second, other, now()))
    assert not again.is_blind
    assert state_of(example) == "accepted"


def test_agreement_with_the_judge_is_recorded():
    project = make_project()
    said = {}
    for slug in ("logic", "style", None):
        example = opened(project)
        category = project.categories.get(slug=slug) if slug else None
        Vote.objects.create(example=example, labeler="judge", category=category, reason="it says")
        said[slug] = say(project, make_reviewer(project), category="logic").agrees_with_judge
    assert said == {"logic": True, "style": False, None: None}


def test_items_ahead_are_leased_shortly_and_never_more_than_asked():
    project = make_project()
    one = make_reviewer(project)
    for _ in range(5):
        opened(project)
    moment = now()
    first = queue.claim(project, one, moment)
    ahead = queue.claim_ahead(project, one, moment + timedelta(seconds=1))
    assert [each.leased_until - moment for each in ahead] == [
        queue.AHEAD + timedelta(seconds=1)
    ] * 2
    again = queue.claim_ahead(project, one, moment + timedelta(seconds=2))
    assert [each.pk for each in again] == [each.pk for each in ahead]
    held = ReviewTask.objects.filter(leased_to=one)
    assert held.count() == 3
    say(project, one, task=ReviewTask.objects.select_related("example").get(pk=first.pk))
    assert queue.claim(project, one, now()).pk == ahead[0].pk


def test_a_quality_slot_changes_nothing_about_its_example():
    project = make_project()
    one = make_reviewer(project)
    example = opened(project)
    gold = make_task(project)
    ReviewTask.objects.filter(pk=gold.pk).update(
        kind=Kind.GOLD, assigned_to=one, example=example, slot=7
    )
    task = queue.claim_task(ReviewTask.objects.get(pk=gold.pk), one, now())
    task = ReviewTask.objects.select_related("example", "project").get(pk=task.pk)
    verdict = say(project, one, task=task)
    assert (verdict.decision, state_of(example)) == (None, "labelled")
    with pytest.raises(verdicts.TooLate):  # the answer was shown
        verdicts.undo(verdict, one, now())
    assert not Decision.objects.exists()
