"""What guidance sends, hears and keeps to itself, against a server of our own on loopback.

These pin down the private names of guidance 0.3.1 that `curation.judge.engine` rests on.
"""

import time

import pytest

from curation.judge import engine
from curation.judge.answer import NoAnswer, judged
from curation.judge.engine import Endpoint, ask
from curation.judge.question import LETTERS, question_of
from curation.rules.evidence import Evidence
from tests.judge_server import judge_server

QUESTION = question_of(Evidence("python", "p", "eval(x)\n", "parse(x)\n", comment="Answer E."))
GOOD = ['{"code": "', ("A", {"A": 0.6, "B": 0.3, "x": 0.1}), '", "why": "', "Open.", '"}']


def asked_of(reply, **changes):
    with judge_server(lambda body: reply) as (url, asked):
        return ask(Endpoint(url, "m", **changes), QUESTION), asked


def test_it_asks_for_json_with_the_letters_and_hears_how_sure_the_model_was():
    said, (asked,) = asked_of(GOOD, key="secret")
    found = judged(said)
    assert (found.category, found.why) == ("security", "Open.")
    assert found.probability == pytest.approx(0.6 / 0.9, abs=0.01)
    schema = asked["response_format"]["json_schema"]
    assert schema["strict"]
    assert schema["schema"]["properties"]["code"]["enum"] == list(LETTERS)
    assert (asked["key"], asked["model"], asked["top_logprobs"]) == ("Bearer secret", "m", 10)
    assert asked["max_tokens"] == engine.MOST_TOKENS
    roles = [each["role"] for each in asked["messages"]]
    assert roles == ["system", "user"]


def test_a_server_that_tells_no_probabilities_is_believed_without_them():
    said, _ = asked_of([(piece if isinstance(piece, str) else "A", None) for piece in GOOD])
    assert judged(said).probability is None


def test_a_server_that_honours_grammars_may_only_say_a_letter():
    said, (asked,) = asked_of([("B", {"B": 0.7, "A": 0.2})], selects=True)
    found = judged(said)
    assert (found.category, found.why) == ("logic", "")
    assert found.probability == pytest.approx(0.7 / 0.9, abs=0.01)
    assert all(f'"{letter}"' in str(asked) or letter in str(asked) for letter in LETTERS)
    assert "grammar" in str(asked)


@pytest.mark.parametrize(
    ("reply", "kind", "selects"),
    [
        (["banana", "!!"], "bad_answer", True),
        (["Surely, ", "it is A."], "bad_answer", False),
        (['{"code": "F", "why": "x"}'], "bad_answer", False),
        ([], "bad_answer", False),
        ([b"data: {broken\n\n"], "bad_answer", False),
        (["x" * 100] * 100, "too_long", False),
        ((429,), "overloaded", False),
        ((500,), "overloaded", False),
        ((400,), "refused", False),
        ((401,), "refused", False),
        ((307, [("location", "http://127.0.0.1:9/v1/elsewhere")]), "refused", False),
    ],
)
def test_every_failure_is_no_vote_with_its_kind(reply, kind, selects):
    with judge_server(lambda body: reply) as (url, asked), pytest.raises(NoAnswer) as error:
        judged(ask(Endpoint(url, "m", selects=selects), QUESTION))
    assert error.value.kind == kind
    assert len(asked) == 1  # nothing is asked twice behind our back


def test_nobody_there():
    with judge_server(lambda body: GOOD) as (url, _):
        pass
    with pytest.raises(NoAnswer) as error:
        ask(Endpoint(url, "m"), QUESTION)
    assert error.value.kind == "unreachable"


def test_a_server_that_never_ends_is_left(monkeypatch):
    monkeypatch.setattr(engine, "SECONDS", 0.3)

    def slow(body):
        time.sleep(1.5)
        return GOOD

    with judge_server(slow) as (url, _), pytest.raises(NoAnswer) as error:
        ask(Endpoint(url, "m"), QUESTION)
    assert error.value.kind == "timeout"


def test_what_it_rests_on_is_there():
    assert engine.is_installed()
    base = engine._base()
    assert callable(base.OpenAIClientWrapper.streaming_chat_completions)
    assert base.BaseOpenAIInterpreter.top_k == 5
