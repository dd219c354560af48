"""What was captured, read back portion by portion, the oldest first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain
from operator import add
from typing import Any

from django.db.models import Func, IntegerField, QuerySet, TextField, prefetch_related_objects
from django.db.models.functions import Cast

from feedback.models import Correction, Generation, Quarantined, Reaction
from governance.models import Project
from lib.pages import Page, first_page, page_of
from lib.portions import fitting

type Row = Generation | Reaction | Correction | Quarantined

PORTION = 200  # rows fetched at once
BYTES = 8 * 1024 * 1024  # of text fetched at once


@dataclass(frozen=True)
class Kind:
    """One kind of what was captured, and how its rows are asked for."""

    name: str
    model: type[Row]
    texts: tuple[str, ...]  # relations to what may be large
    large: tuple[str, ...]  # columns that may be, theirs and its own
    beside: tuple[str, ...]  # other relations a row is told with
    filters: Mapping[str, str]  # a filter's name, and the look-up it stands for
    order: tuple[str, ...] = ("received_at", "id")

    def rows(self, project: Project, asked: Mapping[str, Any]) -> QuerySet[Any]:
        """The project's rows that pass every filter that was asked for."""
        wanted = {self.filters[name]: value for name, value in asked.items()}
        return self.model._default_manager.filter(project=project, **wanted)


SAME = {name: name for name in ("developer", "session")}
TIMES = {"since": "received_at__gte", "until": "received_at__lt"}
GENERATIONS = Kind(
    "generations",
    Generation,
    ("prompt", "output"),
    ("prompt__text", "output__text", "extra"),
    ("aliases",),
    SAME
    | TIMES
    | {"id": "client_id", "model": "model_name", "language": "language"}
    | {"repository": "repository", "file_path": "file_path"}
    | {"client": "key__name", "path": "file_path__icontains"},
)
REACTIONS = Kind(
    "reactions",
    Reaction,
    (),
    ("comment", "extra"),
    ("generation",),
    SAME | TIMES | {"id": "client_id", "kind": "kind", "generation": "generation__client_id"},
)
CORRECTIONS = Kind(
    "corrections",
    Correction,
    ("corrected",),
    ("corrected__text", "comment", "extra"),
    ("generation",),
    SAME
    | TIMES
    | {"id": "client_id", "category": "category", "severity": "severity"}
    | {"generation": "generation__client_id"},
)
QUARANTINE = Kind(
    "quarantine",
    Quarantined,
    ("original",),
    ("original__body",),
    (),
    {"state": "state", "client": "original__client", "since": "held_at__gte"}
    | {"until": "held_at__lt"},
    ("id",),
)
KINDS = {kind.name: kind for kind in (GENERATIONS, REACTIONS, CORRECTIONS, QUARANTINE)}


def portion(kind: Kind, rows: QuerySet[Any], most: int = PORTION, *, after: str = "") -> Page[Any]:
    """At most so many rows after the cursor, fewer where their texts are long. Raises BadCursor."""
    page = page_of(rows.only(*kind.order), kind.order, most, after=after)
    fits = fitting(_sizes(kind, page.rows), BYTES)
    if len(fits) < len(page.rows):
        page = first_page(page.rows, kind.order, len(fits))
    return replace(page, rows=_whole(kind, fits))


def portions(kind: Kind, rows: QuerySet[Any]) -> Iterator[Sequence[Row]]:
    """All rows, in portions; only one of them needs to be in memory."""
    page = portion(kind, rows)
    yield page.rows
    while page.after:
        page = portion(kind, rows, after=page.after)
        yield page.rows


def every(kind: Kind, rows: QuerySet[Any]) -> Iterator[Row]:
    """All rows, one portion at a time in memory."""
    return chain.from_iterable(portions(kind, rows))


def _sizes(kind: Kind, rows: Sequence[Any]) -> list[tuple[int, int]]:
    """Each row's key with the bytes of what may be large, before any of it is fetched."""
    texts = [Cast(name, TextField()) for name in kind.large]
    longs = [Func(text, function="octet_length", output_field=IntegerField()) for text in texts]
    held = kind.model._default_manager.filter(pk__in=[row.pk for row in rows])
    sizes = dict(held.values_list("pk", reduce(add, longs)))
    return [(row.pk, sizes.get(row.pk, 0)) for row in rows]


def _whole(kind: Kind, keys: Sequence[int]) -> list[Row]:
    found = kind.model._default_manager.in_bulk(keys)
    rows: list[Row] = [found[key] for key in keys if key in found]
    prefetch_related_objects(rows, *kind.texts, *kind.beside)
    return rows
