"""Rows of a version that are in a benchmark: kept out, so that it can still measure.

Found as `curation.stages.decontamination` finds them in a file, by the fingerprints that come
with Emend and those of the project's own benchmarks (`curation.own_benchmarks`).
"""

from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from itertools import batched
from typing import Any

from curation.fingerprints import PUBLIC, Fingerprints, load
from curation.recipe import Decontamination
from curation.row_texts import PAGE, texts_of
from curation.selection import Chosen
from curation.stages.batch import Dropped
from curation.stages.decontamination import clean

BY = Decontamination()


@cache
def rule() -> dict[str, Any]:
    """What a recipe says of it; the file's hash, for what is found hangs on it."""
    return {
        "words": BY.words,
        "percent": BY.percent,
        "fingerprints": sha256(PUBLIC.read_bytes()).hexdigest(),
    }


def contaminated(
    rows: Sequence[Chosen],
    alive: Callable[[], None],
    by: Decontamination = BY,
    own: Sequence[Fingerprints] = (),
) -> dict[str, Dropped]:
    """Rows that are in a benchmark, by their leader's id: in which, and how it was found.

    `alive` is called now and then.
    """
    found: dict[str, Dropped] = {}
    for page in batched(rows, PAGE):
        told = clean(texts_of(page), [*shipped(), *own], by)
        found |= {each.id: each for each in told.dropped}
        alive()
    return found


def names_of(own: Sequence[Fingerprints] = ()) -> list[str]:
    """What rows are compared with, in order."""
    return sorted({each.name for each in (*shipped(), *own)})


@cache
def shipped() -> list[Fingerprints]:
    """The benchmarks that come with Emend."""
    return load(PUBLIC)
