"""Near-duplicates: rows that share most runs of five tokens, collapsed with their support kept.

Sketches name likely pairs, and each is verified by its runs themselves (Jaccard). In a cluster the
row most like the others leads, and the rows near to it stand behind it; then the next of those
that are left. Rows come in the order of their ids, so nothing depends on the order of the input.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curation.recipe import Duplicates
from curation.stages.components import components
from curation.stages.shingles import EMPTY, WIDTH, Numbers, Places, Runs, Sketches, mixed, salted

STAGE = "near_duplicates"
BANDS, ROWS = 25, 5  # finds 99.0 % of pairs at 0.70, 99.9 % at 0.75, 6 % at 0.30
NEIGHBOURS = 16  # of one band, compared with each; crowds hang together through them
HOPELESS = 0.55  # by the sketches: 3.7 times their error below 0.70
CHUNK = 2_048  # pairs verified at once

type Fold = npt.NDArray[np.uint32]  # the runs of one text, or of many
type Fetch = Callable[[Places], list[Fold]]  # the runs of the rows at these places


@dataclass(frozen=True)
class Index:
    """What rows are found by: band keys, and a byte of each number of their sketches."""

    bands: npt.NDArray[np.uint32]
    bytes: npt.NDArray[np.uint8]
    empty: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, sketches: Sketches) -> "Index":
        """From the sketches of some rows."""
        numbers = sketches[:, : BANDS * ROWS].astype(np.uint64).reshape(-1, BANDS, ROWS)
        keys = mixed((numbers * (salted(ROWS) | np.uint64(1))).sum(axis=2, dtype=np.uint64))
        folded = (sketches ^ (sketches >> np.uint32(11)) ^ (sketches >> np.uint32(22))) & 255
        return cls(
            (keys >> np.uint64(32)).astype(np.uint32),
            folded.astype(np.uint8),
            sketches[:, 0] == EMPTY,
        )

    @classmethod
    def joined(cls, parts: list["Index"]) -> "Index":
        """The rows of all, in order."""
        some = [cls.of(np.zeros((0, WIDTH), np.uint32)), *parts]
        return cls(
            np.concatenate([each.bands for each in some]),
            np.concatenate([each.bytes for each in some]),
            np.concatenate([each.empty for each in some]),
        )

    def at(self, places: Places) -> "Index":
        """The rows at these places, in their order."""
        return Index(self.bands[places], self.bytes[places], self.empty[places])


@dataclass(frozen=True)
class Gathered:
    """For each row the place of the row it stands behind (its own, if it leads), and its cluster.

    A cluster is named by its first row; rows of one cluster may be too far from each other's
    leaders to stand behind one, and still share a split.
    """

    leader: Places
    cluster: Places


def folded(found: Runs) -> list[Fold]:
    """The runs of each text in half their bits, as rows are verified by."""
    ends = np.cumsum(found.counts())[:-1]
    return np.split((found.numbers >> np.uint64(32)).astype(np.uint32), ends)


def gathered(index: Index, support: Places, fetch: Fetch, by: Duplicates) -> Gathered:
    """Which rows are near-duplicates; `support` is how many corrections each stands for."""
    count = index.empty.size
    first, second = _likely(index)
    shared = _verified(first, second, fetch)
    near = np.round(shared * 100, 6) >= by.percent
    first, second, shared = first[near], second[near], shared[near]
    cluster = components(count, first, second)
    score = support.astype(np.float64)
    np.add.at(score, first, np.round(shared, 6) * support[second])
    np.add.at(score, second, np.round(shared, 6) * support[first])
    first, second = _with_leaders(cluster, score, first, second, fetch, by)
    return Gathered(_led(count, score, first, second), cluster)


def _likely(index: Index) -> tuple[Places, Places]:
    """Pairs worth verifying, each once, the smaller place first."""
    found = np.zeros(0, dtype=np.uint64)
    rows = np.flatnonzero(~index.empty)
    for band in range(BANDS):
        keys = index.bands[rows, band]
        order = np.argsort(keys, kind="stable")
        new = [np.zeros(0, dtype=np.uint64)]
        keys, places = keys[order], rows[order].astype(np.uint64)
        for step in range(1, NEIGHBOURS + 1):
            same = keys[step:] == keys[:-step]
            if not same.any():
                break
            new.append(places[:-step][same] << np.uint64(32) | places[step:][same])
        fresh = np.setdiff1d(np.concatenate(new), found)
        found = np.union1d(found, fresh)
    first, second = _halves(found)
    hopeful = np.zeros(found.size, dtype=bool)
    for start in range(0, found.size, 1 << 16):
        part = slice(start, start + (1 << 16))
        equal = index.bytes[first[part]] == index.bytes[second[part]]
        hopeful[part] = equal.mean(axis=1) >= HOPELESS
    return first[hopeful], second[hopeful]


def _halves(pairs: Numbers) -> tuple[Places, Places]:
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(
        np.int64
    )


def _verified(first: Places, second: Places, fetch: Fetch) -> npt.NDArray[np.float64]:
    """The share of all runs that both rows of each pair have (Jaccard)."""
    found = np.zeros(first.size)
    for start in range(0, first.size, CHUNK):
        part = slice(start, start + CHUNK)
        found[part] = jaccard(first[part], second[part], fetch)
    return found


def jaccard(first: Places, second: Places, fetch: Fetch) -> npt.NDArray[np.float64]:
    """The same for a few pairs at once: one sort finds what both of each pair have."""
    rows = np.unique(np.concatenate([first, second]))
    sets = [np.unique(each) for each in fetch(rows)]
    sizes = np.array([each.size for each in sets], dtype=np.int64)
    flat = np.concatenate([*sets, np.zeros(0, np.uint32)]).astype(np.uint64)
    starts = np.cumsum(sizes) - sizes
    both = []
    for side in (first, second):
        at = np.searchsorted(rows, side)
        count = sizes[at]
        pair = np.repeat(np.arange(side.size), count)
        step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        both.append(pair.astype(np.uint64) << np.uint64(32) | flat[starts[at][pair] + step])
    keys = np.sort(np.concatenate(both))
    twice = keys[1:][keys[1:] == keys[:-1]] >> np.uint64(32)
    shared = np.bincount(twice.astype(np.int64), minlength=first.size)
    sides = sizes[np.searchsorted(rows, first)] + sizes[np.searchsorted(rows, second)]
    return np.asarray(shared / np.maximum(sides - shared, 1), dtype=np.float64)


def _with_leaders(
    cluster: Places,
    score: npt.NDArray[np.float64],
    first: Places,
    second: Places,
    fetch: Fetch,
    by: Duplicates,
) -> tuple[Places, Places]:
    """The pairs, and those of each cluster's best row with rows no pair has joined it to."""
    order = np.lexsort((np.arange(cluster.size), -np.round(score, 4), cluster))
    heads = order[np.concatenate([[True], np.diff(cluster[order]) > 0])] if order.size else order
    best = np.zeros(cluster.size, dtype=np.int64)
    best[cluster[heads]] = heads
    best = best[cluster]
    own = np.arange(cluster.size)
    low, high = np.minimum(own, best), np.maximum(own, best)
    asked = _packed(low[own != best], high[own != best])
    asked = np.setdiff1d(asked, _packed(first, second))
    low, high = _halves(asked)
    near = np.round(_verified(low, high, fetch) * 100, 6) >= by.percent
    return np.concatenate([first, low[near]]), np.concatenate([second, high[near]])


def _packed(first: Places, second: Places) -> Numbers:
    return first.astype(np.uint64) << np.uint64(32) | second.astype(np.uint64)


def _led(count: int, score: npt.NDArray[np.float64], first: Places, second: Places) -> Places:
    """Each row's leader: the best of those that are left takes its neighbours, and so on."""
    leader = np.arange(count, dtype=np.int64)
    beside: dict[int, list[int]] = defaultdict(list)
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        beside[one].append(other)
        beside[other].append(one)
    taken: set[int] = set()
    for row in sorted(beside, key=lambda row: (-round(float(score[row]), 4), row)):
        if row not in taken:
            taken.add(row)
            behind = [each for each in beside[row] if each not in taken]
            taken.update(behind)
            leader[behind] = row
    return leader
