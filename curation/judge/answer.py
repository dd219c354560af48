"""What the judge said, and how sure its model was: read from the answer's text and tokens."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

from curation.judge.question import LETTERS

CODE = re.compile(r'"code"\s*:\s*"([A-E])"')
WHY = 200  # characters kept of its reason

# How the confidence is known
LOGPROBS, NOT_TOLD = "logprobs", "not told"


class NoAnswer(Exception):
    """The judge said nothing that is a vote; `kind` says why, for the counts."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(detail or kind)
        self.kind = kind


@dataclass(frozen=True)
class Token:
    """One token of an answer: its text, and what could have stood there, by log-probability."""

    text: str
    likely: Mapping[str, float]


@dataclass(frozen=True)
class Said:
    """A model's answer as it came."""

    text: str
    tokens: Sequence[Token] = ()


@dataclass(frozen=True)
class Judged:
    """The category, the model's probability of it (None: the server tells none), and why."""

    category: str
    probability: float | None
    confidence_from: str
    why: str


def judged(said: Said) -> Judged:
    """The vote in an answer. Raises NoAnswer: `bad_answer` where it is none of the categories."""
    code, why = _code(said.text)
    probability = _probability(said, code)
    return Judged(
        category=LETTERS[code],
        probability=probability,
        confidence_from=NOT_TOLD if probability is None else LOGPROBS,
        why=why,
    )


def _code(text: str) -> tuple[str, str]:
    if text.strip() in LETTERS:  # an engine that chose among letters says nothing else
        return text.strip(), ""
    try:
        told = json.loads(text)
    except ValueError as error:
        raise NoAnswer("bad_answer", "It is no JSON.") from error
    code = told.get("code") if isinstance(told, dict) else None
    if not isinstance(code, str) or code not in LETTERS:
        raise NoAnswer("bad_answer", "It names none of the categories.")
    why = told.get("why")
    return code, " ".join(why.split())[:WHY] if isinstance(why, str) else ""


def _probability(said: Said, code: str) -> float | None:
    """The share of the letter among all letters the model weighed at its place."""
    at = _place(said.text, code)
    start = 0
    for token in said.tokens:
        end = start + len(token.text)
        if start <= at < end:
            return _share(token, at - start, code)
        start = end
    return None


def _place(text: str, code: str) -> int:
    found = CODE.search(text)
    return found.start(1) if found else text.find(code)


def _share(token: Token, at: int, code: str) -> float | None:
    """Tokens that read the same up to the letter compete for it; a token may hold more."""
    before = token.text[:at]
    weights: dict[str, float] = dict.fromkeys(LETTERS, 0.0)
    for text, logprob in token.likely.items():
        letter = text[at : at + 1]
        if text[:at] == before and letter in weights and logprob <= 0:
            weights[letter] += exp(logprob)
    total = sum(weights.values())
    return weights[code] / total if total and weights[code] else None
