"""How alike two corrections are: shingles of their code, and sketches that find the near ones.

Both sides count, each by itself, so that a correction is not near to one that undoes it. The
sketches are MinHash, in numpy alone: what a dataset version holds rests on them, so they must
give the same numbers in every release (docs/decisions/0004-near-duplicates.md).
"""

import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

type Hashes = npt.NDArray[np.uint64]  # sorted, each once
type Sketches = npt.NDArray[np.uint32]  # a row for each text, PERMUTATIONS wide

ALGORITHM = 1  # of everything below; another one makes other numbers and must not meet these
SHINGLE = 5  # tokens
PERMUTATIONS = 128
BANDS, ROWS = 25, 5  # finds 99.0 % of pairs at 0.70, 99.9 % at 0.75, 6 % at 0.30
NEAR = 0.7  # of all shingles shared: near-duplicates
ALIKE = 0.85  # to the exemplar; whoever is below it should be looked at alone
CROWD = 64  # of one band; in a bigger one each is compared with its neighbours only
WINDOW = 16
MEASURED = 500  # texts of one cluster among which the exemplar is looked for
MEASURED_BYTES = 16 * 1024 * 1024  # that they have together; ordinary texts are far below it

TOKEN = re.compile(r"\w+|[^\w\s]")
CHUNK = 1 << 14  # hashes permuted at once: 16 MB
WIDE = 1 << 12  # shingles counted at once

_ODD = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)


def _numbers(purpose: str, count: int) -> Hashes:
    """Odd numbers that follow from words alone, in every numpy."""
    made = blake2b(purpose.encode(), digest_size=8)
    found = []
    for _ in range(count):
        made.update(b".")
        found.append(int.from_bytes(made.digest(), "little") | 1)
    return np.array(found, dtype=np.uint64)


_PLACES = _numbers("place in a shingle", SHINGLE)
_SIDES = _numbers("side", 2)
_FACTORS, _OFFSETS = _numbers("factor", PERMUTATIONS), _numbers("offset", PERMUTATIONS)
_IN_BAND, _OF_BAND = _numbers("place in a band", ROWS), _numbers("band", BANDS)


class Vocabulary(dict[str, int]):
    """The number of each token, the same everywhere; keep one for a batch, not for ever."""

    def __missing__(self, token: str) -> int:
        data = token.encode("utf-8", "surrogatepass")
        self[token] = found = int.from_bytes(blake2b(data, digest_size=8).digest(), "little")
        return found


def shingles(output: str, ideal: str, words: Vocabulary) -> Hashes:
    """The runs of SHINGLE tokens on either side, white space aside; a short text is one run."""
    sides = [_side(text, words) ^ tag for text, tag in zip((output, ideal), _SIDES, strict=True)]
    return np.unique(_mixed(np.concatenate(sides)))


def fingerprint(hashes: Hashes) -> int:
    """A number that texts share whose shingles are the same, as PostgreSQL keeps numbers."""
    made = blake2b(hashes.astype("<u8").tobytes(), digest_size=8)
    return int.from_bytes(made.digest(), "little", signed=True)


def similarity(one: Hashes, other: Hashes) -> float:
    """The share of all shingles that both have (Jaccard), 0 to 1."""
    if not one.size or not other.size:
        return 0.0
    shared = np.intersect1d(one, other, assume_unique=True).size
    return float(shared / (one.size + other.size - shared))


def sketches(texts: Sequence[Hashes]) -> Sketches:
    """A MinHash of each: two agree in about as many places as the texts share shingles."""
    found = np.full((len(texts), PERMUTATIONS), np.iinfo(np.uint32).max, dtype=np.uint32)
    for row, hashes in zip(found, texts, strict=True):
        for start in range(0, hashes.size, CHUNK):
            part = hashes[start : start + CHUNK, None]
            least = ((part * _FACTORS + _OFFSETS) >> _HALF).min(axis=0)
            np.minimum(row, least.astype(np.uint32), out=row)
    return found


def band_keys(found: Sketches, realm: int = 0) -> npt.NDArray[np.int64]:
    """What near texts of one realm share at least one of: BANDS numbers for each sketch."""
    banded = found[:, : BANDS * ROWS].reshape(-1, BANDS, ROWS).astype(np.uint64)
    keys = (banded * _IN_BAND).sum(axis=2, dtype=np.uint64)
    realm_hash = np.uint64((realm * 2 + 1) * int(_ODD) % (1 << 64))
    return _mixed(_mixed(keys ^ _OF_BAND) ^ realm_hash).view(np.int64)


def candidates(found: Sketches) -> Iterator[tuple[int, int]]:
    """Pairs that may be near, the smaller place first; the same pair may come again.

    Texts in one crowded band are paired with their neighbours only: they hang together through
    them, and a thousand copies must not make a million pairs.
    """
    for keys in band_keys(found).T:
        order = np.argsort(keys, kind="stable")
        starts = np.flatnonzero(np.diff(keys[order], prepend=keys[order[:1]] + 1))
        for group in np.split(order, starts[1:]):
            if group.size > 1:
                yield from _pairs(group.tolist())


def exemplar(texts: Sequence[Hashes], weights: Sequence[int]) -> int:
    """The place of the text most like all others, each counted `weights` times; ties: the first.

    Only the first MEASURED are measured, so that a big cluster costs no more than they do.
    """
    measured = texts[:MEASURED]
    heavy = np.array(weights[:MEASURED], dtype=np.float64)
    means = _similarities(measured) @ heavy
    return int(np.argmax(np.round(means / heavy.sum(), 9)))


def _similarities(texts: Sequence[Hashes]) -> npt.NDArray[np.float64]:
    """Of each with each: shared shingles are counted as products of rows of yes and no."""
    known, column = np.unique(np.concatenate(texts), return_inverse=True)
    row = np.repeat(np.arange(len(texts)), [each.size for each in texts])
    order = np.argsort(column, kind="stable")
    row, column = row[order], column[order]
    shared = np.zeros((len(texts), len(texts)))
    for start in range(0, known.size, WIDE):
        first, end = np.searchsorted(column, (start, start + WIDE))
        has = np.zeros((len(texts), WIDE), dtype=np.float32)
        has[row[first:end], column[first:end] - start] = 1
        shared += has @ has.T
    sizes = shared.diagonal()
    return shared / np.maximum(sizes[:, None] + sizes - shared, 1)


def _side(text: str, words: Vocabulary) -> Hashes:
    tokens = np.array([words[token] for token in TOKEN.findall(text)], dtype=np.uint64)
    long = min(SHINGLE, tokens.size)
    found = np.zeros(tokens.size - long + 1 if long else 0, dtype=np.uint64)
    for place, factor in enumerate(_PLACES[:long]):
        found += tokens[place : place + found.size] * factor
    return found


def _mixed(hashes: Hashes) -> Hashes:
    """The same numbers, each bit of which hangs on all bits."""
    hashes = (hashes ^ (hashes >> _HALF)) * _ODD
    return hashes ^ (hashes >> _HALF)


def _pairs(group: list[int]) -> Iterator[tuple[int, int]]:
    reach = len(group) if len(group) <= CROWD else WINDOW
    for place, one in enumerate(group):
        for other in group[place + 1 : place + reach]:
            yield one, other
