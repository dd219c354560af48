"""Batches of rows as the stages hand them on, and rows that fell out with their reasons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

# Columns of a batch that was read; texts are canonical, ties are repositories
COLUMNS = (
    *("id", "prompt", "rejected", "chosen", "comment", "language", "file_path"),
    *("repositories", "session", "user", "at", "licence", "consent"),
    *("rejected_fails", "chosen_passes", "severity", "decision"),
)


@dataclass(frozen=True)
class Dropped:
    """A row that fell out: where, why, and of what (a leader's id, a benchmark's name)."""

    id: str
    reason: str
    stage: str
    of: str = ""


@dataclass(frozen=True)
class Sifted:
    """What a stage kept of a batch, and what it dropped."""

    kept: pd.DataFrame
    dropped: list[Dropped] = field(default_factory=list)


def frame(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """A batch of these rows, every column there; Python's own texts, which no column converts."""
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=object) for name in COLUMNS}
    )


def sift(batch: pd.DataFrame, stage: str, reasons: Iterable[str]) -> Sifted:
    """Keep the rows whose reason is empty; drop the others for it."""
    found = list(reasons)
    kept = batch[np.array([not reason for reason in found], dtype=bool)].reset_index(drop=True)
    dropped = [
        Dropped(row, reason, stage)
        for row, reason in zip(batch["id"], found, strict=True)
        if reason
    ]
    return Sifted(kept, dropped)
