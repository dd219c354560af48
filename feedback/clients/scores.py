"""What a named score says of a generation: the part that every scoring SDK has in common.

A score is a name and a value: `accepted: true`, `survival: 0.8`, `corrected_code: "…"`. Some say
what a developer did, some how good somebody finds it, some what it should have been.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from feedback.clients.reading import Record
from feedback.clients.telling import correction, fingerprint, milliseconds, reaction

CORRECTIONS = {
    "correct_code",
    "corrected",
    "corrected_code",
    "corrected_output",
    "correction",
    "demonstration",
    "expected_output",
    "expected_response",
    "ideal_output",
}
REMARKS = {"comment", "note", "remark"}  # words, though they be "bad"
SURVIVAL = {"kept_rate", "survival", "survival_rate", "survived"}
DID = {
    "shown": "shown viewed displayed",
    "accepted": "accepted accept approved applied kept",
    "edited": "edited edit modified",
    "rejected": "rejected reject denied declined discarded dismissed",
    "timed_out": "timed_out timeout",
    "copied": "copied copy",
    "reverted": "reverted revert undone",
}
KINDS = {word: kind for kind, words in DID.items() for word in words.split()}
LIKED = dict.fromkeys(["good", "like", "liked", "positive", "thumbs_up", "up"], 1.0)
DISLIKED = dict.fromkeys(["bad", "dislike", "disliked", "negative", "thumbs_down", "down"], -1.0)
OPINIONS = LIKED | DISLIKED
TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
DELAYS = ("time_to_accept_ms", "time_to_decide_ms", "after_ms", "elapsed_ms")


@dataclass(frozen=True, slots=True)
class Score:
    """One score of the generation `about`."""

    about: str
    name: str
    value: Any = None  # a truth value, a number or a text
    label: Any = None  # words beside the value
    comment: Any = None
    is_correction: bool = False  # the client says so, whatever its name
    told: Mapping[str, Any] = field(default_factory=dict)  # occurred_at, developer, session
    identity: tuple[Any, ...] = ()  # what tells it from another of the same content


def records_of(client: str, score: Score) -> list[Record]:
    """The reaction or correction a score comes to; none where it says neither.

    A number from 0 to 1 is a share of approval, and becomes a rating from −1 to 1. On any other
    scale nobody knows what is good: such a number is kept in the original alone.
    """
    made = fingerprint(
        client, score.about, score.name, score.value, score.label, score.comment, *score.identity
    )
    if _corrects(score):
        fields = {"comment": score.comment, **score.told}
        return [correction(made, score.about, score.value, **fields)]
    found = _what(score)
    if found is None:
        return []
    kind, fields = found
    told = {"comment": score.comment, "score_name": score.name[:200], **score.told, **fields}
    return [reaction(made, score.about, kind, **told)]


def delay_of(metadata: Any) -> int | None:
    """The time to decide in milliseconds, where somebody put it among the score's own facts."""
    if not isinstance(metadata, dict):
        return None
    for name in DELAYS:
        value = metadata.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
            value = int(value)
        if (found := milliseconds(value)) is not None:
            return found
    return None


def word(text: Any) -> str:
    """A name as the tables above write it; "" for what is no text."""
    if not isinstance(text, str):
        return ""
    return re.sub(r"[^a-z0-9]+", "_", text[:200].lower()).strip("_")


def _corrects(score: Score) -> bool:
    named = score.is_correction or word(score.name) in CORRECTIONS
    return named and isinstance(score.value, str)


def _what(score: Score) -> tuple[str, Record] | None:
    """The kind of reaction, and what it says."""
    name, said = word(score.name), word(score.label) or word(score.value)
    if name in REMARKS:
        return _words(score)
    if name in SURVIVAL:
        share = _number(score.value)
        return ("survived", {"value": share}) if share is not None and 0 <= share <= 1 else None
    if name in KINDS:
        return _did(KINDS[name], score.value, said)
    if said in KINDS:
        return KINDS[said], {}
    opinion = OPINIONS.get(said) or _opinion(score.value) or _named_opinion(name, score.value)
    if opinion is not None:
        return "rated", {"value": opinion, "score": score.value}
    return _words(score)


def _did(kind: str, value: Any, said: str) -> tuple[str, Record] | None:
    """`accepted: false` is a refusal; `edited: false` is nothing that happened."""
    if said in KINDS:
        return KINDS[said], {}
    happened = _truth(value, said)
    if happened is None or happened:
        return kind, {}
    return ("rejected", {}) if kind == "accepted" else None


def _truth(value: Any, said: str) -> bool | None:
    if isinstance(value, bool):
        return value
    number = _number(value)
    return number > 0 if number is not None else TRUTHS.get(said)


def _opinion(value: Any) -> float | None:
    if isinstance(value, bool):
        return 1.0 if value else -1.0
    number = _number(value)
    if number is None or not -1 <= number <= 1:
        return None
    return 2 * number - 1 if number >= 0 else number


def _named_opinion(name: str, value: Any) -> float | None:
    """`thumbs_up` without a value."""
    return OPINIONS.get(name) if value is None else None


def _words(score: Score) -> tuple[str, Record] | None:
    if isinstance(score.value, str) and score.value.strip():
        beside = score.comment if isinstance(score.comment, str) else ""
        return "commented", {"comment": "\n".join(filter(None, (score.value, beside)))}
    if isinstance(score.comment, str) and score.comment.strip():
        return "commented", {}
    return None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 10**9:
        return None
    return float(value)
