"""What somebody who looks through generations narrows them to: values that live in the address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.dateparse import parse_date
from django.utils.timezone import make_aware
from django.utils.translation import gettext, gettext_noop

from feedback import search
from feedback.models import Generation
from feedback.outcomes import Outcome, having
from feedback.reading import GENERATIONS
from governance.models import IngestKey, Project

LONGEST = 300  # characters of one value
ORDER = ("-received_at", "-id")

NAMES = {
    "q": gettext_noop("has"),
    "model": gettext_noop("model"),
    "language": gettext_noop("language"),
    "client": gettext_noop("client"),
    "repository": gettext_noop("repository"),
    "path": gettext_noop("path has"),
    "developer": gettext_noop("person"),
    "outcome": gettext_noop("outcome"),
    "since": gettext_noop("from"),
    "until": gettext_noop("to"),
}
AS_THEY_ARE = ("model", "language", "client", "repository", "path", "developer")
DAYS = ("since", "until")


@dataclass(frozen=True)
class Chip:
    """One filter in force, in words, and the address without it."""

    name: str
    value: str
    without: str


@dataclass(frozen=True)
class Asked:
    """The filters in force by name; whatever the address had that makes no sense is not there."""

    values: Mapping[str, str]

    def query(self, **changes: str) -> str:
        """The filters as they stand in an address, without a question mark; "" takes one out."""
        return urlencode({n: value for n, value in {**self.values, **changes}.items() if value})

    def chips(self) -> list[Chip]:
        """What the filter bar shows."""
        return [
            Chip(gettext(NAMES[name]), _shown(name, value), self.query(**{name: ""}))
            for name, value in self.values.items()
        ]

    @property
    def others(self) -> list[tuple[str, str]]:
        """Every pair but the words, for a form that changes the words alone."""
        return [(name, value) for name, value in self.values.items() if name != "q"]

    def __bool__(self) -> bool:
        return bool(self.values)


def from_query(query: Mapping[str, str]) -> Asked:
    """Read the filters from an address."""
    found = {name: query.get(name, "").strip()[:LONGEST] for name in NAMES}
    return Asked({name: value for name, value in found.items() if value and _fits(name, value)})


def narrow(project: Project, asked: Asked) -> QuerySet[Generation]:
    """The project's generations that pass the filters, in no order."""
    values = asked.values
    lookups: dict[str, Any] = {name: values[name] for name in AS_THEY_ARE if name in values}
    if "since" in values:
        lookups["since"] = _midnight(values["since"])
    if "until" in values:  # the day itself counts
        lookups["until"] = _midnight(values["until"], days=1)
    rows: QuerySet[Generation] = GENERATIONS.rows(project, lookups)
    if "outcome" in values:
        rows = having(rows, Outcome(values["outcome"]))
    if "q" in values:
        rows = rows.filter(pk__in=search.found(project, values["q"]).values("pk"))
    return rows


def clients_of(project: Project) -> list[str]:
    """The names of what reports; a key that replaces another has its name."""
    keys = IngestKey.objects.filter(project=project)
    return list(keys.order_by("name").values_list("name", flat=True).distinct())


def _fits(name: str, value: str) -> bool:
    checks: dict[str, Callable[[str], bool]] = {
        "outcome": lambda value: value in Outcome.values,
        **dict.fromkeys(DAYS, _is_day),
    }
    return "\x00" not in value and checks.get(name, bool)(value)


def _is_day(value: str) -> bool:
    try:
        day = parse_date(value)
    except ValueError:  # written like a day, and none
        return False
    return day is not None and 1900 < day.year < 9000


def _midnight(value: str, days: int = 0) -> datetime:
    day = parse_date(value)
    assert day is not None  # `from_query` let it through
    return make_aware(datetime.combine(day + timedelta(days=days), time()))


def _shown(name: str, value: str) -> str:
    return str(Outcome(value).label) if name == "outcome" else value
