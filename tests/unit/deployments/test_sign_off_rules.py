from datetime import UTC, datetime
from pathlib import Path

import pytest

from deployments.conflicts import reasons
from deployments.endpoints import Step, before
from deployments.promotion import MOVES, State
from deployments.standing import missing, why_void
from deployments.subjects import Subject

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVENING = datetime(2026, 3, 2, 18, tzinfo=UTC)
DOCS = Path(__file__).parents[3] / "docs/state-machines.md"
ANN, BEN, CYD, DEE = 1, 2, 3, 4


def void(**changes):
    facts = {"subject": "a", "amended_at": NOON, "leads": {ANN}, "conflicts": {}} | changes
    return why_void(ANN, "a", EVENING, **facts)


def test_a_signature_holds_while_nothing_it_rests_on_changes():
    assert void() == ""


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"subject": "b", "amended_at": EVENING}, "the manifest changed"),
        ({"subject": "b"}, "the evaluations changed"),
        ({"leads": {BEN}}, "no longer a governance lead"),
        ({"conflicts": {ANN: ["amended its manifest"]}}, "amended its manifest"),
    ],
)
def test_a_signature_is_void_and_says_why(change, why):
    assert void(**change) == why


def test_two_people_and_some_evidence_are_enough():
    assert missing([ANN, BEN], 1) == []


@pytest.mark.parametrize(
    ("approvers", "evaluations", "count"),
    [([], 0, 2), ([ANN], 1, 1), ([ANN, ANN], 1, 1), ([ANN, BEN], 0, 1)],
)
def test_less_is_not(approvers, evaluations, count):
    assert len(missing(approvers, evaluations)) == count


SUBJECT = Subject("p", "complete", "ember-7b r14", "m" * 64, ("e1", "e2"))


@pytest.mark.parametrize(
    "other",
    [
        Subject("q", "complete", "ember-7b r14", "m" * 64, ("e1", "e2")),
        Subject("p", "chat", "ember-7b r14", "m" * 64, ("e1", "e2")),
        Subject("p", "complete", "ember-7b r15", "m" * 64, ("e1", "e2")),
        Subject("p", "complete", "ember-7b r14", "n" * 64, ("e1", "e2")),
        Subject("p", "complete", "ember-7b r14", "m" * 64, ("e1", "e2", "e3")),
        Subject("p", "complete", "ember-7b r14", "m" * 64, ("e1",)),
    ],
)
def test_every_part_of_a_subject_counts(other):
    assert other.digest != SUBJECT.digest


def test_the_order_in_which_evidence_came_does_not():
    turned = Subject("p", "complete", "ember-7b r14", "m" * 64, ("e2", "e1"))
    assert turned.digest == SUBJECT.digest


def test_who_made_it_may_not_sign_it():
    found = reasons(proposer=ANN, registrar=BEN, amenders=[BEN, CYD], labels={})
    assert found == {
        ANN: ["proposed it"],
        BEN: ["registered it"],
        CYD: ["amended its manifest"],
    }


def test_who_decided_more_than_the_policys_share_of_its_labels_may_not_sign():
    found = reasons(proposer=ANN, registrar=ANN, amenders=[], labels={BEN: 31, CYD: 30, DEE: 39})
    assert found[BEN] == ["decided 31 % of its training labels"]
    assert CYD not in found
    assert DEE in found


def steps(story):
    """p1 makes 1 live, r1 goes back to it."""
    kinds = {"p": "promoted", "r": "rolled_back"}
    return [Step(kinds[word[0]], int(word[1:]), "") for word in story.split()]


@pytest.mark.parametrize(
    ("story", "back"),
    [
        ("", None),
        ("p1", None),
        ("p1 p2", 1),
        ("p1 p2 r1", None),
        ("p1 p2 p3", 2),
        ("p1 p2 p3 r2", 1),
        ("p1 p2 p3 r2 r1", None),
        ("p1 p2 r1 p3", 1),
        ("p1 p2 p1", 2),
        ("p1 p2 p1 r2", 1),
    ],
)
def test_rolling_back_goes_further_back_and_never_to_what_was_left(story, back):
    found = before(steps(story))
    assert (found.version if found else None) == back


def test_the_documentation_draws_the_same_moves():
    section = DOCS.read_text().split("## Promotion\n")[1].split("\n## ")[0]
    drawn = {tuple(line.split()[:3:2]) for line in section.splitlines() if " -> " in line}
    assert drawn == {(source, to) for source, targets in MOVES.items() for to in targets}


@pytest.mark.parametrize("state", State)
def test_only_an_open_promotion_moves(state):
    assert bool(MOVES.get(state)) == (state == State.PROPOSED)
