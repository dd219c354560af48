"""What the review pages say about code and time."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from reviews.evidence import seconds

register = template.Library()

LANGUAGES = {
    "cpp": "C++",
    "csharp": "C#",
    "css": "CSS",
    "html": "HTML",
    "javascript": "JavaScript",
    "php": "PHP",
    "sql": "SQL",
    "tsx": "TSX",
    "typescript": "TypeScript",
}

SPOKEN = {"−": "removed", "+": "added", "~": "only blanks differ"}


@register.simple_tag
def sign(mark: str) -> SafeString:
    """The sign column of a row: what the line is, also for those who cannot see the ground."""
    if not mark:
        return SafeString('<span class="sg"></span>')
    words = SPOKEN[mark]
    return format_html(
        '<span class="sg" role="img" aria-label="{}" title="{}">{}</span>', words, words, mark
    )


@register.simple_tag(takes_context=True)
def unfolding(context: dict[str, Any], unfolded: list[int], number: int) -> str:
    """The address of the page with one more fold open."""
    rest = [
        (name, value)
        for name, values in context["request"].GET.lists()
        if name not in ("open", "done")
        for value in values
    ]
    opened = [("open", value) for value in sorted({*unfolded, number})]
    return f"{context['request'].path}?{urlencode([*rest, *opened])}"


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
