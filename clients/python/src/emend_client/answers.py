"""What an answer of the server means for the records that were sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from emend_client import backoff


class Meaning(Enum):
    """What is to be done after an answer."""

    SETTLED = "every record has its own answer"
    SPLIT = "the body as a whole was refused; smaller ones may not be"
    LATER = "the same again may succeed by itself"
    HELD = "nothing succeeds until a person changes something; everything is kept"


@dataclass(frozen=True)
class Answer:
    """An answer, understood."""

    meaning: Meaning
    told: str
    results: list[dict[str, Any]] = field(default_factory=list)
    retry_after: float | None = None


PASSING = (408, 425, 429)
UNFIT = (400, 409, 411, 413, 415, 422)


def understood(
    status: int, headers: Mapping[str, str], body: bytes, sent: int, now: datetime
) -> Answer:
    """What the answer to `sent` records means.

    A 2xx counts only with one result per record: a page that a proxy answers stores nothing.
    """
    parsed = _parsed(body)
    told = f"{status} {str(parsed.get('detail', '')).strip()[:300]}".strip()
    results = _results(parsed, sent)
    if results is not None and (status in UNFIT or 200 <= status < 300):
        return Answer(Meaning.SETTLED, told, results)
    if 200 <= status < 300:
        return Answer(Meaning.LATER, f"{status}, but not by Emend: no result for each record")
    if status in UNFIT:
        return Answer(Meaning.SPLIT, told)
    if status in PASSING or status >= 500:
        wait = backoff.asked(headers.get("Retry-After"), now)
        return Answer(Meaning.LATER, told, retry_after=wait)
    return Answer(Meaning.HELD, told)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _results(parsed: Mapping[str, Any], sent: int) -> list[dict[str, Any]] | None:
    """The results in the order of the records, if there is one with a status for each."""
    results = parsed.get("results")
    if not isinstance(results, list) or len(results) != sent:
        return None
    by_place: dict[int, dict[str, Any]] = {}
    for result in results:
        if not isinstance(result, dict) or not isinstance(result.get("status"), int):
            return None
        place = result.get("index")
        if not isinstance(place, int) or not 0 <= place < sent:
            return None
        by_place[place] = result
    return [by_place[place] for place in range(sent)] if len(by_place) == sent else None
