"""Exact duplicates: rows that say the same, and lines that came twice."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from curation.stages.components import Places

STAGE = "exact_duplicates"
SIDES = ("prompt", "rejected", "chosen")


@dataclass(frozen=True)
class Collapsed:
    """For each row the place of the row it stands behind (its own, if it leads).

    `again` are rows whose id an earlier row has: the same event twice is no agreement.
    """

    leader: Places
    again: npt.NDArray[np.bool_]


def digests(batch: pd.DataFrame) -> list[str]:
    """What two rows share that say the same: prompt, output and correction, blanks aside."""
    return [_digest(sides) for sides in zip(*(batch[side] for side in SIDES), strict=True)]


def _digest(sides: Sequence[str]) -> str:
    made = hashlib.sha256()
    for text in sides:
        made.update(" ".join(text.split()).encode() + b"\0")
    return made.hexdigest()[:32]


def collapsed(ids: Places, digests: Places, categories: Places) -> Collapsed:
    """Which rows say the same: numbers of their ids, digests and categories, in order of ids.

    Of those that say the same the first with the commonest category leads.
    """
    again = np.zeros(ids.size, dtype=bool)
    again[1:] = ids[1:] == ids[:-1]
    own = np.arange(ids.size, dtype=np.int64)
    alike = digests * (int(categories.max(initial=0)) + 1) + categories
    _, inverse, counts = np.unique(alike[~again], return_inverse=True, return_counts=True)
    votes = np.zeros(ids.size, dtype=np.int64)
    votes[~again] = counts[inverse]
    order = np.lexsort((own, -votes, again, digests))
    heads = order[np.concatenate([[True], np.diff(digests[order]) > 0])] if order.size else order
    first = np.zeros(int(digests.max(initial=-1)) + 1, dtype=np.int64)
    first[digests[heads]] = heads
    leader = np.where(again, own, first[digests])
    return Collapsed(leader, again)
