"""How good labels are, against rows whose category is known."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from curation.categories import OTHER, TOP
from lib.wilson import wilson

BINS = 10
# Macro-F1 is over what a category says something by; "other" is what is left
JUDGED = tuple(slug for slug in TOP if slug != OTHER)
DRAWS = 1_000  # resamples behind an interval
SEED = 1  # the same rows have the same interval

type Counts = npt.NDArray[np.float64]


def quality(said: Mapping[str, tuple[str, float]], gold: Mapping[str, str]) -> dict[str, Any]:
    """Accuracy, macro-F1, calibration error (ECE) and each category's precision and recall.

    `said` is the category and its probability by id, `gold` the known category; rows that are in
    one of them only do not count. Intervals are of 95 %: Wilson's where something was counted,
    of a bootstrap over rows for macro-F1 and calibration error.
    """
    names = sorted(said.keys() & gold.keys())
    pairs = [(*said[name], gold[name]) for name in names]
    right = sum(category == known for category, _, known in pairs)
    table, sums = _tables(pairs)
    macro, error = _bootstrapped(table, sums)
    return {
        "rows": len(pairs),
        "accuracy": _share(right, len(pairs)),
        "accuracy_95": [round(end, 4) for end in wilson(right, len(pairs))],
        "macro_f1": round(float(macro_f1(table.sum(0))), 4),
        "macro_f1_95": _middle_95(macro),
        "calibration_error": round(float(calibration_error(table, sums)), 4),
        "calibration_error_95": _middle_95(error),
        "categories": {slug: _of_category(pairs, slug) for slug in TOP},
    }


def macro_f1(confusion: Counts) -> Counts:
    """The mean F1 of JUDGED, of those that are known; `confusion` is (…, said, known)."""
    both = np.diagonal(confusion, axis1=-2, axis2=-1)
    named, known = confusion.sum(-1), confusion.sum(-2)
    f1 = 2 * both / np.maximum(named + known, 1)
    counts = (known > 0) & np.isin(np.array(TOP), JUDGED)
    mean: Counts = (f1 * counts).sum(-1) / np.maximum(counts.sum(-1), 1)
    return mean


def calibration_error(table: Counts, sums: Counts) -> Counts:
    """What is said minus what is right, bin by bin; `table` is (…, bin, said, known)."""
    right = np.trace(table, axis1=-2, axis2=-1)
    off = np.abs(sums.sum((-1, -2)) - right).sum(-1)
    error: Counts = off / np.maximum(table.sum((-1, -2, -3)), 1)
    return error


def _tables(pairs: list[tuple[str, float, str]]) -> tuple[Counts, Counts]:
    """Rows, and the sum of their probabilities, by (bin, said, known)."""
    table = np.zeros((BINS, len(TOP), len(TOP)))
    sums = np.zeros_like(table)
    for (category, probability, known), count in Counter(pairs).items():
        at = min(int(probability * BINS), BINS - 1), TOP.index(category), TOP.index(known)
        table[at] += count
        sums[at] += probability * count
    return table, sums


def _bootstrapped(table: Counts, sums: Counts) -> tuple[Counts, Counts]:
    """Macro-F1 and calibration error of DRAWS resamples.

    Cells are drawn, not rows: rows of a cell differ by no more than a bin's width.
    """
    total = int(table.sum())
    if not total:
        return np.zeros(1), np.zeros(1)
    random = np.random.Generator(np.random.PCG64(SEED))
    drawn = random.multinomial(total, (table / total).ravel(), size=DRAWS)
    tables = drawn.reshape(DRAWS, *table.shape).astype(float)
    means = sums / np.maximum(table, 1)
    return macro_f1(tables.sum(1)), calibration_error(tables, tables * means)


def _middle_95(draws: Counts) -> list[float]:
    return [round(float(end), 4) for end in np.quantile(draws, (0.025, 0.975))]


def _of_category(pairs: list[tuple[str, float, str]], slug: str) -> dict[str, Any]:
    named = sum(category == slug for category, _, _ in pairs)
    known = sum(truth == slug for _, _, truth in pairs)
    both = sum(category == truth == slug for category, _, truth in pairs)
    return {
        "known": known,
        "named": named,
        "precision": _share(both, named),
        "precision_95": [round(end, 4) for end in wilson(both, named)],
        "recall": _share(both, known),
        "recall_95": [round(end, 4) for end in wilson(both, known)],
        "f1": _share(2 * both, named + known),
    }


def _share(part: int, of: int) -> float:
    return round(part / of, 4) if of else 0.0
