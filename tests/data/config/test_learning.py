"""A project's learned voter: what it learns from, when it votes, and when it is forgotten."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from config.erasure.erasing import erase
from config.erasure.requests import Subject
from config.learning import train, train_where_due
from curation import labeling, learned_voters
from curation.learned.model import read
from curation.learned_voters import is_due, voter_of
from curation.models import Category, LearnedVoter, Run, Vote
from curation.rules.learned import starting_model
from lib.clock import now
from reviews.models import ReviewTask
from tests.builders import make_admin, make_project
from tests.curation_builders import make_accepted, make_example

pytestmark = pytest.mark.django_db

KINDS = {
    "style": ("rows = getRows({n})\n", "rows = get_rows({n})\n"),
    "performance": ("for row_{n} in rows: seek(row_{n})\n", "seek_many(rows)  # {n}\n"),
}


def decided(project, each=6, **changes):
    """Verdicts of two kinds that look different; the labelers all said security."""
    made = []
    for category, (output, ideal) in KINDS.items():
        for n in range(each):
            told = {"output": output.format(n=n), "ideal": ideal.format(n=n), "prompt": f"p{n}"}
            made.append(make_accepted(project, category=category, **told | changes))
    return made


def in_random_order(examples):
    ReviewTask.objects.bulk_create(_drawn(each) for each in examples)


def _drawn(example):
    told = {"project": example.project, "example": example, "category": example.category}
    return ReviewTask(**told, urgency=1, state="closed", is_random=True)


@pytest.fixture
def project(monkeypatch):
    monkeypatch.setattr(learned_voters, "LEAST_GOLD", 4)
    monkeypatch.setattr(learned_voters, "DUE", 10)
    return make_project()


@pytest.fixture
def gold(project):
    examples = decided(project)
    held = [*examples[:2], *examples[-2:]]
    in_random_order(held)
    return held


def test_it_votes_once_it_beats_the_majority_on_what_it_did_not_see(project, gold):
    assert voter_of(project.pk).version == 1
    made = train(project, now())
    assert (made.rows, made.gold) == (8, 4)
    assert (made.right, made.majority_right, made.in_use) == (4, 0, True)
    voter = voter_of(project.pk)
    assert (voter.version, voter.model.digest) == (2, made.digest)
    waits = make_example(project, output="xs = getRows(1)\n", ideal="xs = get_rows(1)\n")
    labeling.label_waiting(10, now())
    vote = Vote.objects.get(example=waits, labeler="learned")
    assert (vote.version, vote.evidence["model"]) == (2, made.digest[:12])


def test_it_does_not_vote_where_the_majority_is_as_good(project, gold):
    for example in gold:
        told = Category.objects.get(pk=example.decisions.get().category_id)
        for labeler in ("comment", "shape", "tests"):
            Vote.objects.create(example=example, labeler=labeler, category=told, reason="So.")
    made = train(project, now())
    assert (made.right, made.majority_right, made.in_use) == (4, 4, False)
    assert voter_of(project.pk).model is starting_model()


def test_too_little_gold_says_nothing(project, gold, monkeypatch):
    monkeypatch.setattr(learned_voters, "LEAST_GOLD", 5)
    assert not train(project, now()).in_use


def test_one_kind_teaches_nothing(project):
    make_accepted(project)
    assert train(project, now()) is None
    run = Run.objects.get(project=project)
    assert (run.kind, run.outcome) == ("train", "failed")
    assert words(run) == ["begun", "too_few"]


def words(run):
    return list(run.lines.order_by("id").values_list("said", flat=True))


def test_a_training_is_a_run_with_its_figures(project, gold):
    made = train(project, now())
    run = Run.objects.get(project=project)
    assert (run.kind, run.outcome, run.done, run.total) == ("train", "done", made.rows, made.rows)
    assert words(run) == ["begun", "trained", "measured", "in_use"]
    told = run.lines.get(said="measured").figures
    assert told == {"gold": 4, "right": 4, "majority": 0}


def test_a_training_that_was_killed_leaves_its_run_to_the_next(project, gold, monkeypatch):
    class Killed(BaseException):
        pass

    def dies(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(learned_voters, "_says", dies)
        with pytest.raises(Killed):
            train(project, now())
    assert Run.objects.get(project=project).ended_at is None
    train(project, now())
    run = Run.objects.get(project=project)
    assert (run.outcome, LearnedVoter.objects.count()) == ("done", 1)
    assert words(run) == ["begun", "begun_again", "trained", "measured", "in_use"]


def test_it_is_trained_again_when_enough_was_decided_since(project):
    decided(project, each=4)
    train_where_due(now())
    assert not LearnedVoter.objects.exists()
    decided(project, each=1)
    train_where_due(now())
    train_where_due(now())
    assert LearnedVoter.objects.count() == 1
    assert not is_due(project)


def test_a_verdict_that_was_taken_back_is_not_learnt(project):
    examples = decided(project)
    labeling.withdraw(examples[0], by=make_admin(project), now=now())
    assert train(project, now()).rows == len(examples) - 1


def test_another_projects_verdicts_are_not_learnt(project):
    decided(make_project())
    assert not is_due(project)
    assert train(project, now()) is None


def test_whoever_is_erased_is_forgotten_by_what_learnt_from_them(project, gold):
    make_accepted(project, developer="jane-roe")
    other = make_project()
    decided(other)
    train(other, now())
    train(project, now())
    erase(project, Subject("jane-roe"), make_admin(project), now())
    assert set(LearnedVoter.objects.values_list("project", flat=True)) == {other.pk}
    assert voter_of(project.pk).version == 1


def test_what_is_kept_holds_no_word_of_the_verdicts(project, gold):
    made = train(project, now())
    assert b"get_rows" not in bytes(made.data)
    assert read(bytes(made.data)).card["trained_on"] == f"verdicts of the project {project.slug}"


def test_the_command_says_what_votes(project, gold):
    def said(*options):
        out = StringIO()
        call_command("learned_voter", "--project", project.slug, *options, stdout=out)
        return out.getvalue()

    assert "the one that comes with Emend" in said()
    told = said("--train")
    assert "right in 4, the majority of the other labelers in 0" in told
    assert "In use: the project's own" in told
    with pytest.raises(CommandError, match="no project"):
        call_command("learned_voter", "--project", "nothing")
