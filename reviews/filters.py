"""What a reviewer narrows the queue to: values that live in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from django.db.models import QuerySet

from curation.models import Category
from governance.models import Project
from reviews.models import ReviewTask

MOST = 12  # values one filter may have; more is a mistake or an attack
LONGEST = 300  # characters of one value

NAMES = {
    "language": "language",
    "category": "category",
    "severity": "severity",
    "repository": "repository",
    "model": "model",
    "path": "path has",
    "doubt": "doubt over",
    "holder": "held by",
}


@dataclass(frozen=True)
class Chip:
    """One filter in force, in words, and the address without it."""

    name: str
    value: str
    without: str


@dataclass(frozen=True)
class Filters:
    """Each field holds the values it allows; empty allows all. `doubt` is in per cent."""

    language: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    repository: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    doubt: tuple[str, ...] = ()
    holder: tuple[str, ...] = ()

    def query(self) -> str:
        """The filters as they stand in an address, without a question mark."""
        return urlencode(_pairs(self))

    def chips(self) -> list[Chip]:
        """What the filter bar shows."""
        chips = []
        for name, values in _items(self):
            shown = ", ".join(values) + (" %" if name == "doubt" else "")
            rest = replace(self, **{name: ()})
            chips.append(Chip(NAMES[name], shown, rest.query()))
        return chips

    def __bool__(self) -> bool:
        return bool(_items(self))


def from_query(query: Mapping[str, Sequence[str]]) -> Filters:
    """Read the filters from an address's values; what makes no sense is left out."""
    found = {
        field.name: tuple(
            dict.fromkeys(value[:LONGEST] for value in query.get(field.name, ()) if _fits(value))
        )[:MOST]
        for field in fields(Filters)
    }
    doubt = [value for value in found["doubt"] if value.isdecimal() and int(value) <= 100]
    return Filters(**found | {"doubt": tuple(doubt[:1]), "path": found["path"][:1]})


def narrow(tasks: QuerySet[ReviewTask], filters: Filters, project: Project) -> QuerySet[ReviewTask]:
    """The tasks that pass the filters. Joins nothing, so that the result can be locked."""
    columns = {
        "language": filters.language,
        "severity": filters.severity,
        "repository": filters.repository,
        "model_name": filters.model,
    }
    tasks = tasks.filter(**{f"{name}__in": values for name, values in columns.items() if values})
    if filters.category:
        named = Category.objects.filter(project=project, slug__in=filters.category)
        tasks = tasks.filter(category__in=list(named.values_list("pk", flat=True)))
    if filters.path:
        tasks = tasks.filter(file_path__icontains=filters.path[0])
    if filters.doubt:
        tasks = tasks.filter(urgency__gte=int(filters.doubt[0]) * 10)
    if filters.holder:
        tasks = tasks.filter(leased_to__username__in=filters.holder)
    return tasks


def _items(filters: Filters) -> list[tuple[str, tuple[str, ...]]]:
    pairs = [(field.name, getattr(filters, field.name)) for field in fields(filters)]
    return [(name, values) for name, values in pairs if values]


def _pairs(filters: Filters) -> list[tuple[str, str]]:
    return [(name, value) for name, values in _items(filters) for value in values]


def _fits(value: str) -> bool:
    return bool(value.strip()) and "\x00" not in value
