"""Rows of a version that are in a public benchmark: kept out, so that it can still measure.

Found as `curation.stages.decontamination` finds them in a file, by the fingerprints that come
with Emend. A team's own are on one machine only and so are not asked here.
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
    rows: Sequence[Chosen], alive: Callable[[], None], by: Decontamination = BY
) -> dict[str, str]:
    """Why rows are in a benchmark, by their leader's id. `alive` is called now and then."""
    found: dict[str, str] = {}
    for page in batched(rows, PAGE):
        told = clean(texts_of(page), _public(), by)
        found |= {each.id: each.reason for each in told.dropped}
        alive()
    return found


@cache
def _public() -> list[Fingerprints]:
    return load(PUBLIC)
