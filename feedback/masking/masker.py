"""The records of one request, masked together: a secret has one placeholder in all of them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feedback.masking.columns import Shift, shifts
from feedback.masking.finding import (
    EVERYTHING,
    HINT,
    SECRETS,
    Check,
    OutOfTime,
    both,
    find,
    spread,
)
from feedback.masking.placeholders import is_json_number, number, placeholder
from feedback.masking.rules import Family, Found

# What things are joined by, and who they are about. No secret may be in them either, but a
# mailbox is how many clients name a person: docs/masking.md
NAMES = frozenset({"id", "generation", "session", "developer", "user", "aliases"})
COUNTED = frozenset({"after_ms", "span"})  # numbers that are no account's, however long
SHORTEST_SPREAD = 5  # characters; a shorter value is anything
LEAST_NUMBER = 10**12  # no card has fewer digits
NOTHING: Counter[str] = Counter()  # what was masked in most; making one takes a microsecond each
HALVES = re.compile("[\ud800-\udfff]")
SECONDS, SECONDS_A_MEGABYTE = 2.0, 4.0  # what a search may take: far more than it ever does


class Unsearched(Exception):
    """A record could not be searched, so it must not be kept. It says none of its text."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What one project masks with: its pepper, and its own patterns beside everybody's."""

    pepper: bytes
    own: Family | None = None


@dataclass(frozen=True, slots=True)
class Masked:
    """A record after masking, how many of each kind it held, and what moved in its output."""

    value: Any
    counts: Counter[str] = field(default_factory=lambda: NOTHING)
    shifts: tuple[Shift, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text somewhere in a record, and whether it is a name."""

    text: str
    is_name: bool


type Edits = dict[Leaf, list[Found]]
type Result = Masked | Unsearched


def masked(
    records: Mapping[int, Any], policy: Policy, tick: Callable[[], float]
) -> dict[int, Result]:
    """Every record, masked or refused; the value of a clean one is the very object that came.

    `tick` tells seconds. Whatever a detector raises, its record is refused and the others are no
    worse off.
    """
    check = _limit(tick)
    found = {place: _guarded(_found, record, policy, check) for place, record in records.items()}
    known = _known(found.values())
    if known:
        found = {
            place: each
            if isinstance(each, Unsearched)
            else _guarded(_with_spread, records[place], each, known, check)
            for place, each in found.items()
        }
    return {
        place: each
        if isinstance(each, Unsearched)
        else _guarded(_rewritten, records[place], each, policy.pepper)
        for place, each in found.items()
    }


def _guarded[**P, R](step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | Unsearched:
    try:
        return step(*args, **kwargs)
    except OutOfTime:
        return Unsearched("the search for secrets took too long")
    except Exception as error:  # fail closed, whatever it is; its words may hold the text
        return Unsearched(f"the search for secrets failed ({type(error).__name__})")


def _searchable(text: str) -> str:
    """The text for an engine that takes UTF-8: half of a character is one that is none."""
    return text if text.isascii() else HALVES.sub("\ufffd", text)


def _limit(tick: Callable[[], float]) -> Check:
    began = tick()

    def check(length: int) -> None:
        if tick() - began > SECONDS + SECONDS_A_MEGABYTE * length / 2**20:
            raise OutOfTime

    return check


def _found(record: Any, policy: Policy, check: Check) -> Edits:
    leaves = set(_leaves(record))
    joined = _searchable("\n".join(leaf.text for leaf in leaves))
    own = (policy.own,) if policy.own else ()
    if HINT.search(joined) is None and not any(each.hint.search(joined) for each in own):
        return {}
    edits = {}
    for leaf in leaves:
        families = (*own, *(SECRETS if leaf.is_name else EVERYTHING))
        if found := find(_searchable(leaf.text), families, check):
            edits[leaf] = found
    return edits


def _known(found: Iterable[Edits | Unsearched]) -> list[Found]:
    """What was recognised by its context and would be seen for what it is without it."""
    known: dict[str, Found] = {}
    for edits in found:
        if isinstance(edits, dict):
            for each in (one for several in edits.values() for one in several):
                if each.is_contextual and len(each.value) >= SHORTEST_SPREAD:
                    known.setdefault(each.value, each)
    return list(known.values())


def _with_spread(record: Any, edits: Edits, known: Sequence[Found], check: Check) -> Edits:
    joined = "\n".join(leaf.text for leaf in _leaves(record))
    check(len(joined))
    here = [each for each in known if each.value in joined]
    if not here:
        return edits
    edits = dict(edits)
    for leaf in set(_leaves(record)):
        if more := spread(leaf.text, here, check):
            edits[leaf] = both(edits.get(leaf, []), more)
    return edits


def _leaves(value: Any, is_name: bool = False, *, is_top: bool = True) -> Iterator[Leaf]:
    """Every text of a record, the names of its fields and its long numbers too."""
    if isinstance(value, str):
        yield Leaf(value, is_name)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if not (is_top and name in COUNTED):
                yield Leaf(name, is_top)
                yield from _leaves(inner, is_top and name in NAMES, is_top=False)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, is_name, is_top=False)
    elif _is_long(value):
        yield Leaf(str(value), False)


def _is_long(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= LEAST_NUMBER


def _rewritten(record: Any, edits: Edits, pepper: bytes) -> Masked:
    if not edits:
        return Masked(record)
    texts = {leaf: _edits(leaf.text, found, pepper) for leaf, found in edits.items()}
    output = record.get("output") if isinstance(record, dict) else None
    moved = shifts(output, texts.get(Leaf(output, False), ())) if isinstance(output, str) else []
    counts = Counter(
        each.kind for leaf in _leaves(record) for each in edits.get(leaf, ()) if each.counts
    )
    return Masked(_replaced(record, texts), counts, tuple(moved))


type Rewritten = Mapping[Leaf, list[tuple[int, int, str]]]


def _edits(text: str, found: Sequence[Found], pepper: bytes) -> list[tuple[int, int, str]]:
    return [
        (
            each.start,
            each.end,
            number(pepper, each.value)
            if is_json_number(text[max(0, each.start - 20) : each.start], each.value)
            else placeholder(pepper, each.word, each.value),
        )
        for each in found
    ]


def _replaced(value: Any, texts: Rewritten, is_name: bool = False, *, is_top: bool = True) -> Any:
    if isinstance(value, str):
        return _text(Leaf(value, is_name), texts)
    if isinstance(value, dict):
        return {
            name if is_top and name in COUNTED else _text(Leaf(name, is_top), texts): inner
            if is_top and name in COUNTED
            else _replaced(inner, texts, is_top and name in NAMES, is_top=False)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_replaced(inner, texts, is_name, is_top=False) for inner in value]
    if _is_long(value) and Leaf(str(value), False) in texts:
        return _text(Leaf(str(value), False), texts)
    return value


def _text(leaf: Leaf, texts: Rewritten) -> str:
    edits = texts.get(leaf)
    if not edits:
        return leaf.text
    pieces: list[str] = []
    at = 0
    for start, end, instead in edits:
        pieces += (leaf.text[at:start], instead)
        at = end
    return "".join((*pieces, leaf.text[at:]))
