"""The only module that knows guidance: asks a question and hands back text and tokens.

guidance tells no log-probabilities of its own (`log_prob` is a constant in 0.3.1), so they are read
where they arrive, from the chunks of the OpenAI client; that rests on names guidance keeps to
itself, which `tests/unit/curation/test_judge_engine.py` pins down. Imported when it is first asked:
guidance starts a thread, which must not happen before a worker forks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from time import monotonic
from typing import Any

from curation.judge.answer import NoAnswer, Said, Token
from curation.judge.question import LETTERS, Question

SECONDS = 60.0
MOST_CHARACTERS = 2_000  # of an answer; a letter and a sentence need a tenth
MOST_TOKENS = 400
TOP = 10  # tokens weighed at each place that are told
SCHEMA = {
    "type": "object",
    "properties": {"code": {"enum": list(LETTERS)}, "why": {"type": "string"}},
    "required": ["code", "why"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Endpoint:
    """Where the judge's model answers.

    `selects` says that the server honours grammars (vLLM with the guidance backend): then the
    model may only say a letter.
    """

    url: str
    model: str
    key: str = ""
    selects: bool = False


def is_installed() -> bool:
    """Whether the extra `judge` is there."""
    return find_spec("guidance") is not None and find_spec("openai") is not None


def ask(endpoint: Endpoint, question: Question) -> Said:
    """The model's answer. Raises NoAnswer for every way in which there is none."""
    guidance, openai = import_module("guidance"), import_module("openai")
    heard = _Heard()
    try:
        with openai.DefaultHttpxClient(timeout=SECONDS, follow_redirects=False) as http:
            client = openai.OpenAI(
                base_url=endpoint.url,
                api_key=endpoint.key or "none",
                max_retries=0,
                http_client=http,
            )
            return heard.said(_answer(guidance, endpoint, question, heard.of(client)))
    except NoAnswer:
        raise
    except Exception as error:
        # a model's server may send anything, and guidance raises whatever that leads it to
        raise NoAnswer(_kind(openai, error), f"{type(error).__name__}: {error}"[:300]) from error


def _answer(guidance: Any, endpoint: Endpoint, question: Question, client: Any) -> str | None:
    """What guidance captured; None where the server ignored what it was held to."""
    if endpoint.selects:
        experimental = import_module("guidance.models.experimental")
        model = experimental.VLLMModel(
            endpoint.model, base_url=endpoint.url, api_key=endpoint.key or "none", echo=False
        )
        node = guidance.select(list(LETTERS), name="answer")
    else:
        model = guidance.models.OpenAI(
            endpoint.model, base_url=endpoint.url, api_key=endpoint.key or "none", echo=False
        )
        node = guidance.json(name="answer", schema=SCHEMA)
    model._interpreter.client = client
    model._interpreter.top_k = TOP
    with guidance.system():
        model += question.system
    with guidance.user():
        model += question.user
    with guidance.assistant():
        model += node
    return str(model["answer"]) if "answer" in model else None


class _Heard:
    """Stands between guidance and the client: cuts answers short and keeps their tokens."""

    def __init__(self) -> None:
        self.text = ""
        self.until = monotonic() + SECONDS
        self.tokens: list[Token] = []

    def of(self, client: Any) -> Any:
        """A client for guidance that is listened to."""
        wrapper = _base().OpenAIClientWrapper(client)
        ask_server = wrapper.streaming_chat_completions

        def listened(**asked: Any) -> "_Stream":
            asked.setdefault("max_tokens", MOST_TOKENS)
            return _Stream(ask_server(**asked), self)

        wrapper.streaming_chat_completions = listened
        return wrapper

    def hear(self, chunk: Any) -> None:
        """Take one chunk in. Raises NoAnswer."""
        if monotonic() > self.until:
            raise NoAnswer("timeout", "The answer drips.")
        for choice in (chunk.choices or [])[:1]:
            if getattr(choice.delta, "refusal", None):
                raise NoAnswer("refused", "The model refused to answer.")
            self.text += choice.delta.content or ""
            if len(self.text) > MOST_CHARACTERS:
                raise NoAnswer("too_long", "The answer has no end.")
            told = getattr(choice, "logprobs", None)
            for each in (told.content if told else None) or ():
                likely = {other.token: other.logprob for other in each.top_logprobs or ()}
                self.tokens.append(Token(each.token, {**likely, each.token: each.logprob}))

    def said(self, captured: str | None) -> Said:
        """What guidance captured, with the tokens if they are of that very text."""
        if captured is None:
            raise NoAnswer("bad_answer", "The server did not keep to the letters.")
        is_whole = "".join(token.text for token in self.tokens) == captured
        return Said(captured, tuple(self.tokens) if is_whole else ())


class _Stream:
    """The chunks of an answer, as guidance wants them: entered, and gone through once."""

    def __init__(self, stream: Any, heard: _Heard) -> None:
        self.stream, self.heard = stream, heard

    def __enter__(self) -> "_Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def __iter__(self) -> Iterator[Any]:
        for chunk in self.stream:
            self.heard.hear(chunk)
            yield chunk


@cache
def _base() -> Any:
    return import_module("guidance.models._openai_base")


def _kind(openai: Any, error: BaseException) -> str:
    if isinstance(error, openai.APITimeoutError):
        return "timeout"
    if isinstance(error, openai.RateLimitError):
        return "overloaded"
    if isinstance(error, openai.APIStatusError):
        return "overloaded" if error.status_code >= 500 else "refused"
    if isinstance(error, openai.APIConnectionError):
        return "unreachable"
    return "bad_answer"
