"""Rows of a version that are near-duplicates: one leads, and those near to it stand behind it.

Found from the rows' own code and not from the clusters of `curation.clusters`, which grow with
every example that comes: what a version holds follows from its decisions alone, on any machine.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import batched

import numpy as np
from django.db.models import Func, IntegerField

from curation import nearness
from curation.selection import Chosen
from curation.sizes import AT_ONCE
from feedback.models import Blob
from lib.portions import fitting, pages

PAGE = 500  # texts in memory at once, and no more than this of them
PAGE_BYTES = AT_ONCE
HOPELESS = 0.5  # by the sketches, whose error is 0.04

# What a recipe says of it; no floating-point numbers in what is hashed
RULE = {
    "algorithm": nearness.ALGORITHM,
    "of": "output and accepted code",
    "tokens": nearness.SHINGLE,
    "percent": round(100 * nearness.NEAR),
    "bands": [nearness.BANDS, nearness.ROWS],
}

type Pair = tuple[int, int]


def gathered(
    rows: Sequence[Chosen], alive: Callable[[], None], near: float = nearness.NEAR
) -> list[Chosen]:
    """The rows with near-duplicates gathered behind the one most like them.

    All that hang together are kin and share a split. A row that is near to others but not to
    their leader stays a row. `near` is the share of all shingles from which on two are, 0.7 to 1.
    `alive` is called now and then; what it raises ends the work.
    """
    rows = sorted(rows, key=lambda row: row.leader.client_id)
    words = nearness.Vocabulary()
    kin = _kin(rows, words, alive, near)
    alone = set(range(len(rows))) - {place for group in kin for place in group}
    found = [rows[place] for place in sorted(alone)]
    for group in kin:
        found += _behind_one([rows[place] for place in group], words, near)
        alive()
    return found


def _kin(
    rows: Sequence[Chosen], words: nearness.Vocabulary, alive: Callable[[], None], near: float
) -> list[list[int]]:
    """The places of rows that hang together, two or more."""
    parent = list(range(len(rows)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = place = parent[parent[place]]
        return place

    sketches = _sketches(rows, words, alive)
    for pairs in _pages_of_pairs(_likely(sketches), rows):
        open_pairs = [(one, other) for one, other in pairs if root(one) != root(other)]
        involved = sorted({place for pair in open_pairs for place in pair})
        texts = dict(zip(involved, _texts([rows[place] for place in involved], words), strict=True))
        for one, other in open_pairs:
            if nearness.similarity(texts[one], texts[other]) >= near:
                parent[max(root(one), root(other))] = min(root(one), root(other))
        alive()
    groups: Mapping[int, list[int]] = defaultdict(list)
    for place in range(len(rows)):
        groups[root(place)].append(place)
    return [group for group in groups.values() if len(group) > 1]


def _sketches(
    rows: Sequence[Chosen], words: nearness.Vocabulary, alive: Callable[[], None]
) -> nearness.Sketches:
    found = [nearness.sketches([])]
    for page in _pages(rows):
        found.append(nearness.sketches(_texts(page, words)))
        alive()
    return np.concatenate(found)


def _likely(sketches: nearness.Sketches) -> Iterator[Pair]:
    """Pairs worth comparing word by word, each once."""
    seen: set[Pair] = set()
    for one, other in nearness.candidates(sketches):
        if (one, other) not in seen:
            seen.add((one, other))
            if np.mean(sketches[one] == sketches[other]) >= HOPELESS:
                yield one, other


def _behind_one(kin: Sequence[Chosen], words: nearness.Vocabulary, near: float) -> list[Chosen]:
    """The most alike of them with those near to it behind it, and the others."""
    weights = [len(row.members) for row in kin]
    measured = fitting(_sizes(kin[: nearness.MEASURED]), nearness.MEASURED_BYTES)
    first = _texts(measured, words)
    leading = nearness.exemplar(first, weights[: len(first)])
    leader, name = first[leading], kin[0].leader.client_id
    behind: list[Chosen] = []
    apart: list[Chosen] = []
    for page in _pages(kin):
        texts = _texts(page, words)
        for row, text in zip(page, texts, strict=True):
            if row is not kin[leading]:
                is_near = nearness.similarity(text, leader) >= near
                (behind if is_near else apart).append(row)
    followers = tuple(member for row in behind for member in row.members)
    return [
        replace(kin[leading], near=followers, kin=name),
        *(replace(row, kin=name) for row in apart),
    ]


def _pages(rows: Sequence[Chosen]) -> Iterator[list[Chosen]]:
    """All of them, in order, as many at once as fit in memory."""
    for page in batched(rows, PAGE):
        yield from pages(_sizes(page), PAGE_BYTES)


def _pages_of_pairs(pairs: Iterable[Pair], rows: Sequence[Chosen]) -> Iterator[list[Pair]]:
    for page in batched(pairs, PAGE):
        places = sorted({place for pair in page for place in pair})
        sizes = _sizes([rows[place] for place in places])
        size = dict(zip(places, (size for _, size in sizes), strict=True))
        yield from pages([(pair, size[pair[0]] + size[pair[1]]) for pair in page], PAGE_BYTES)


def _sizes(rows: Sequence[Chosen]) -> list[tuple[Chosen, int]]:
    """Each with the bytes of its output and accepted code."""
    code = [(row.leader.output, row.leader.ideal) for row in rows]
    wanted = {pk for pair in code for pk in pair if pk is not None}
    length = Func("text", function="octet_length", output_field=IntegerField())
    size = dict(Blob.objects.filter(pk__in=wanted).values_list("pk", length))
    return [
        (row, sum(size[pk] for pk in pair if pk is not None))
        for row, pair in zip(rows, code, strict=True)
    ]


def _texts(rows: Iterable[Chosen], words: nearness.Vocabulary) -> list[nearness.Hashes]:
    """The shingles of each row's output and accepted code."""
    code = [(row.leader.output, row.leader.ideal) for row in rows]
    wanted = {pk for pair in code for pk in pair if pk is not None}
    texts = dict(Blob.objects.filter(pk__in=wanted).values_list("pk", "text"))
    return [
        nearness.shingles(texts[output], texts[ideal] if ideal else "", words)
        for output, ideal in code
    ]
