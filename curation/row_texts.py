"""The texts of rows to be, as the stages of curation take them."""

from collections.abc import Sequence
from uuid import UUID

import pandas as pd

from curation.selection import Chosen
from feedback.models import Blob

PAGE = 200  # rows whose texts are in memory at once


def texts_of(rows: Sequence[Chosen]) -> pd.DataFrame:
    """Id, prompt, output and code to learn of each row's leader, under the stages' names."""
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
