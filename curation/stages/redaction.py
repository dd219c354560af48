"""Secrets and personal data, masked in all texts of a row together (`feedback.masking`).

The same secret becomes the same placeholder in prompt, output, correction and comment; apart, the
masking itself would look like a correction. Placeholders are numbered within a row, not made from
the secret: everybody may know how a file is curated, and would try secrets against them.
"""

import time
from dataclasses import dataclass
from itertools import count
from typing import Any

import pandas as pd

from curation.stages.batch import Dropped
from feedback.masking.masker import Policy, Unsearched, masked
from feedback.masking.placeholders import MARK, SHAPE, SUFFIX

STAGE = "redaction"
TEXTS = ("prompt", "rejected", "chosen", "comment", "file_path")
# Of these the masker knows that they are names
NAMES = ("session", "user", "repositories")
LETTERS = str.maketrans("0123456789", "abcdefghij")  # a digit is none of a placeholder's letters

_ANY = Policy(b"numbered anew before anybody sees it")


@dataclass(frozen=True)
class Redacted:
    """The batch, masked; what could not be searched has lost its texts and must not stay."""

    rows: pd.DataFrame
    unsearched: frozenset[str]

    def out(self) -> list[Dropped]:
        """The rows that could not be searched."""
        return [Dropped(name, "not_searched", STAGE) for name in sorted(self.unsearched)]


def redact(batch: pd.DataFrame) -> Redacted:
    """The batch with its texts masked, each row by itself."""
    names = (*TEXTS, *NAMES)
    columns: dict[str, list[Any]] = {name: [] for name in names}
    unsearched = set()
    for name, *values in zip(batch["id"], *(batch[each] for each in names), strict=True):
        record = dict(zip(names, values, strict=True))
        found = _redacted(record)
        if found is None:
            unsearched.add(name)
        for key in names:
            columns[key].append(_nothing(record[key]) if found is None else found[key])
    made = {key: pd.Series(values, dtype=object) for key, values in columns.items()}
    return Redacted(batch.assign(**made), frozenset(unsearched))


def _redacted(record: dict[str, Any]) -> dict[str, Any] | None:
    asked = record | {"repositories": list(record["repositories"])}
    found = masked({0: asked}, _ANY, time.thread_time)[0]
    if isinstance(found, Unsearched):
        return None
    if found.value is asked:
        return record
    return _numbered(asked, found.value)


def _numbered(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The placeholders that are new, numbered in the order in which the row has them."""
    old = "\0".join(_texts(before))
    new = {match[0]: "" for match in SHAPE.finditer("\0".join(_texts(after)))}
    numbers = count(1)
    for name in new:
        if name not in old:
            new[name] = next(free for n in numbers if (free := _name(name, n)) not in old)
    made = {
        key: SHAPE.sub(lambda match: new[match[0]] or match[0], value)
        for key, value in after.items()
        if isinstance(value, str)
    }
    listed = [SHAPE.sub(lambda match: new[match[0]] or match[0], each) for each in after[NAMES[-1]]]
    return made | {"repositories": tuple(listed)}


def _name(placeholder: str, number: int) -> str:
    if placeholder.startswith(MARK):
        return placeholder[:-SUFFIX] + str(number).zfill(SUFFIX).translate(LETTERS)
    return f"999{str(number).zfill(len(placeholder) - 4)}0"  # a number where only one parses


def _texts(record: dict[str, Any]) -> list[str]:
    texts = [value for value in record.values() if isinstance(value, str)]
    return texts + list(record["repositories"])


def _nothing(value: object) -> object:
    return "" if isinstance(value, str) else ()
