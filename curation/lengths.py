"""How long the rows of a version are: characters, lines, and tokens as a recipe counts them.

Counted once, when a version is frozen: its texts do not change, and reading them all takes long.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from curation.stages.validity import TOKEN

TEXTS = {"prompt": "prompt", "chosen": "good", "rejected": "bad"}  # as exports name them
TOGETHER = ("prompt", "chosen")  # what a model reads and writes of a row in training
TOKENS = "words and signs, no tokenizer of a model"
UNITS: Mapping[str, Callable[[str], int]] = {
    "characters": len,
    "lines": lambda text: text.count("\n") + (not text.endswith("\n")) if text else 0,
    "tokens": lambda text: len(TOKEN.findall(text)),
}


class Lengths:
    """The lengths of rows, told one after the other."""

    def __init__(self) -> None:
        self._found = {text: {unit: array("Q") for unit in UNITS} for text in TEXTS}

    def add(self, content: Mapping[str, Any]) -> None:
        """Measure one row (`curation.export.content_of`)."""
        for text, key in TEXTS.items():
            for unit, measure in UNITS.items():
                self._found[text][unit].append(measure(content[key]))

    def told(self) -> dict[str, Any]:
        """For the manifest: rows by their length, and what each text's usual lengths are."""
        sides = [self._found[text] for text in TOGETHER]
        return {
            "tokens": TOKENS,
            "together": list(TOGETHER),
            "histograms": {
                unit: histogram(
                    [sum(row) for row in zip(*(each[unit] for each in sides), strict=True)]
                )
                for unit in UNITS
            },
            "texts": {
                text: {unit: usual(found[unit]) for unit in UNITS}
                for text, found in self._found.items()
            },
        }


def histogram(values: Sequence[int]) -> list[list[int]]:
    """How many values lie between powers of two: [from, how many], up to the next one's from."""
    if not values:
        return []
    counted = Counter(value.bit_length() for value in values)
    return [[1 << bits >> 1, counted[bits]] for bits in range(min(counted), max(counted) + 1)]


def usual(values: Sequence[int]) -> dict[str, int]:
    """The median, what 95 % are not longer than, and the longest; by rank, so always whole."""
    ranked = sorted(values)
    if not ranked:
        return {}
    ranks = {"median": 50, "p95": 95, "most": 100}
    return {name: ranked[-(-per * len(ranked) // 100) - 1] for name, per in ranks.items()}
