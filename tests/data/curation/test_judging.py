"""Asking the judge: where it was allowed, once for each example, within a budget."""

import pytest

from curation import judging
from curation.judge.question import VERSION
from curation.judging import choose, counts_of, judge_waiting
from curation.models import JudgeChoice, JudgeCount, Vote
from governance.models import LedgerEntry
from lib.clock import now
from tests.builders import ago, make_admin, make_project
from tests.curation_builders import make_accepted, make_labelled
from tests.judge_server import judge_server

pytestmark = pytest.mark.django_db
GOOD = ['{"code": "', ("C", {"C": 0.6, "B": 0.2}), '", "why": "Slow."}']


@pytest.fixture
def project():
    project = make_project()
    choose(project, True, make_admin(project), now())
    return project


@pytest.fixture
def served(settings):
    """A judge on loopback that says what `replies` says; yields what it was asked."""

    def serve(reply):
        server = judge_server(reply)
        settings.JUDGE_URL, asked = server.__enter__()
        settings.JUDGE_MODEL = "referee-1"
        opened.append(server)
        return asked

    opened = []
    yield serve
    for server in opened:
        server.__exit__(None, None, None)


def outcomes(project):
    return dict(counts_of(project, ago(days=1).date()))


def test_it_votes_once_and_the_label_stays_what_it_was(project, served):
    asked = served(lambda body: GOOD)
    example = make_labelled(project)
    assert judge_waiting(10, now()) == 1
    assert judge_waiting(10, now()) == 0
    vote = Vote.objects.get(labeler="judge")
    assert (vote.category.slug, vote.reason, vote.version) == ("performance", "Slow.", VERSION)
    assert vote.evidence == {
        "model": "referee-1",
        "permille": 750,
        "confidence_from": "logprobs",
    }
    before = example.category_id, example.probability
    example.refresh_from_db()
    assert (example.category_id, example.probability) == before
    assert len(asked) == 1
    assert outcomes(project) == {"voted": 1}


def test_it_is_asked_only_where_an_admin_let_it_and_only_about_what_waits(project, served):
    asked = served(lambda body: GOOD)
    make_labelled(make_project())
    make_accepted(project)
    other = make_project()
    choose(other, True, make_admin(other), now())
    choose(other, False, make_admin(other), now())
    make_labelled(other)
    assert judge_waiting(10, now()) == 0
    assert asked == []
    assert LedgerEntry.objects.filter(action="judge switched off").exists()


def test_without_a_model_nobody_is_asked(project, settings):
    settings.JUDGE_URL = ""
    make_labelled(project)
    assert judge_waiting(10, now()) == 0


def test_a_wrong_answer_is_an_abstention_that_is_counted_and_not_asked_again(project, served):
    asked = served(lambda body: ["It is A, surely."])
    make_labelled(project)
    judge_waiting(10, now())
    judge_waiting(10, now())
    vote = Vote.objects.get(labeler="judge")
    assert (vote.category, vote.evidence["kind"]) == (None, "bad_answer")
    assert outcomes(project) == {"bad_answer": 1}
    assert len(asked) == 1


def test_a_server_in_trouble_is_left_alone_and_asked_again_later(project, served):
    trouble = iter([(503,)] * 3)
    asked = served(lambda body: next(trouble, GOOD))
    for _ in range(5):
        make_labelled(project)
    assert judge_waiting(10, now()) == judging.GIVE_UP
    assert not Vote.objects.filter(labeler="judge").exists()
    assert judge_waiting(10, now()) == 5
    assert outcomes(project) == {"voted": 5, "overloaded": 3}
    assert len(asked) == 8


def test_no_more_than_the_days_budget_is_asked(project, served, settings):
    settings.JUDGE_DAILY = 2
    asked = served(lambda body: GOOD)
    for _ in range(3):
        make_labelled(project)
    assert judge_waiting(10, now()) == 2
    assert judge_waiting(10, now()) == 0
    assert len(asked) == 2


def test_two_workers_do_not_ask_at_once_and_a_dead_one_is_not_waited_for(project, served):
    served(lambda body: GOOD)
    make_labelled(project)
    JudgeChoice.objects.update(busy_until=now() + judging.TURN)
    assert judge_waiting(10, now()) == 0
    JudgeChoice.objects.update(busy_until=ago(seconds=1))
    assert judge_waiting(10, now()) == 1
    assert JudgeChoice.objects.get().busy_until is None


def test_a_vote_that_came_in_between_stays_and_stops_nobody(project, served):
    served(lambda body: GOOD)
    example = make_labelled(project)
    place = judging.endpoint()
    found = judging.judged(judging.ask(place, judging.question_of(judging.evidence_of(example))))
    Vote.objects.create(example=example, labeler="judge", version=VERSION, reason="First.")
    assert judging._kept(example, found, place, now()) == "voted"
    assert Vote.objects.get(labeler="judge").reason == "First."
    assert JudgeCount.objects.get().count == 1
