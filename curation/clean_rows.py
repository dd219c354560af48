"""Rows of a version that are in a public benchmark: kept out, so that it can still measure.

Found as `curation.stages.decontamination` finds them in a file, by the fingerprints that come
with Emend. A team's own are on one machine only and so are not asked here.
"""

from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from itertools import batched
from typing import Any
from uuid import UUID

import pandas as pd

from curation.fingerprints import PUBLIC, Fingerprints, load
from curation.recipe import Decontamination
from curation.selection import Chosen
from curation.stages.decontamination import clean
from feedback.models import Blob

PAGE = 200  # rows whose texts are in memory at once
BY = Decontamination()


@cache
def rule() -> dict[str, Any]:
    """What a recipe says of it; the file's hash, for what is found hangs on it."""
    return {
        "words": BY.words,
        "percent": BY.percent,
        "fingerprints": sha256(PUBLIC.read_bytes()).hexdigest(),
    }


def contaminated(rows: Sequence[Chosen], alive: Callable[[], None]) -> dict[str, str]:
    """Why rows are in a benchmark, by their leader's id. `alive` is called now and then."""
    found: dict[str, str] = {}
    for page in batched(rows, PAGE):
        told = clean(_texts(page), _public(), BY)
        found |= {each.id: each.reason for each in told.dropped}
        alive()
    return found


@cache
def _public() -> list[Fingerprints]:
    return load(PUBLIC)


def _texts(rows: Sequence[Chosen]) -> pd.DataFrame:
    sides: dict[str, list[UUID | None]] = {
        "prompt": [row.leader.prompt for row in rows],
        "rejected": [row.leader.output for row in rows],
        "chosen": [row.leader.ideal for row in rows],
    }
    wanted = {pk for side in sides.values() for pk in side if pk is not None}
    texts = dict(Blob.objects.filter(pk__in=wanted).values_list("pk", "text"))
    columns = {
        side: pd.Series([texts[pk] if pk else "" for pk in pks], dtype=object)
        for side, pks in sides.items()
    }
    return pd.DataFrame({"id": [row.leader.client_id for row in rows], **columns}, dtype=object)
