"""One byte form for a JSON value, so that a digest means the same everywhere.

Sorted keys, no blanks, UTF-8: RFC 8785 for the values we allow. Floats are refused, because
writers disagree about them; say basis points or a decimal string.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson

OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


class NotCanonical(ValueError):
    """The value has no single byte form (a float, NaN, a key that is not text)."""


def canonical_bytes(value: Any) -> bytes:
    """The canonical bytes of a JSON value made of objects, arrays, text, whole numbers, yes/no."""
    _refuse_floats(value)
    try:
        return orjson.dumps(value, option=OPTIONS)
    except orjson.JSONEncodeError as error:
        raise NotCanonical(str(error)) from error


def sha256_hex(data: bytes) -> str:
    """The SHA-256 of bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: Any) -> str:
    """The SHA-256 of a value's canonical bytes."""
    return sha256_hex(canonical_bytes(value))


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise NotCanonical(f"{value!r} is a float")
    parts: Iterable[Any] = ()
    if isinstance(value, dict):
        parts = value.values()
    elif isinstance(value, list | tuple):
        parts = value
    for each in parts:
        if type(each) is not str:  # most of what is written are texts, and a call costs more
            _refuse_floats(each)
