"""The words and marks of every page: icons, badges, numbers, times, and where a person may go."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    RadioSelect,
    Select,
    Textarea,
)
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext

from config import navigation
from governance.access import Ability, projects_of
from governance.models import Project, User
from lib import clock, scales, wording

register = template.Library()

NBSP = "\N{NO-BREAK SPACE}"
JUST_NOW, MINUTE, HOUR, DAY = 5, 60, 60 * 60, 24 * 60 * 60  # seconds


@register.simple_tag
def kept(template_name: str, **values: Hashable) -> SafeString:
    """As include, for a part that depends on these values and on nothing else of the page.

    It is rendered once for each: the same rows and sheets are shown over and over.
    """
    return _kept(template_name, get_language(), tuple(values.items()))


@register.simple_tag
def kept_each(template_name: str, rows: Iterable[Any], **values: Hashable) -> SafeString:
    """`kept` of every row, with the `row` and how long ago its moment `at` was, as `since`."""
    language, always = get_language(), tuple(values.items())
    drawn = (
        _kept(template_name, language, (("row", row), ("since", ago(row.at)), *always))
        for row in rows
    )
    return mark_safe("\n".join(drawn))  # noqa: S308  each was drawn by a template


@lru_cache(2048)
def _kept(
    template_name: str, language: str | None, values: tuple[tuple[str, Hashable], ...]
) -> SafeString:
    return render_to_string(template_name, dict(values))


@register.simple_tag
@lru_cache(512)
def icon(name: str, size: int = 14) -> SafeString:
    """An icon of static/img/sprite.svg, 12, 14 or 16 pixels; it says nothing, the words do."""
    extra = "" if size == 14 else f" i-{size}"
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        extra,
        static("img/sprite.svg"),
        name,
    )


@register.simple_tag
@lru_cache(512)
def badge(kind: str, icon_name: str, words: str) -> SafeString:
    """What something is: `kind` is ok, warn, bad, find, me, plain or empty."""
    extra = f" is-{kind}" if kind else ""
    return format_html('<span class="badge{}">{}{}</span>', extra, icon(icon_name), words)


@register.filter
def number(value: float | Decimal | None, places: int = 0) -> str:
    """1284 as 1,284; a real minus sign; a dash for what is not known."""
    if value is None or value == "":
        return "–"
    return scales.written(f"{Decimal(value):,.{places}f}")


@register.filter
def percent(share: float | Decimal | None, places: int = 0) -> str:
    """A share between 0 and 1 as 64 %, with a space that does not break."""
    if share is None or share == "":
        return "–"
    return f"{scales.hundredths(share, places)}{NBSP}%"


@register.filter
def certainty(probability: float) -> str:
    """How sure a label is, as the queue says it: never 100 % where a doubt is left."""
    return f"{scales.certainty(probability)}{NBSP}%"


@register.filter
def dt(moment: datetime | None) -> str:
    """3 Mar 2026, 14:02, in the server's time zone."""
    return date_format(localtime(moment), "DATETIME_FORMAT") if moment else "–"


@register.filter
def short_dt(moment: datetime) -> str:
    """3 Mar, 14:02, for what is of this year."""
    local = localtime(moment)
    return f"{date_format(local, 'MONTH_DAY_FORMAT')}, {date_format(local, 'H:i')}"


@register.filter
def known(words: str) -> str:
    """One of our own words, kept in English where it is stored, in the reader's language."""
    return gettext(words) if words else ""


@register.filter
def inside(words: str) -> str:
    """A label as it stands inside a sentence."""
    return wording.inside(words)


@register.filter
def all_of(parts: Sequence[str]) -> str:
    """The parts as people list them: a, b and c."""
    return wording.all_of(parts)


@register.filter
def ago(moment: datetime | None) -> str:
    """How long ago, up to a week; then the date."""
    return since(moment, clock.now()) if moment else "–"


def since(moment: datetime, now: datetime) -> str:
    """The words between two moments; a moment to come is 'in' so long."""
    seconds = int((now - moment).total_seconds())
    span = abs(seconds)
    if span >= 7 * DAY:
        shown = "MONTH_DAY_FORMAT" if moment.year == now.year else "DATE_FORMAT"
        return date_format(localtime(moment), shown).replace(" ", NBSP)
    if span < JUST_NOW:
        return gettext("just now").replace(" ", NBSP)
    words = _to_come(span) if seconds < 0 else _past(span)
    return words.replace(" ", NBSP)


def _past(seconds: int) -> str:
    if seconds < MINUTE:
        return gettext("{n} s ago").format(n=seconds)
    if seconds < HOUR:
        return gettext("{n} min ago").format(n=seconds // MINUTE)
    if seconds < DAY:
        return gettext("{n} h ago").format(n=seconds // HOUR)
    return ngettext("{n} day ago", "{n} days ago", seconds // DAY).format(n=seconds // DAY)


def _to_come(seconds: int) -> str:
    if seconds < MINUTE:
        return gettext("in {n} s").format(n=seconds)
    if seconds < HOUR:
        return gettext("in {n} min").format(n=seconds // MINUTE)
    if seconds < DAY:
        return gettext("in {n} h").format(n=seconds // HOUR)
    return ngettext("in {n} day", "in {n} days", seconds // DAY).format(n=seconds // DAY)


@register.filter
def initials(name: str) -> str:
    """Two letters for a person's face."""
    parts = name.replace(".", " ").replace("-", " ").replace("_", " ").split()
    return ("".join(part[0] for part in parts[:2]) if len(parts) > 1 else name[:2]).upper()


@register.simple_tag
def my_projects(user: User | AnonymousUser, project: Project | str = "") -> list[Project]:
    """The projects in the person's menu; fetched with the page's project where there is one."""
    among: list[Project] | None = getattr(project, "among", None)
    return list(projects_of(user)) if among is None else among


@register.simple_tag
def places(project: Project) -> tuple[dict[str, str], ...]:
    """Where the person may go in the project, in the order of the bar."""
    return _places(get_language(), project.slug, getattr(project, "abilities", frozenset()))


@lru_cache(1024)
def _places(
    language: str | None, slug: str, abilities: frozenset[Ability]
) -> tuple[dict[str, str], ...]:
    return tuple(
        {"key": place.key, "name": gettext(place.name), "href": reverse(place.view, args=[slug])}
        for place in navigation.PLACES
        if place.ability in abilities
    )


@register.simple_tag
def account_places() -> list[tuple[str, str]]:
    """The person's own pages: address and name."""
    return [(reverse(view), gettext(name)) for name, view in navigation.ACCOUNT_PLACES]


@register.filter
def control(field: BoundField) -> SafeString:
    """A form field's control in our look; several choices stay a list of checks."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput | CheckboxSelectMultiple | RadioSelect):
        return field.as_widget()
    look = "area" if isinstance(widget, Textarea) else "input"
    return field.as_widget(attrs={"class": "select" if isinstance(widget, Select) else look})


@register.filter
def control_kind(field: BoundField) -> str:
    """How a field is laid out: check, checks, select or line."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        return "checks"
    return "select" if isinstance(widget, Select) else "line"
