"""What hangs together: the connected components of numbered things, in numpy."""

import numpy as np
import numpy.typing as npt

type Places = npt.NDArray[np.int64]


def components(count: int, first: Places, second: Places) -> Places:
    """For each of `count` things, the smallest that it hangs together with through these pairs.

    Each turn hooks roots onto smaller roots and halves paths, so turns are logarithmic.
    """
    parent = np.arange(count, dtype=np.int64)
    while first.size:
        one, other = parent[first], parent[second]
        apart = one != other
        if not apart.any():
            break
        first, second, one, other = first[apart], second[apart], one[apart], other[apart]
        np.minimum.at(parent, np.maximum(one, other), np.minimum(one, other))
        while True:
            above = parent[parent]
            if np.array_equal(above, parent):
                break
            parent = above
    return parent
