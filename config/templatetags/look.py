"""The words and marks of every page: icons, badges, numbers, times, and where a person may go."""

from datetime import datetime
from decimal import Decimal

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
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from config import navigation
from governance.access import Ability, projects_of
from governance.models import Project, User
from lib import clock

register = template.Library()

NBSP = "\N{NO-BREAK SPACE}"
JUST_NOW, MINUTE, HOUR, DAY = 5, 60, 60 * 60, 24 * 60 * 60  # seconds


@register.simple_tag
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
def badge(kind: str, icon_name: str, words: str) -> SafeString:
    """What something is: `kind` is ok, warn, bad, find, me, plain or empty."""
    extra = f" is-{kind}" if kind else ""
    return format_html('<span class="badge{}">{}{}</span>', extra, icon(icon_name), words)


@register.filter
def number(value: float | Decimal | None, places: int = 0) -> str:
    """1284 as 1,284; a real minus sign; a dash for what is not known."""
    if value is None or value == "":
        return "–"
    return f"{Decimal(value):,.{places}f}".replace("-", "−")


@register.filter
def percent(share: float | Decimal | None, places: int = 0) -> str:
    """A share between 0 and 1 as 64 %, with a space that does not break."""
    if share is None or share == "":
        return "–"
    return f"{number(Decimal(share) * 100, places)}{NBSP}%"


@register.filter
def dt(moment: datetime | None) -> str:
    """3 Mar 2026, 14:02, in the server's time zone."""
    return date_format(localtime(moment), "j M Y, H:i") if moment else "–"


@register.filter
def ago(moment: datetime | None) -> str:
    """How long ago, up to a week; then the date."""
    return since(moment, clock.now()) if moment else "–"


def since(moment: datetime, now: datetime) -> str:
    """The words between two moments; a moment to come is 'in' so long."""
    seconds = int((now - moment).total_seconds())
    span = abs(seconds)
    if span >= 7 * DAY:
        same_year = moment.year == now.year
        return date_format(localtime(moment), "j M" if same_year else "j M Y").replace(" ", NBSP)
    if span < JUST_NOW:
        return f"just{NBSP}now"
    words = f"in {_span(span)}" if seconds < 0 else f"{_span(span)} ago"
    return words.replace(" ", NBSP)


def _span(seconds: int) -> str:
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < DAY:
        return f"{seconds // HOUR} h"
    days = seconds // DAY
    return f"{days} day{'' if days == 1 else 's'}"


@register.filter
def initials(name: str) -> str:
    """Two letters for a person's face."""
    parts = name.replace(".", " ").replace("-", " ").replace("_", " ").split()
    return ("".join(part[0] for part in parts[:2]) if len(parts) > 1 else name[:2]).upper()


@register.simple_tag
def my_projects(user: User | AnonymousUser) -> list[Project]:
    """The projects in the person's menu."""
    return list(projects_of(user))


@register.simple_tag
def places(project: Project) -> list[dict[str, str]]:
    """Where the person may go in the project, in the order of the bar."""
    abilities: frozenset[Ability] = getattr(project, "abilities", frozenset())
    return [
        {"key": place.key, "name": place.name, "href": reverse(place.view, args=[project.slug])}
        for place in navigation.PLACES
        if place.ability in abilities
    ]


@register.simple_tag
def account_places() -> list[tuple[str, str]]:
    """The person's own pages: address and name."""
    return [(reverse(view), name) for name, view in navigation.ACCOUNT_PLACES]


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
