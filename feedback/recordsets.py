"""Many rows sent as one value: the statement is one text for any number of them, planned once.

With a mark for each value client and server read the text anew each time, and that costs more
than storing what it says.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

JSON_COLUMNS = ("extra",)  # whose values are JSON already


def selected(kinds: Mapping[str, str]) -> str:
    """A SELECT of the rows in $1, in their order; `kinds` are the columns and their types."""
    told = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    return f"SELECT {', '.join(kinds)} FROM json_to_recordset($1::json) AS sent ({told})"  # noqa: S608  our own names


def written(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The rows as $1; none may hold a NUL or half of a surrogate pair."""
    is_json = [name in JSON_COLUMNS for name in columns]
    told = [
        {
            name: orjson.Fragment(value) if as_it_is else value
            for name, value, as_it_is in zip(columns, row, is_json, strict=True)
        }
        for row in rows
    ]
    return orjson.dumps(told, default=_text, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()


def _text(value: datetime) -> str:
    return value.isoformat()
