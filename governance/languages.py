"""Which language a person chose, and which one they are written to."""

from django.conf import settings
from django.utils.translation import get_supported_language_variant

from governance.models import User


def chosen_by(person: User) -> str:
    """Their own choice; nothing where there is none, or its language is no longer spoken here."""
    try:
        return get_supported_language_variant(person.language) if person.language else ""
    except LookupError:
        return ""


def language_for(person: User) -> str:
    """What the person is written to in, outside any request."""
    return chosen_by(person) or settings.LANGUAGE_CODE
