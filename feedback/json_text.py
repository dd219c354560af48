"""JSON as text, parsed exactly: whole numbers keep their size, depth has a limit."""

import json
import re
from typing import Any

from pydantic_core import from_json

HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # the escape of half a surrogate pair


class NotJson(ValueError):
    """The text is not JSON; the message says where."""


def value_of(data: bytes) -> Any:
    """The value. Raises NotJson."""
    try:
        return from_json(data, allow_inf_nan=False, cache_strings="keys")
    except ValueError as error:
        if HALF.search(data):
            return _with_halves(data)
        raise NotJson(str(error)) from None


def _with_halves(data: bytes) -> Any:
    """The same by a parser that lets half a surrogate pair pass, so that its field is named."""
    try:
        return json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
