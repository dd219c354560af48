"""What is large is taken in portions: as many as fit together, and one in any case."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate


def fitting[K](sizes: Sequence[tuple[K, int]], most: int) -> list[K]:
    """The first of them that have no more than `most` together; always one."""
    totals = accumulate(size for _, size in sizes)
    return [pk for (pk, size), total in zip(sizes, totals, strict=True) if total <= max(most, size)]


def pages[K](sizes: Iterable[tuple[K, int]], most: int) -> Iterator[list[K]]:
    """All of them, in order, in lists that have no more than `most` each, or one member."""
    page: list[K] = []
    room = most
    for each, size in sizes:
        if page and size > room:
            yield page
            page, room = [], most
        page.append(each)
        room -= size
    if page:
        yield page
