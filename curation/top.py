"""The top of every project's categories: what each is called, and what belongs to it."""

from django.utils.translation import gettext_noop

MEANINGS: dict[str, str] = {
    "security": gettext_noop("Someone could make the code do or reveal what they should not."),
    "logic": gettext_noop(
        "The code does something else than was asked, or fails where it should work."
    ),
    "performance": gettext_noop(
        "The result is right, but costs more time or memory than it has to."
    ),
    "style": gettext_noop(
        "It works the same; it reads worse, or not the way this codebase writes things."
    ),
    "other": gettext_noop(
        "None of the four, for example a missing test, a comment, or a matter of the platform."
    ),
}
USUAL = {
    gettext_noop("Security"),
    gettext_noop("Logic"),
    gettext_noop("Performance"),
    gettext_noop("Style"),
    gettext_noop("Other"),
}
