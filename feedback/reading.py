"""What was captured, read back portion by portion, the oldest first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Func, IntegerField, QuerySet, prefetch_related_objects

from feedback.models import Blob, Correction, Generation, Original, Quarantined, Reaction
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
    ("aliases",),
    SAME
    | TIMES
    | {"id": "client_id", "model": "model_name", "language": "language"}
    | {"repository": "repository", "file_path": "file_path"},
)
REACTIONS = Kind(
    "reactions",
    Reaction,
    (),
    ("generation",),
    SAME | TIMES | {"id": "client_id", "kind": "kind", "generation": "generation__client_id"},
)
CORRECTIONS = Kind(
    "corrections",
    Correction,
    ("corrected",),
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
    (),
    {"state": "state", "client": "original__client", "since": "held_at__gte"}
    | {"until": "held_at__lt"},
    ("id",),
)
KINDS = {kind.name: kind for kind in (GENERATIONS, REACTIONS, CORRECTIONS, QUARANTINE)}


def portion(kind: Kind, rows: QuerySet[Any], most: int = PORTION, *, after: str = "") -> Page[Any]:
    """At most so many rows after the cursor, fewer where their texts are long. Raises BadCursor."""
    page = page_of(rows, kind.order, most, after=after)
    fits = len(fitting(_sizes(kind, page.rows), BYTES))
    if fits < len(page.rows):
        page = first_page(page.rows, kind.order, fits)
    prefetch_related_objects(list(page.rows), *kind.texts, *kind.beside)
    return page


def every(kind: Kind, rows: QuerySet[Any]) -> Iterator[Row]:
    """All rows, one portion at a time in memory."""
    page = portion(kind, rows)
    yield from page.rows
    while page.after:
        page = portion(kind, rows, after=page.after)
        yield from page.rows


def _sizes(kind: Kind, rows: Sequence[Any]) -> list[tuple[int, int]]:
    """Each row's key with the bytes of its texts, which PostgreSQL knows without reading them."""
    held, column = (Original, "body") if kind is QUARANTINE else (Blob, "text")
    texts = [(row.pk, [getattr(row, f"{name}_id") for name in kind.texts]) for row in rows]
    long = Func(column, function="octet_length", output_field=IntegerField())
    wanted = {key for _, keys in texts for key in keys}
    sizes = dict(held._default_manager.filter(pk__in=wanted).values_list("pk", long))
    return [(pk, sum(sizes[key] for key in keys)) for pk, keys in texts]
