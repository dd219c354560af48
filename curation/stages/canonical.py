"""Texts in one form: what differs only by it is not a difference."""

import re

from curation.recipe import Canonical

# The whole text is one fenced block, as chat models answer
FENCED = re.compile(r"\s*(`{3,9}|~{3,9})[^\n`]*\n(.*?)\n?\1\s*", re.DOTALL)


def canonical(text: str, by: Canonical) -> str:
    """Line breaks as LF, no byte order mark, no fence around the whole."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if by.strip_fences and plain.lstrip()[:3] in ("```", "~~~"):
        fenced = FENCED.fullmatch(plain)
        if fenced and fenced[1] not in fenced[2]:
            return fenced[2]
    return plain
