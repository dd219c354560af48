"""Records as adapters tell them, and the ids they get.

What a field cannot hold is left out or cut, since the original keeps it whole: an event is not
turned away for the length of a model's name.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from feedback.clients.reading import Record
from feedback.records import AHEAD, EARLIEST

LONGEST_ID = 200
LENGTHS = {
    "language": 40,
    "file_path": 1000,
    "repository": 300,
    "model_name": 200,
    "session": 200,
    "developer": 200,
    "category": 100,
}
TEXTS = (*LENGTHS, "prompt", "comment")


def fingerprint(client: str, *parts: Any) -> str:
    """An id for what has none: SHA-256 of what identifies it. The same parts, the same id."""
    value = [client, *parts]
    try:
        data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # half a surrogate pair, or a whole number of more than 64 bits
        data = json.dumps(value, sort_keys=True).encode()
    return f"{client}:{hashlib.sha256(data).hexdigest()}"


def join_key(*parts: Any) -> str:
    """The id of a generation that several events name, known yet or not; "" where a part is not.

    It is the client's own id, bare, so that what two clients say of one generation meets.
    """
    if not parts or not all(isinstance(part, str | int) and str(part) for part in parts):
        return ""
    key = ":".join(str(part) for part in parts)
    return key if len(key) <= LONGEST_ID else fingerprint("key", *parts)


def generation(id: str, output: Any, *, aliases: Sequence[str] = (), **fields: Any) -> Record:
    """A generation. `aliases` are other ids that name it; fields we do not know are kept."""
    also = {"aliases": list(aliases)} if aliases else {}
    return {"type": "generation", "id": id, "output": output, **also, **_held(fields)}


def reaction(id: str, generation: str, kind: str, **fields: Any) -> Record:
    """A reaction to the generation with that id."""
    return {"type": "reaction", "id": id, "generation": generation, "kind": kind, **_held(fields)}


def correction(id: str, generation: str, corrected: Any, **fields: Any) -> Record:
    """A correction of the generation with that id."""
    made = {"type": "correction", "id": id, "generation": generation, "corrected": corrected}
    return made | _held(fields)


def moment(value: Any, at: datetime, *, per_second: int = 1000) -> str | None:
    """When something happened, from ISO 8601 or a number of ticks since 1970, as records say it.

    None where it says nothing, or what no clock that is set would say; the record has our time
    then. A time without a zone is UTC.
    """
    try:
        found = _moment(value, per_second)
    except (ValueError, OverflowError, OSError):
        return None
    if found is None or not EARLIEST <= found <= at + AHEAD - timedelta(seconds=1):
        return None
    return found.astimezone(UTC).isoformat()


def milliseconds(value: Any) -> int | None:
    """A span of time that a record can hold, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < 2**63 else None


def _moment(value: Any, per_second: int) -> datetime | None:
    if isinstance(value, str) and not value.isascii():
        return None
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    if isinstance(value, str):
        found = datetime.fromisoformat(value)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return datetime.fromtimestamp(value / per_second, UTC)


def _held(fields: dict[str, Any]) -> Record:
    """The fields that say something, texts no longer than their column."""
    held: Record = {}
    for name, value in fields.items():
        if value is None or (name in TEXTS and not isinstance(value, str)):
            continue
        held[name] = value[: LENGTHS[name]] if name in LENGTHS else value
    return held
