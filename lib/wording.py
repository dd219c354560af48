"""Words inside sentences, in the language of whoever reads them."""

from collections.abc import Sequence

from django.utils.translation import get_language, gettext

LARGE = {"de"}  # languages whose nouns stay large inside a sentence


def inside(words: str) -> str:
    """A label as it stands inside a sentence: small, unless the language writes it large."""
    language = (get_language() or "en").partition("-")[0]
    return str(words) if language in LARGE else words.lower()


def all_of(parts: Sequence[str]) -> str:
    """The parts as people list them: a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    return gettext("{parts} and {last}").format(parts=", ".join(parts[:-1]), last=parts[-1])
