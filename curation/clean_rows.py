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
) -> dict[str, str]:
    """Why rows are in a benchmark, by their leader's id. `alive` is called now and then."""
    found: dict[str, str] = {}
    for page in batched(rows, PAGE):
        told = clean(texts_of(page), [*_public(), *own], by)
        found |= {each.id: each.reason for each in told.dropped}
        alive()
    return found


@cache
def _public() -> list[Fingerprints]:
    return load(PUBLIC)
