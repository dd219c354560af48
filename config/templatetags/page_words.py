"""The words that scripts say, put into the page from the one catalogue."""

from functools import lru_cache

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from config.script_words import SCRIPT_WORDS

register = template.Library()


@register.simple_tag
def page_words() -> SafeString:
    """What static/js/lib/words.js reads."""
    return _page_words(get_language())


@lru_cache(16)
def _page_words(language: str | None) -> SafeString:
    return json_script({key: gettext(words) for key, words in SCRIPT_WORDS.items()}, "words")
