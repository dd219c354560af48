"""The keys of whoever looks at the page: caps, the legend, the sheet."""

from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from reviews.keys import Keys, caps, keys_of

register = template.Library()


@register.simple_tag(takes_context=True)
def my_keys(context: dict[str, Any]) -> Keys:
    """The keys of the person the page is for."""
    return keys_of(context.get("user"))


@register.simple_tag(takes_context=True)
def cap(context: dict[str, Any], name: str) -> SafeString:
    """The key of an act as a cap; nothing where no key does it."""
    return key_caps(keys_of(context.get("user")).of(name))


@register.filter
def key_caps(key: str) -> SafeString:
    """A key as caps, one for each part of it."""
    return format_html_join("", '<kbd class="kbd">{}</kbd>', ((each,) for each in caps(key) if key))
