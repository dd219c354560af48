"""What the review pages say about code and time."""

from functools import cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_noop

from reviews.evidence import seconds
from reviews.finding_filter import Found
from reviews.reading import Reading

register = template.Library()

LANGUAGES = {
    "cpp": "C++",
    "csharp": "C#",
    "css": "CSS",
    "html": "HTML",
    "javascript": "JavaScript",
    "json": "JSON",
    "php": "PHP",
    "sql": "SQL",
    "toml": "TOML",
    "tsx": "TSX",
    "typescript": "TypeScript",
    "yaml": "YAML",
}

SPOKEN = {
    "−": gettext_noop("removed"),
    "+": gettext_noop("added"),
    "~": gettext_noop("only blanks differ"),
    "≈": gettext_noop("differs, in what is hidden"),
    "→": gettext_noop("moved away"),
    "←": gettext_noop("moved here"),
}


@register.simple_tag
def sign(mark: str) -> SafeString:
    """The sign column of a row: what the line is, also for those who cannot see the ground."""
    return _sign(mark, get_language())


@cache
def _sign(mark: str, language: str | None) -> SafeString:
    if not mark:
        return SafeString('<span class="sg"></span>')
    words = gettext(SPOKEN[mark])
    return format_html(
        '<span class="sg" role="img" aria-label="{}" title="{}">{}</span>', words, words, mark
    )


@register.filter
def opening(folds: list[int], number: int) -> list[int]:
    """The open folds with one more."""
    return sorted({*folds, number})


@register.filter
def closing(folds: list[int], number: int) -> list[int]:
    """The open folds without that one."""
    return [fold for fold in folds if fold != number]


@register.filter
def is_filtered(finding: Found, reading: Reading) -> bool:
    """Whether a finding is not among those that were asked for."""
    return not reading.wanted.shows(finding)


@register.filter
def span(milliseconds: int) -> str:
    """Milliseconds as people compare them."""
    return seconds(milliseconds)


@register.filter
def language(name: str) -> str:
    """A language as people write it."""
    return LANGUAGES.get(name.lower(), name[:1].upper() + name[1:])


@register.filter
def clock(left: int) -> str:
    """Seconds as 8:42."""
    return f"{left // 60}:{left % 60:02d}"
