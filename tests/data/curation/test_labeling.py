from datetime import timedelta

import pytest

from curation import labeling
from curation.findings import findings_of
from curation.labeling import LEASE, MOVES
from curation.models import Category, Decision, Example, Vote
from curation.rules import analysers
from curation.rules.tools import ToolFailed
from curation.sizes import sizes_of
from curation.voting import SUREST
from feedback.blobs import keep
from lib.clock import now
from lib.transitions import MoveRefused, move
from tests.builders import make_person, make_project
from tests.curation_builders import (
    make_accepted,
    make_example,
    make_labelled,
    make_reaction,
)

pytestmark = pytest.mark.django_db
State = Example.State


def top(example, slug):
    return Category.objects.get(project=example.project, slug=slug)


# ---- labelling


def test_an_arrived_example_gets_every_vote_and_a_label():
    example = make_example(
        make_project(),
        category="Security",
        comment="An attacker owns that file.",
        output="def f(b):\n    return pickle.loads(b)\n",
        ideal="def f(b):\n    return json.loads(b)\n",
    )
    assert labeling.label_waiting(10, now()) == 1
    example.refresh_from_db()
    assert (example.state, example.category.slug) == ("labelled", "security")
    assert example.probability == SUREST
    assert example.labelled_at
    votes = {vote.labeler: vote.category and vote.category.slug for vote in example.votes.all()}
    assert votes == {
        "developer": "security",
        "analysers": "security",
        "hardening": None,
        "tests": None,
        "shape": None,
        "comment": "security",
        "reactions": None,
        "learned": "security",
    }


def test_the_findings_can_be_read_back():
    example = make_example(make_project(), output="x = eval(y)\n", ideal="x = int(y)\n")
    labeling.label_waiting(10, now())
    found = findings_of(example)
    assert ("fixed", "output", 1) in {(each.state, each.side, each.line) for each in found}


def test_an_example_nobody_analysed_has_no_findings():
    assert findings_of(make_labelled(make_project())) == []


def test_reactions_are_heard():
    example = make_example(make_project(), language="rust")
    make_reaction(example.correction, "accepted")
    make_reaction(example.correction, "reverted")
    labeling.label_waiting(10, now())
    assert Vote.objects.get(example=example, labeler="reactions").category.slug == "logic"


def test_no_more_than_the_limit_is_labelled():
    project = make_project()
    for _ in range(3):
        make_example(project)
    assert labeling.label_waiting(2, now()) == 2
    assert Example.objects.filter(state=State.ARRIVED).count() == 1


def test_nothing_waiting_is_one_query(django_assert_num_queries):
    make_labelled(make_project())
    with django_assert_num_queries(3):  # two are the savepoint of this test
        assert labeling.label_waiting(10, now()) == 0


def test_what_a_dead_worker_took_is_labelled_after_its_lease():
    make_example(make_project())
    start = now()
    assert len(labeling._take(10, start)) == 1  # and dies here
    assert labeling.label_waiting(10, start + LEASE - timedelta(seconds=1)) == 0
    assert labeling.label_waiting(10, start + LEASE) == 1


def test_one_text_that_chokes_the_tools_costs_only_its_own_findings(monkeypatch):
    project = make_project()
    for output in ("x = eval(a)\n", "POISON", "x = eval(b)\n"):
        make_example(project, output=output)
    findings = analysers.findings

    def choking(batch):
        if any(evidence.output == "POISON" for evidence in batch.values()):
            raise ToolFailed("ruff did not answer")
        return findings(batch)

    monkeypatch.setattr(analysers, "findings", choking)
    assert labeling.label_waiting(10, now()) == 3
    found = Vote.objects.filter(labeler="analysers").order_by("example_id")
    assert ["findings" in vote.evidence for vote in found] == [True, False, True]


def test_a_batch_is_bounded_by_its_texts_too(monkeypatch):
    project = make_project()
    for size in (10, 3_000, 10, 900, 10):
        make_example(project, language="text", prompt="x", output="y" * size, ideal="z")
    monkeypatch.setattr(labeling, "BATCH_BYTES", 1_000)
    batches = []
    evidence = labeling._evidence
    monkeypatch.setattr(
        labeling, "_evidence", lambda held: batches.append(len(held)) or evidence(held)
    )
    assert labeling.label_waiting(5, now()) == 5
    assert batches == [1, 1, 3]


def test_what_an_example_weighs_is_the_bytes_of_its_texts():
    example = make_example(make_project(), prompt="é", output="y" * 50_000, ideal="")
    found = sizes_of(Example.objects.all(), "prompt", "output", "ideal")
    assert found == [(example.pk, 2 + 50_000)]


# ---- deciding


def test_accepting_writes_who_and_what():
    example = make_labelled(make_project())
    person, moment = make_person(), now()
    fixed = keep(example.project, "fixed by the reviewer\n")
    decision = labeling.accept(
        example,
        by=person,
        category=top(example, "logic"),
        severity="low",
        ideal=fixed,
        now=moment,
    )
    example.refresh_from_db()
    assert (example.state, example.category.slug, example.severity) == ("accepted", "logic", "low")
    assert example.probability == 1
    stored = Decision.objects.get()
    assert stored == decision
    assert (stored.by, stored.at, stored.ideal, stored.outcome) == (
        person,
        moment,
        fixed,
        "accepted",
    )


def test_rejecting_keeps_the_label_unless_another_is_given():
    first, second = make_labelled(make_project()), make_labelled(make_project())
    labeling.reject(first, by=make_person(), reason="trivial", now=now())
    labeling.reject(
        second, by=make_person(), reason="wrong", now=now(), category=top(second, "style")
    )
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.state, first.category.slug, first.probability) == ("rejected", "security", 0.9)
    assert (second.category.slug, second.probability) == ("style", 1)
    assert [each.reason for each in Decision.objects.order_by("id")] == ["trivial", "wrong"]


@pytest.mark.parametrize("decide", ["accept", "reject"])
def test_withdrawing_gives_the_votes_their_say_back(decide):
    example = make_labelled(make_project(), severity="critical")
    if decide == "accept":
        labeling.accept(
            example,
            by=make_person(),
            category=top(example, "style"),
            severity="low",
            ideal=example.ideal,
            now=now(),
        )
    else:
        labeling.reject(
            example, by=make_person(), reason="wrong", now=now(), category=top(example, "style")
        )
    labeling.withdraw(example, by=make_person(), now=now())
    example.refresh_from_db()
    assert (example.state, example.category.slug) == ("labelled", "security")
    assert example.severity == "critical"
    assert 0.9 < example.probability < 1
    assert list(Decision.objects.order_by("id").values_list("outcome", flat=True)) == [
        f"{decide}ed",
        "withdrawn",
    ]


def test_deciding_twice_is_refused_and_leaves_no_trace():
    example = make_accepted(make_project())
    with pytest.raises(MoveRefused):
        labeling.reject(example, by=make_person(), reason="wrong", now=now())
    assert Decision.objects.count() == 1


def test_withdrawing_nothing_is_refused():
    example = make_example(make_project())
    labeling.label_waiting(1, now())
    with pytest.raises(MoveRefused):
        labeling.withdraw(example, by=make_person(), now=now())
    assert not Decision.objects.exists()


@pytest.mark.parametrize("source", State.values)
@pytest.mark.parametrize("target", State.values)
def test_an_example_moves_only_as_the_table_says(source, target):
    example = make_labelled(make_project())
    Example.objects.filter(pk=example.pk).update(state=source)
    if target in MOVES[source]:
        move(example, target, MOVES)
    else:
        with pytest.raises(MoveRefused):
            move(example, target, MOVES)
        assert Example.objects.get().state == source
