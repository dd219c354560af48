"""How good labels are, against rows whose category is known."""

from collections.abc import Mapping
from typing import Any

from curation.categories import TOP
from lib.wilson import wilson

BINS = 10


def quality(said: Mapping[str, tuple[str, float]], gold: Mapping[str, str]) -> dict[str, Any]:
    """Accuracy, macro-F1, calibration error (ECE) and each category's precision and recall.

    `said` is the category and its probability by id, `gold` the known category.
    """
    pairs = [(*said[name], gold[name]) for name in sorted(said.keys() & gold.keys())]
    right = sum(category == known for category, _, known in pairs)
    by_category = {slug: _of_category(pairs, slug) for slug in TOP}
    judged = [each["f1"] for each in by_category.values() if each["known"]]
    return {
        "rows": len(pairs),
        "accuracy": _share(right, len(pairs)),
        "accuracy_95": [round(end, 4) for end in wilson(right, len(pairs))],
        "macro_f1": round(sum(judged) / len(judged), 4) if judged else 0.0,
        "calibration_error": _calibration_error(pairs),
        "categories": by_category,
    }


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


def _calibration_error(pairs: list[tuple[str, float, str]]) -> float:
    bins: dict[int, list[tuple[float, bool]]] = {}
    for category, probability, truth in pairs:
        at = min(int(probability * BINS), BINS - 1)
        bins.setdefault(at, []).append((probability, category == truth))
    error = sum(
        abs(sum(p for p, _ in each) - sum(right for _, right in each)) for each in bins.values()
    )
    return round(error / max(len(pairs), 1), 4)


def _share(part: int, of: int) -> float:
    return round(part / of, 4) if of else 0.0
