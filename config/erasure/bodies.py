"""Whether an event in its client's words says one of some names."""

import base64
import binascii
from collections.abc import Collection, Iterator
from typing import Any

from feedback.json_text import NotJson, value_of

UNREAD = "base64"  # where an event holds a body that nobody could read


def says(body: str, names: Collection[str]) -> bool:
    """Whether some text of the JSON is one of the names, or an unreadable body contains one."""
    try:
        value = value_of(body.encode())
    except NotJson:
        return any(name in body for name in names)
    if isinstance(value, dict) and isinstance(value.get(UNREAD), str):
        raw = _decoded(value[UNREAD])
        if any(name.encode() in raw for name in names):
            return True
    return not set(names).isdisjoint(texts_in(value))


def texts_in(value: Any) -> Iterator[str]:
    """Every text of a JSON value, keys too, however deep."""
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            left += [*each, *each.values()]
        elif isinstance(each, list):
            left += each


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return text.encode()
