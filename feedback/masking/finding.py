"""What is to be masked in one text."""

from collections.abc import Callable, Iterator, Sequence
from itertools import batched

from feedback.masking import assigned, personal, private_keys, published
from feedback.masking.rules import Family, Found, any_of, family

# A thing found by an earlier family is not looked at by a later one
SECRETS = (
    private_keys.FAMILY,
    *(family(some) for some in batched(published.RULES, 12)),  # so that a hint asks few of them
    family(assigned.RULES),
)
PERSONAL = (family(personal.RULES),)
EVERYTHING = (*SECRETS, *PERSONAL)
QUOTES = ("'", '"', "`")
SHORTEST_BARE = 8  # characters; a shorter value is likely to be a word elsewhere
HINT = any_of([hint for each in EVERYTHING for hint in each.hints])


class OutOfTime(Exception):
    """The search took longer than it may; nothing that is not searched is kept."""


type Check = Callable[[int], None]  # called between detectors with the length; raises OutOfTime


def find(text: str, families: Sequence[Family], check: Check) -> list[Found]:
    """What the detectors find, in order, nothing twice. Raises OutOfTime."""
    taken: list[Found] = []
    for each in families:
        check(len(text))
        if each.hint.search(text) is None:
            continue
        for finder in each.finders:
            taken = _merged(taken, list(_checked(finder(text), len(text), check)))
    return [line for found in taken for line in _lines(found)]


def spread(text: str, known: Sequence[Found], check: Check) -> list[Found]:
    """Where values that were found by their context stand without it.

    As whole words; what could be a name in the code only where it is quoted, whole.
    """
    found: list[Found] = []
    for each in known:
        check(len(text))
        at = text.find(each.value)
        while at >= 0:
            end = at + len(each.value)
            around = text[at - 1 : at], text[end : end + 1]
            quoted = around[0] in QUOTES and around[0] == around[1]
            if quoted or not (_is_word(each.value) or _is_inside_word(text, at, end)):
                found.append(Found(at, end, each.kind, each.word, each.value))
            at = text.find(each.value, end)
    return found


def _is_word(value: str) -> bool:
    """Whether it could be a word or name that stands in code for itself."""
    if len(value) < SHORTEST_BARE:
        return True
    letters = value.replace("_", "")
    is_mixed = len(value) >= 12 and not (letters.islower() or letters.isupper())
    return letters.isalpha() and not is_mixed


def both(first: Sequence[Found], second: Sequence[Found]) -> list[Found]:
    """All of the first, and what of the second lies apart from them."""
    return _merged(list(first), list(second))


def _checked(found: Iterator[Found], length: int, check: Check) -> Iterator[Found]:
    check(length)
    for count, each in enumerate(found, 1):
        if not count % 64:
            check(length)
        yield each


def _merged(taken: list[Found], found: list[Found]) -> list[Found]:
    """Both in order; of two that overlap, the one that was there."""
    if not found:
        return taken
    kept: list[Found] = []
    place = 0
    for each in sorted(found, key=lambda one: one.start):
        while place < len(taken) and taken[place].end <= each.start:
            place += 1
        is_free = place == len(taken) or each.end <= taken[place].start
        if is_free and (not kept or kept[-1].end <= each.start):
            kept.append(each)
    return sorted([*taken, *kept], key=lambda one: one.start)


def _lines(found: Found) -> Iterator[Found]:
    """What spans several lines, line by line: lines stay where they are."""
    if "\n" not in found.value:
        yield found
        return
    at = found.start
    counts = found.counts
    for line in found.value.split("\n"):
        inner = line.strip()
        if inner:
            start = at + line.index(inner)
            end = start + len(inner)
            yield Found(
                start, end, found.kind, found.word, found.value, found.is_contextual, counts
            )
            counts = False
        at += len(line) + 1


def _is_inside_word(text: str, start: int, end: int) -> bool:
    def joins(inner: str, outer: str) -> bool:
        return (inner.isalnum() or inner == "_") and (outer.isalnum() or outer == "_")

    return joins(text[start], text[start - 1 : start]) or joins(text[end - 1], text[end : end + 1])
