"""Gold items and repeats: they measure, and change nothing."""

from datetime import timedelta
from random import Random

import pytest
from django.db import IntegrityError, transaction

from curation.models import Decision, Example
from governance.members import set_roles
from governance.models import LedgerEntry
from lib.clock import now
from reviews import blindness, gold, opinions, ordering, probes, queue, slots, verdicts
from reviews.filters import Filters
from reviews.models import GoldItem, Probe, ReviewPolicy, ReviewTask, Verdict
from reviews.queue import lease_of
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.reviews_builders import make_examples, make_task, make_tasks

pytestmark = pytest.mark.django_db
Kind = ReviewTask.Kind
LONG_AGO = timedelta(days=8)


class Dice(Random):
    """Always falls the same way."""

    def __init__(self, thrown):
        super().__init__(1)
        self.thrown = thrown

    def randrange(self, *args):
        return self.thrown


GOLD, AGAIN, NEITHER = Dice(0), Dice(500), Dice(999)


@pytest.fixture
def project():
    made = make_project()
    ReviewPolicy.objects.create(project=made, gold_share=500, again_share=499)
    return made


def decide(project, person, verb="accept", at=None, category="security", **changes):
    """A slot the person decided, a while ago."""
    at = at or now() - LONG_AGO
    task = make_task(project, **changes)
    task = queue.claim_task(task, person, at)
    return say(task, person, verb, at, category)


def say(task, person, verb="accept", at=None, category="security"):
    task = ReviewTask.objects.select_related("example__ideal", "project").get(pk=task.pk)
    said = {"reason": "trivial"} if verb == "reject" else {}
    if verb == "accept":
        said["category"] = task.project.categories.get(slug=category)
    return getattr(verdicts, verb)(task, lease_of(task), at or now(), **said)


def make_gold(project, answer="accept", category="security", **changes):
    """A gold item that two others had to do with."""
    task = decide(project, make_reviewer(project), **changes).task
    named = project.categories.get(slug=category)
    return gold.mark(task.example, answer, named, "CWE-95.", make_curator(project), now())


def facts(example):
    """Everything a probe must leave alone."""
    stored = Example.objects.get(pk=example.pk)
    decisions = Decision.objects.filter(example=example).count()
    return (stored.state, stored.category_id, stored.probability, decisions)


# Nobody can tell


def test_what_measures_stands_among_the_others_by_number_and_by_age(project):
    model = ReviewTask.objects.get(example=make_gold(project).example)
    ReviewTask.objects.filter(pk=model.pk).update(opened_at=now() - timedelta(days=40))
    others = make_tasks(project, 12)
    for n, task in enumerate(others):
        ReviewTask.objects.filter(pk=task.pk).update(opened_at=now() - timedelta(days=3 + n))
    ages = set(ReviewTask.objects.filter(state="open").values_list("opened_at", flat=True))
    served = [
        probes.serve(ReviewTask.objects.get(pk=model.pk), make_reviewer(project), "gold", now())
        for _ in range(3)
    ]
    assert {task.opened_at for task in served} <= ages
    last = max(task.pk for task in others)
    assert all(task.pk <= last // probes.ROOM * probes.ROOM + probes.ROOM - 1 for task in served)
    assert {task.pk // probes.ROOM for task in served} <= {t.pk // probes.ROOM for t in others}
    newest = make_task(project)
    assert newest.pk > max(task.pk for task in served)


def test_what_measures_is_never_older_than_its_example(project):
    model = ReviewTask.objects.get(example=make_gold(project).example)
    make_task(project)
    ReviewTask.objects.filter(state="open").update(opened_at=now() - timedelta(days=9))
    assert probes.serve(model, make_reviewer(project), "gold", now()).opened_at == model.opened_at


def test_of_what_measures_the_order_says_no_doubt_that_a_decision_took_away(project):
    marked = make_gold(project)
    probe = probes.deal(project, make_reviewer(project), now(), dice=GOLD)
    assert Example.objects.get(pk=marked.example_id).probability == 1
    ordering.rank(project)
    probe.refresh_from_db()
    assert (probe.doubt, probe.urgency) == (400, 400)


def test_who_can_read_the_known_answers_is_not_measured_by_them(project):
    make_gold(project)
    make_gold(project)
    curator, person = make_curator(project), make_reviewer(project)
    assert probes.deal(project, curator, now(), dice=GOLD) is None
    assert probes.deal(project, person, now(), dice=GOLD) is not None
    set_roles(project, person, {"reviewer", "curator"}, curator, now())
    assert (
        queue.claim(project, person, now(), dice=NEITHER) is None
    )  # opened before, served no more


# Known answers


def test_a_known_answer_is_marked_and_in_the_ledger(project):
    marked = make_gold(project)
    assert list(gold.in_force(project)) == [marked]
    entry = LedgerEntry.objects.get(action="gold item marked")
    assert entry.subject == str(marked.example)


def test_an_undecided_example_cannot_be_gold(project):
    task = make_task(project)
    with pytest.raises(gold.NotDecided):
        gold.mark(task.example, "reject", None, "No.", make_curator(project), now())
    assert not GoldItem.objects.exists()
    assert not LedgerEntry.objects.filter(action="gold item marked").exists()


def test_the_last_answer_holds_and_the_first_is_kept(project):
    first = make_gold(project)
    second = gold.mark(first.example, "reject", None, "On second thought.", first.set_by, now())
    assert list(gold.in_force(project)) == [second]
    assert GoldItem.objects.filter(example=first.example).count() == 2
    with pytest.raises(gold.Unchanged):
        gold.mark(first.example, "reject", None, "On second thought.", first.set_by, now())


def test_a_withdrawn_answer_is_served_to_nobody(project):
    marked = make_gold(project)
    gold.withdraw(marked.example, "Disputed.", marked.set_by, now())
    assert gold.of(marked.example) is None
    assert probes.deal(project, make_reviewer(project), now(), dice=GOLD) is None
    with pytest.raises(gold.NotGold):
        gold.withdraw(marked.example, "Twice.", marked.set_by, now())


def test_answers_and_what_they_were_compared_with_cannot_be_changed(project):
    marked = make_gold(project)
    probe = probes.deal(project, make_reviewer(project), now(), dice=GOLD).probe
    for row in (marked, probe):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(at=now())
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            type(row).objects.filter(pk=row.pk)._raw_delete("default")


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": "maybe", "why": "x"},
        {"answer": "accept", "why": "x"},
        {"answer": "reject", "why": ""},
    ],
)
def test_a_half_known_answer_is_refused_by_the_database(project, wrong):
    example = make_examples(project, 1)[0]
    row = GoldItem(
        project=project, example=example, set_by=make_curator(project), at=now(), **wrong
    )
    with pytest.raises(IntegrityError, match="gold_item"), transaction.atomic():
        row.save(force_insert=True)


# Serving


def test_gold_comes_where_the_dice_say_so_and_looks_like_the_slot_it_copies(project):
    marked = make_gold(project)
    reviewer = make_reviewer(project)
    make_task(project, file_path="plain.py")
    task = queue.claim(project, reviewer, now(), dice=GOLD)
    plain = ReviewTask.objects.get(example=marked.example, kind=Kind.PLAIN)
    assert (task.kind, task.example, task.assigned_to) == (Kind.GOLD, marked.example, reviewer)
    for name in probes.COPIED:
        assert getattr(task, name) == getattr(plain, name)
    assert task.probe.gold == marked


def test_where_the_dice_fall_otherwise_the_queue_goes_on(project):
    make_gold(project)
    plain = make_task(project)
    assert queue.claim(project, make_reviewer(project), now(), dice=NEITHER) == plain
    assert not Probe.objects.exists()


def test_a_project_that_wants_no_gold_gets_none(project):
    ReviewPolicy.objects.update(gold_share=0, again_share=0)
    make_gold(project)
    assert probes.deal(project, make_reviewer(project), now(), dice=GOLD) is None


def test_the_share_served_is_the_policy_s(project):
    ReviewPolicy.objects.update(gold_share=100, again_share=50)
    dice = Random(4)
    thrown = [dice.randrange(1000) for _ in range(20_000)]
    gold_share = sum(each < 100 for each in thrown) / 20_000
    assert gold_share == pytest.approx(0.1, abs=0.01)
    make_gold(project)
    reviewer = make_reviewer(project)
    assert probes.deal(project, reviewer, now(), dice=Dice(100)) is None  # the first of "again"
    assert probes.deal(project, reviewer, now(), dice=Dice(99)).kind == Kind.GOLD


def test_nobody_gets_gold_they_decided_marked_wrote_or_met(project):
    decider, curator, author = (
        make_reviewer(project),
        make_curator(project),
        make_person(project, "reviewer", username="alder"),
    )
    task = decide(project, decider, developer="alder").task
    gold.mark(task.example, "reject", None, "No.", curator, now())
    for person in (decider, curator, author):
        assert probes.deal(project, person, now(), dice=GOLD) is None
    met = make_reviewer(project)
    assert probes.deal(project, met, now(), dice=GOLD) is not None
    assert probes.deal(project, met, now(), dice=GOLD) is None


def test_gold_respects_the_filters_or_it_would_stand_out(project):
    make_gold(project, language="go")
    reviewer = make_reviewer(project)
    only = Filters(language=("python",))
    assert probes.deal(project, reviewer, now(), only, GOLD) is None
    assert probes.deal(project, reviewer, now(), Filters(language=("go",)), GOLD) is not None


def test_gold_of_an_example_that_was_opened_again_waits(project):
    marked = make_gold(project)
    verdicts.reopen(marked.example, make_curator(project), now())
    assert probes.deal(project, make_reviewer(project), now(), dice=GOLD) is None


def test_a_repeat_is_one_s_own_old_decision_once(project):
    reviewer = make_reviewer(project)
    verdict = decide(project, reviewer)
    task = queue.claim(project, reviewer, now(), dice=AGAIN)
    assert (task.kind, task.example_id) == (Kind.AGAIN, verdict.task.example_id)
    assert task.probe.earlier == verdict
    say(task, reviewer)
    assert probes.deal(project, reviewer, now(), dice=AGAIN) is None
    assert probes.deal(project, make_reviewer(project), now(), dice=AGAIN) is None


def test_a_fresh_decision_does_not_come_back(project):
    reviewer = make_reviewer(project)
    decide(project, reviewer, at=now() - probes.REST + timedelta(hours=1))
    assert probes.deal(project, reviewer, now(), dice=AGAIN) is None


def test_an_undone_decision_does_not_come_back(project):
    reviewer = make_reviewer(project)
    verdict = decide(project, reviewer)
    task = verdicts.undo(verdict, reviewer, now())
    queue.release(task, lease_of(task), now())
    assert probes.deal(project, reviewer, now(), dice=AGAIN) is None


def test_only_whom_it_is_for_may_take_it(project):
    make_gold(project)
    task = probes.deal(project, make_reviewer(project), now(), dice=GOLD)
    with pytest.raises(queue.NotFree):
        queue.claim_task(task, make_curator(project), now(), curates=True)
    assert queue.claim(project, make_reviewer(project), now(), dice=NEITHER) is None


def test_a_lost_lease_brings_it_back_to_the_same_person(project):
    make_gold(project)
    reviewer = make_reviewer(project)
    task = queue.claim(project, reviewer, now(), dice=GOLD)
    later = now() + queue.LEASE * 2
    queue.sweep(later)
    assert queue.claim(project, make_reviewer(project), later, dice=NEITHER) is None
    assert queue.claim(project, reviewer, later, dice=NEITHER) == task


def test_a_lost_lease_can_be_taken_up_again_by_name(project):
    reviewer = make_reviewer(project)
    decide(project, reviewer)
    task = queue.claim(project, reviewer, now(), dice=AGAIN)
    later = now() + queue.LEASE * 2
    queue.sweep(later)
    assert queue.claim_task(task, reviewer, later).pk == task.pk


# Deciding


@pytest.mark.parametrize("verb", ["accept", "reject", "unsure", "escalate"])
@pytest.mark.parametrize("dice", [GOLD, AGAIN])
def test_whatever_is_said_the_example_stays_as_it_was(project, verb, dice):
    reviewer = make_reviewer(project)
    if dice is GOLD:
        make_gold(project)
    else:
        decide(project, reviewer)
    task = queue.claim(project, reviewer, now(), dice=dice)
    before = facts(task.example)
    verdict = say(task, reviewer, verb, category="logic")
    assert verdict.decision is None
    assert facts(task.example) == before
    task.refresh_from_db()
    assert task.state == ReviewTask.State.DECIDED
    assert slots.open_tasks(now()) == 0


def test_once_the_answer_was_shown_there_is_no_undo(project):
    make_gold(project)
    reviewer = make_reviewer(project)
    verdict = say(queue.claim(project, reviewer, now(), dice=GOLD), reviewer)
    with pytest.raises(verdicts.TooLate):
        verdicts.undo(verdict, reviewer, now())


def test_a_skipped_one_stays_away(project):
    make_gold(project)
    reviewer = make_reviewer(project)
    verdicts_before = Verdict.objects.count()
    say(queue.claim(project, reviewer, now(), dice=GOLD), reviewer, "skip")
    assert Verdict.objects.count() == verdicts_before + 1
    assert queue.claim(project, reviewer, now(), dice=NEITHER) is None


def test_an_answer_is_compared_with_what_was_known_when_it_was_served(project):
    marked = make_gold(project)
    reviewer = make_reviewer(project)
    task = queue.claim(project, reviewer, now(), dice=GOLD)
    gold.mark(marked.example, "reject", None, "Changed.", marked.set_by, now())
    say(task, reviewer, category="security")
    (found,) = opinions.compared_with_gold(project, now())
    assert (found.said, found.right, found.matches, found.why) == (
        "security",
        "security",
        True,
        "CWE-95.",
    )


def test_a_repeat_is_compared_with_what_one_said(project):
    reviewer = make_reviewer(project)
    decide(project, reviewer, category="security")
    say(queue.claim(project, reviewer, now(), dice=AGAIN), reviewer, "reject")
    (found,) = opinions.compared_with_earlier(project, now())
    assert (found.said, found.right, found.matches) == ("rejected", "security", False)


def test_peers_are_compared_on_blind_standing_answers_only(project):
    ReviewPolicy.objects.update(overlap=2)
    example = make_examples(project, 1)[0]
    slots.open_tasks(now())
    people = [make_reviewer(project) for _ in range(2)]
    for person, slug in zip(people, ["security", "logic"], strict=True):
        say(queue.claim(project, person, now(), dice=NEITHER), person, category=slug)
    found = opinions.answers(project, now())
    assert {(each.person, each.example, each.value) for each in found} == {
        (people[0].pk, example.pk, "security"),
        (people[1].pk, example.pk, "logic"),
    }
    last = Verdict.objects.filter(reviewer=people[1]).get()
    verdicts.undo(last, people[1], now())
    assert [each.person for each in opinions.answers(project, now())] == [people[0].pk]
    other = make_project()
    assert opinions.answers(other, now()) == []


def test_an_answer_that_was_not_blind_is_compared_with_nobody_s(project, monkeypatch):
    monkeypatch.setattr(blindness, "is_blind", lambda *_: False)
    decide(project, make_reviewer(project), at=now())
    assert opinions.answers(project, now()) == []
