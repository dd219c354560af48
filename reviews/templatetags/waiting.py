"""What waits for a person, for the bar of every page."""

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser

from governance.models import User
from reviews import inbox

register = template.Library()


@register.simple_tag(takes_context=True)
def unread(context: dict[str, Any], user: User | AnonymousUser) -> str:
    """How many entries of the person's inbox are unread; nothing for none."""
    found = context.get("unread")  # where the page asked already, with what it shows
    if found is None:
        found = inbox.unread(user) if isinstance(user, User) else 0
    if found > inbox.COUNTED_TO:
        return f"{inbox.COUNTED_TO}+"
    return str(found) if found else ""
