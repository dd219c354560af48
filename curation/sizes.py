"""How much text a worker takes in at once, in bytes: one text may be as long as many."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from django.db.models import Func, IntegerField, QuerySet

from curation.models import Example

AT_ONCE = 8 * 1024 * 1024  # bytes of text; two hundred ordinary examples have 1 MB


def sizes_of(examples: QuerySet[Example], *texts: str) -> list[tuple[int, int]]:
    """Each with the bytes of these of its texts, which PostgreSQL knows without reading them."""
    each = [
        Func(f"{text}__text", function="octet_length", output_field=IntegerField())
        for text in texts
    ]
    return [(pk, sum(sizes)) for pk, *sizes in examples.values_list("pk", *each)]


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
