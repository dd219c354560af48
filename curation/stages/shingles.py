"""Runs of tokens of many texts at once, as numbers, and MinHash sketches of sets of them.

All of it is numpy over the bytes of a whole batch: a token is a run of letters, digits, `_` and
bytes beyond ASCII, or one sign. The numbers are the same on every machine and in every release;
what changes one of them is a new ALGORITHM.

Sketches are Fast Similarity Sketches (Dahlgaard, Knudsen, Thorup, FOCS 2017): as sharp as MinHash
with as many permutations, for about one pass over a set instead of one for each permutation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

type Numbers = npt.NDArray[np.uint64]
type Sketches = npt.NDArray[np.uint32]  # a row for each set, WIDTH wide
type Places = npt.NDArray[np.int64]

ALGORITHM = 2
WIDTH = 128
EMPTY = np.iinfo(np.uint32).max
BLOCK = 1 << 18  # bytes worked on at once: what comes of them stays in the processor's cache

_BASE = 0x100000001B3  # odd, so that its powers have inverses
_ODD = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
_ROUNDS = 30  # of throws; what is empty then looks at every number of its set
_VALUE = np.uint64(26)  # bits of a sketch's number under its round

_WORD, _SIGN = 1, 2
_KINDS = np.zeros(256, dtype=np.uint8)
_KINDS[0x21:0x7F] = _SIGN
_KINDS[0x80:] = _WORD
for _each in (*b"_0123456789", *range(ord("a"), ord("z") + 1), *range(ord("A"), ord("Z") + 1)):
    _KINDS[_each] = _WORD


@dataclass(frozen=True)
class Runs:
    """The runs of each text, one text after the other; `owner` rises."""

    numbers: Numbers
    owner: Places
    texts: int

    def counts(self) -> Places:
        """How many each text has."""
        return np.bincount(self.owner, minlength=self.texts)


def runs(texts: Sequence[str], length: int, *, signs: bool = True, short: bool = True) -> Runs:
    """The runs of `length` tokens of each text; a run may come more than once.

    With `short`, a text of fewer tokens is one run. Without `signs`, tokens are words only.
    """
    parts, owners, done = [], [], 0
    for block in _blocks(texts):
        numbers, owner = _runs(block, length, signs, short)
        parts.append(numbers)
        owners.append(owner + done)
        done += len(block)
    if not parts:
        return Runs(np.zeros(0, np.uint64), np.zeros(0, np.int64), 0)
    return Runs(np.concatenate(parts), np.concatenate(owners), done)


def pairs(first: Sequence[str], second: Sequence[str], length: int) -> Runs:
    """The runs of both texts of each row, told apart by their side."""
    both = runs([text for sides in zip(first, second, strict=True) for text in sides], length)
    side = np.where(both.owner & 1, _SECOND, _ODD)
    return Runs(mixed(both.numbers ^ side), both.owner >> 1, len(first))


def sketches(found: Runs) -> Sketches:
    """A sketch of each text's set; that of an empty one is all EMPTY.

    Two agree in about as many of WIDTH places as their sets share of all they have. The sketch of
    a union is the smaller of both in each place.
    """
    made = np.full((found.texts, WIDTH), EMPTY, dtype=np.uint32)
    step = BLOCK // 4
    starts = np.searchsorted(found.owner, np.arange(found.texts + 1))
    first = 0
    while first < found.texts:  # whole texts, about `step` numbers at a time
        last = max(int(np.searchsorted(starts, starts[first] + step, "right")) - 1, first + 1)
        part = slice(starts[first], starts[last])
        _sketch(found.numbers[part], found.owner[part] - first, made[first:last])
        first = last
    return made


def mixed(numbers: Numbers) -> Numbers:
    """The same numbers, each bit of which hangs on all bits."""
    found = (numbers ^ (numbers >> _HALF)) * _ODD
    found = (found ^ (found >> _HALF)) * _SECOND
    return found ^ (found >> _HALF)


def salted(count: int) -> Numbers:
    """Numbers that have nothing to do with each other."""
    return mixed(np.arange(1, count + 1, dtype=np.uint64) * _ODD)


def _sketch(numbers: Numbers, owner: Places, made: Sketches) -> None:
    """Throw each number into a place, round after round, until no place is empty."""
    flat, salts = made.reshape(-1), salted(_ROUNDS + 1)
    for turn in range(_ROUNDS):
        thrown = mixed(numbers ^ salts[turn])
        place = owner * WIDTH + (thrown >> np.uint64(57)).astype(np.int64)
        value = (thrown & np.uint64((1 << 26) - 1)) | (np.uint64(turn) << _VALUE)
        np.minimum.at(flat, place, value.astype(np.uint32))
        waiting = (made == EMPTY).any(axis=1)[owner]
        if not waiting.any():
            return
        numbers, owner = numbers[waiting], owner[waiting]
    _fill(numbers, owner, made, salts[-1])


def _fill(numbers: Numbers, owner: Places, made: Sketches, salt: np.uint64) -> None:
    """Places still empty, in small sets only: the least of all their numbers, anew for each."""
    last = np.uint64(_ROUNDS) << _VALUE
    salts = salted(WIDTH) ^ salt
    for row in np.unique(owner):
        own, empty = numbers[owner == row], np.flatnonzero(made[row] == EMPTY)
        thrown = mixed(own[:, None] ^ salts[None, empty]) & np.uint64((1 << 26) - 1)
        made[row, empty] = (thrown.min(axis=0) | last).astype(np.uint32)


def _blocks(texts: Sequence[str]) -> Iterator[list[bytes]]:
    """The texts in UTF-8, some at a time."""
    block: list[bytes] = []
    size = 0
    for text in texts:
        data = text.encode(errors="surrogatepass")
        if block and size + len(data) > BLOCK:
            yield block
            block, size = [], 0
        block.append(data)
        size += len(data) + 1
    if block:
        yield block


def _runs(block: list[bytes], length: int, signs: bool, short: bool) -> tuple[Numbers, Places]:
    data = np.frombuffer(b"\0".join(block) + b"\0", dtype=np.uint8)
    ends = np.cumsum([len(each) + 1 for each in block]) - 1
    starts, tokens = _tokens(data, signs)
    owner = np.searchsorted(ends, starts)
    return _run_together(tokens, owner, length, short)


def _tokens(data: npt.NDArray[np.uint8], signs: bool) -> tuple[Places, Numbers]:
    """Where tokens start, and a number for each: a polynomial of its bytes, mixed."""
    powers, inverses = _powers(1 << max(data.size - 1, BLOCK - 1).bit_length())
    kinds = _KINDS[data]
    word = kinds == _WORD
    opens, closes = word.copy(), word.copy()
    opens[1:] &= ~word[:-1]
    closes[:-1] &= ~word[1:]
    if signs:
        sign = kinds == _SIGN
        opens |= sign
        closes |= sign
    first, last = np.flatnonzero(opens), np.flatnonzero(closes)
    sums = np.cumsum(data * powers[: data.size], dtype=np.uint64)
    before = np.where(first > 0, sums[first - 1], np.uint64(0))
    return first, mixed((sums[last] - before) * inverses[first])


def _run_together(
    tokens: Numbers, owner: Places, length: int, short: bool
) -> tuple[Numbers, Places]:
    places = salted(length) | np.uint64(1)
    size = max(tokens.size - length + 1, 0)
    found = np.zeros(size, dtype=np.uint64)
    for step, factor in enumerate(places):
        found += tokens[step : step + size] * factor
    whole = owner[:size] == owner[length - 1 :] if size else np.zeros(0, dtype=bool)
    numbers, owners = found[whole], owner[:size][whole]
    if short:
        extra, whose = _short(tokens, owner, places)
        at = np.searchsorted(owners, whose)
        numbers, owners = np.insert(numbers, at, extra), np.insert(owners, at, whose)
    return mixed(numbers), owners


def _short(tokens: Numbers, owner: Places, places: Numbers) -> tuple[Numbers, Places]:
    """One run for each text that has tokens, but too few for a whole run."""
    whose, first, count = np.unique(owner, return_index=True, return_counts=True)
    few = count < places.size
    whose, first, count = whose[few], first[few], count[few]
    found = np.zeros(whose.size, dtype=np.uint64)
    for step in range(places.size - 1):
        has = count > step
        found[has] += tokens[first[has] + step] * places[step]
    return found, whose


@cache
def _powers(size: int) -> tuple[Numbers, Numbers]:
    """Powers of the base and of its inverse, modulo 2^64."""
    inverse = pow(_BASE, -1, 1 << 64)
    found = []
    for base in (_BASE, inverse):
        powers = np.full(size, base, dtype=np.uint64)
        powers[0] = 1
        found.append(np.cumprod(powers, dtype=np.uint64))
    return found[0], found[1]
