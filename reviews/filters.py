"""What a reviewer narrows the queue to: values that live in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_noop

from curation.models import Category
from governance.models import Project, User
from reviews import search
from reviews.blindness import QUALITY
from reviews.models import ReviewTask, ReviewTeam

MOST = 12  # values one filter may have; more is a mistake or an attack
LONGEST = 300  # characters of one value

NAMES = {
    "language": gettext_noop("language"),
    "category": gettext_noop("category"),
    "severity": gettext_noop("severity"),
    "repository": gettext_noop("repository"),
    "model": gettext_noop("model"),
    "path": gettext_noop("path has"),
    "doubt": gettext_noop("doubt over"),
    "holder": gettext_noop("held by"),
    "q": gettext_noop("has"),
    "assigned": gettext_noop("assigned to"),
    "slice": gettext_noop("only"),
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
    q: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()
    slice: tuple[str, ...] = ()

    def query(self) -> str:
        """The filters as they stand in an address, without a question mark."""
        return urlencode(_pairs(self))

    def chips(self) -> list[Chip]:
        """What the filter bar shows."""
        chips = []
        for name, values in _items(self):
            shown = ", ".join(values) + (" %" if name == "doubt" else "")
            rest = replace(self, **{name: ()})
            chips.append(Chip(gettext(NAMES[name]), shown, rest.query()))
        return chips

    @property
    def others(self) -> list[tuple[str, str]]:
        """Every pair but the words, for a form that changes the words alone."""
        return [(name, value) for name, value in _pairs(self) if name != "q"]

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
    one = {name: found[name][:1] for name in ("path", "q", "assigned")}
    drawn = tuple(value for value in found["slice"] if value == "random")
    return Filters(**found | one | {"doubt": tuple(doubt[:1]), "slice": drawn})


def narrow(
    tasks: QuerySet[ReviewTask], filters: Filters, project: Project, person: User
) -> QuerySet[ReviewTask]:
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
        tasks = tasks.filter(doubt__gte=int(filters.doubt[0]) * 10)
    if filters.q:
        tasks = tasks.filter(example__in=search.found(project, filters.q[0]).values("example"))
    if filters.assigned:
        tasks = tasks.filter(_assigned(filters.assigned[0], project, person))
    if filters.slice:
        tasks = tasks.filter(is_random=True)
    if filters.holder:
        tasks = tasks.filter(leased_to__username__in=filters.holder)
    return tasks


def _assigned(to: str, project: Project, person: User) -> Q:
    """`me` counts the person's teams; `nobody`; else a team or a person by name.

    What measures is opened for one person, which nobody may notice: it counts as nobody's.
    """
    measures = Q(kind__in=QUALITY)
    if to == "nobody":
        return Q(assigned_to=None, assigned_team=None) | measures
    if to == "me":
        teams = ReviewTeam.objects.filter(project=project, members=person)
        mine = Q(assigned_to=person) | Q(assigned_team__in=teams.values("pk"))
        return mine & ~measures
    named = ReviewTeam.objects.filter(project=project, name=to)
    people = User.objects.filter(username=to, memberships__project=project)
    theirs = Q(assigned_team__in=named.values("pk")) | Q(assigned_to__in=people.values("pk"))
    return theirs & ~measures


def _items(filters: Filters) -> list[tuple[str, tuple[str, ...]]]:
    pairs = [(field.name, getattr(filters, field.name)) for field in fields(filters)]
    return [(name, values) for name, values in pairs if values]


def _pairs(filters: Filters) -> list[tuple[str, str]]:
    return [(name, value) for name, values in _items(filters) for value in values]


def _fits(value: str) -> bool:
    return bool(value.strip()) and "\x00" not in value
