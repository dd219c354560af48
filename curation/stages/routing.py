"""Which objective a row is for: by how much was edited, and how much we know about it.

Preference losses on small edits lower the likelihood of the better side (DPOP, arXiv 2402.13228),
so a small edit is learnt from by its changed span; a rewrite is no preference but an answer.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz.distance import Levenshtein

from curation.recipe import Routing
from curation.stages.outcome import TESTS

SFT, SPAN, PREFERENCE = "sft", "sft_edit_span", "preference"
WHOLE = 10_000  # edits are kept as ten thousandths, which are the same everywhere


def edits(batch: pd.DataFrame) -> npt.NDArray[np.int64]:
    """How much of a row was edited, in ten thousandths of the longer side."""
    sides = zip(batch["rejected"], batch["chosen"], strict=True)
    return np.array([_edit(*each) for each in sides], dtype=np.int64)


def objectives(
    edit: npt.NDArray[np.int64],
    probability: npt.NDArray[np.float64],
    evidence: npt.NDArray[np.object_],
    rejected: npt.NDArray[np.bool_],
    by: Routing,
) -> npt.NDArray[np.object_]:
    """The objective of each row; `rejected` says whether it has an output that was corrected."""
    sure = (np.round(probability * 100) >= by.sure) | (evidence == TESTS)
    small = rejected & (edit * 100 < by.small_edit * WHOLE)
    middle = rejected & ~small & (edit * 100 <= by.large_edit * WHOLE)
    return np.where(small, SPAN, np.where(middle & sure, PREFERENCE, SFT)).astype(object)


def _edit(rejected: str, chosen: str) -> int:
    distance = Levenshtein.distance(rejected, chosen)
    return WHOLE * distance // max(len(rejected), len(chosen), 1)
