"""What a form carries so that a second click sends nothing a second time."""

from uuid import uuid4

from django import template

register = template.Library()


@register.simple_tag
def sending_key() -> str:
    """A number nobody has used."""
    return str(uuid4())
