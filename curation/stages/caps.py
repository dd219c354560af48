"""Caps: the most rows one user, repository or cluster may give, the most telling first."""

import numpy as np
import numpy.typing as npt

from curation.stages.components import Places

STAGE = "caps"


def over(groups: Places, order: Places, most: int) -> npt.NDArray[np.bool_]:
    """Which rows are more than `most` of their group, counted in this order.

    `groups` is a number for each row, −1 where the row is of none; 0 for `most` is no limit.
    """
    found = np.zeros(groups.size, dtype=bool)
    if not most or not groups.size:
        return found
    rows = order[groups[order] >= 0]
    by_group = rows[np.argsort(groups[rows], kind="stable")]
    sorted_groups = groups[by_group]
    starts = np.searchsorted(sorted_groups, sorted_groups)
    found[by_group[np.arange(by_group.size) - starts >= most]] = True
    return found
