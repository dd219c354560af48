"""Splits: what hangs together goes whole to train, validation, test or the time holdout.

Sticky: a group that holds a row of an earlier version's test stays test, and no row ever goes from
test to train. The rest goes where the hash of its name says (`curation.splits.bucket`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curation.recipe import Split
from curation.splits import bucket
from curation.stages.components import Places, components

STAGE = "splitting"
HOLDOUT = "holdout"
# An earlier split that a group holds on to, the strongest first
STICKY = ("test", HOLDOUT, "validation", "train")


@dataclass(frozen=True)
class Placed:
    """The split and the group of each row."""

    split: npt.NDArray[np.object_]
    group: Places


def placed(
    names: Sequence[str],
    ties: Sequence[Places],
    late: npt.NDArray[np.bool_],
    before: Mapping[int, str],
    by: Split,
) -> Placed:
    """Where each row goes. `names` is what a group is called by that has this row as its first.

    Each of `ties` numbers what a row is tied by, −1 where it is not; `late` rows are of the time
    holdout and take their group with them; `before` has splits of rows of an earlier version.
    """
    first, second = _edges(ties)
    group = components(len(names), first, second)
    stuck: dict[int, str] = {}
    for row, split in before.items():
        root = int(group[row])
        stuck[root] = min(stuck.get(root, split), split, key=STICKY.index)
    held = set(group[late].tolist())
    called: dict[int, str] = {}
    for row, root in enumerate(group.tolist()):
        called[root] = min(called.get(root, names[row]), names[row])
    goes = {
        root: stuck.get(root) or (HOLDOUT if root in held else bucket(name[1:], by.shares, by.salt))
        for root, name in called.items()
    }
    found = np.empty(len(names), dtype=object)
    found[:] = [goes[root] for root in group.tolist()]
    return Placed(found, group)


def name_of(repository: str, session: str, row: str, together: Collection[str]) -> str:
    """What a group is called by this row: by its repository, its session, or itself.

    The digit keeps repositories before sessions before rows, and is no part of the name.
    """
    if repository and "repository" in together:
        return f"0repository\0{repository}"
    if session and "session" in together:
        return f"1session\0{session}"
    return f"2row\0{row}"


def _edges(ties: Sequence[Places]) -> tuple[Places, Places]:
    """A pair of each row with the first that shares a tie with it."""
    first, second = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for tie in ties:
        rows = np.flatnonzero(tie >= 0)
        _, head, inverse = np.unique(tie[rows], return_index=True, return_inverse=True)
        first.append(rows[head][inverse])
        second.append(rows)
    return np.concatenate(first), np.concatenate(second)
