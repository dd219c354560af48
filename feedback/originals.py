"""Keep what foreign clients sent: each event once, and the records it comes to, together.

The records and the original they came of are written in one transaction; an event that cannot
be mapped is kept just so, in quarantine.
"""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from feedback import ingest, masks, records, sampling
from feedback.batches import Outcome, Sent, State, reasons
from feedback.clients.reading import UNREADABLE, Became, Fate, Item
from feedback.masking.columns import Shift
from feedback.masking.masker import Masked, Policy, Result, Unsearched
from feedback.models import Derived, Original, Quarantined, QuarantineEvent
from feedback.records import AnyRecord, Flawed
from governance import tombstones
from governance.models import IngestKey

AT_ONCE = 1000  # events that one statement stores
COLUMNS = "project_id, key_id, client, version, digest, body, received_at"
MARKS = "(%s, %s, %s, %s, %s, %s, %s)"
LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Mapped:
    """What an item's records became: all of them are as they should be, or why not."""

    became: Became
    reason: str = ""


def cleaned(key: IngestKey, items: Sequence[Item], policy: Policy | None = None) -> list[Item]:
    """Items with secrets masked, as they may be written down; by the policy in force.

    One that could not be searched leaves only the reason, in quarantine.
    """
    values: dict[int, Any] = {}
    for item in items:
        for each in (_legible(item), item.problem, *item.records):
            values[len(values)] = each
    told = iter(masks.prepared(key.project_id, values, policy)[1].values())
    return [_masked(item, [next(told) for _ in range(2 + len(item.records))]) for item in items]


def _legible(item: Item) -> Any:
    """An original in which text is text: a body that nobody could read is searched too."""
    original = item.original
    if item.version != UNREADABLE or "base64" not in original:
        return original
    return original | {"base64": base64.b64decode(original["base64"]).decode("latin-1")}


def _masked(item: Item, results: Sequence[Result]) -> Item:
    found: list[Masked] = []
    for each in results:
        if isinstance(each, Unsearched):
            reason = f"{each}, so nothing of this event was kept"
            return Item({"unsearched": str(each)}, item.version, problem=reason)
        found.append(each)
    original, problem, *told = found
    value = original.value
    if value is not item.original and item.version == UNREADABLE and "base64" in value:
        raw = value["base64"].encode("latin-1", "replace")
        value = value | {"base64": base64.b64encode(raw).decode()}
    return replace(
        item,
        original=value,
        problem=problem.value,
        records=tuple(each.value for each in told),
        masked=tuple(sorted(original.counts.items())),
        shifts=tuple(each.shifts for each in told),
    )


@transaction.atomic
def keep(key: IngestKey, client: str, items: Sequence[Item], now: datetime) -> list[Fate]:
    """Store items that are `cleaned`, and say of each what became of it, in their order."""
    tombstones.hold_open(key.project_id)
    gone = _of_erased(key.project_id, client, items)
    left_out = [
        Became.ERASED if is_gone else Became.SAMPLED_OUT if _is_left_out(key, item) else None
        for item, is_gone in zip(items, gone, strict=True)
    ]
    kept = [item for item, is_out in zip(items, left_out, strict=True) if not is_out]
    fates = iter(
        [fate for some in batched(kept, AT_ONCE) for fate in _keep(key, client, list(some), now)]
    )
    return [Fate(out) if out else next(fates) for out in left_out]


def _of_erased(project_id: int, client: str, items: Sequence[Item]) -> list[bool]:
    """Whether each tells of a record that was erased, or is an event that was."""
    named = [_names(client, item) for item in items]
    gone = tombstones.among(project_id, set().union(*named))
    return [not gone.isdisjoint(each) for each in named]


def _names(client: str, item: Item) -> set[tuple[str, str]]:
    """The kinds and ids of what an item tells of; of one that came to nothing, its digest."""
    if not item.records:
        return {("original", str(digest_of(client, item)))}
    own = {(str(each.get("type")), str(each.get("id"))) for each in item.records}
    about = {str(each["generation"]) for each in item.records if each.get("generation")}
    return own | {("generation", name) for name in about}


def _is_left_out(key: IngestKey, item: Item) -> bool:
    """Whether all that an event says is of generations that the project does not follow."""
    return (
        bool(item.records)
        and not item.problem
        and all(sampling.is_left_out(key.project_id, each) for each in item.records)
    )


def _keep(key: IngestKey, client: str, items: list[Item], now: datetime) -> list[Fate]:
    new = _insert(key, client, items, now)
    mapped = store_records(
        key.project_id, key.pk, {pk: items[place] for place, pk in new.items()}, now
    )
    counts = sum((Counter(dict(items[place].masked)) for place in new), Counter[str]())
    masks.keep(key.project_id, counts, {}, now)
    _hold(key.project_id, mapped, now)
    return [
        Fate(mapped[new[place]].became, mapped[new[place]].reason)
        if place in new
        else Fate(Became.DUPLICATE)
        for place in range(len(items))
    ]


def digest_of(client: str, item: Item) -> UUID:
    """What makes an event the same again within a project."""
    if item.digest:
        return UUID(item.digest)
    told = written(item.identity or item.original, orjson.OPT_SORT_KEYS)
    return UUID(bytes=hashlib.sha256(f"{client}\n{told}".encode()).digest()[:16])


def written(original: Any, option: int = 0) -> str:
    """JSON that PostgreSQL keeps as text: NUL and halves of characters are escapes in it."""
    try:
        return orjson.dumps(original, option=option).decode()
    except TypeError:  # half a surrogate pair, or a whole number of more than 64 bits
        return json.dumps(original, sort_keys=bool(option))


def store_records(
    project_id: int, key_id: int, items: dict[int, Item], now: datetime
) -> dict[int, Mapped]:
    """Store the records of items, by their original's id; the caller holds the transaction."""
    found = {pk: _read(item, now) for pk, item in items.items()}
    told = [
        (pk, record)
        for pk, these in found.items()
        if not isinstance(these, Mapped)
        for record in these
    ]
    sent = {
        place: Sent(record, digest, key_id, now, shifts=shifts)
        for place, (_, (record, digest, shifts)) in enumerate(told)
    }
    outcomes = ingest.store(project_id, sent, now, first_holds=True) if sent else {}
    _derive(project_id, [(pk, record) for pk, (record, *_) in told])
    by_original: dict[int, list[tuple[AnyRecord, Outcome]]] = {pk: [] for pk in items}
    for place, (pk, (record, *_)) in enumerate(told):
        by_original[pk].append((record, outcomes[place]))
    return {
        pk: these if isinstance(these, Mapped) else _judged(by_original[pk])
        for pk, these in found.items()
    }


type Told = tuple[AnyRecord, str, tuple[Shift, ...]]


def _read(item: Item, now: datetime) -> Mapped | list[Told]:
    """An item's records, their digests and what moved in them, or why it has none."""
    if item.problem:
        return Mapped(Became.QUARANTINED, _plain(item.problem, LONGEST_REASON))
    nothing: tuple[tuple[Shift, ...], ...] = ((),) * len(item.records)
    try:
        return [
            (records.read(each, now), ingest.digest_of(each), shifts)
            for each, shifts in zip(item.records, item.shifts or nothing, strict=True)
        ]
    except Flawed as flawed:
        told = "; ".join(f"{'/'.join(map(str, flaw.path))}: {flaw.detail}" for flaw in flawed.flaws)
        return Mapped(Became.QUARANTINED, _plain(told, LONGEST_REASON))


def _judged(told: list[tuple[AnyRecord, Outcome]]) -> Mapped:
    """A generation that was told before, otherwise, is no fault: the first telling stays."""
    refused = [
        outcome
        for record, outcome in told
        if outcome.state is State.FLAWED
        or (outcome.state is State.CONFLICT and record.type != "generation")
    ]
    if refused:
        return Mapped(Became.QUARANTINED, _plain(reasons(refused), LONGEST_REASON))
    waits = any(outcome.state is State.WAITING for _, outcome in told)
    return Mapped(Became.WAITING if waits else Became.STORED)


def _insert(key: IngestKey, client: str, items: list[Item], now: datetime) -> dict[int, int]:
    """The originals that are new, by their place; of the same twice, the first."""
    first: dict[UUID, int] = {}
    for place, item in enumerate(items):
        first.setdefault(digest_of(client, item), place)
    values: list[Any] = []
    for digest, place in sorted(first.items()):
        values += (key.project_id, key.pk, client, _plain(items[place].version, 20), digest)
        values += (written(items[place].original), now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Original._meta.db_table} ({COLUMNS})"  # noqa: S608  our own names
            f" VALUES {', '.join([MARKS] * len(first))}"
            " ON CONFLICT (project_id, digest) DO NOTHING RETURNING digest, id",
            values,
        )
        return {first[digest]: pk for digest, pk in cursor.fetchall()}


def _derive(project_id: int, told: list[tuple[int, AnyRecord]]) -> None:
    """Remember which records an original came to."""
    rows = sorted({(pk, record.type, record.id) for pk, record in told})
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Derived._meta.db_table}"  # noqa: S608  our own names
            " (project_id, original_id, type, client_id)"
            f" VALUES {', '.join(['(%s, %s, %s, %s)'] * len(rows))} ON CONFLICT DO NOTHING",
            [each for row in rows for each in (project_id, *row)],
        )


def _hold(project_id: int, mapped: dict[int, Mapped], now: datetime) -> None:
    """Put into quarantine what could not be mapped."""
    held = [
        Quarantined(
            project_id=project_id,
            original_id=pk,
            reason=each.reason,
            held_at=now,
        )
        for pk, each in mapped.items()
        if each.became is Became.QUARANTINED
    ]
    Quarantined.objects.bulk_create(held)
    QuarantineEvent.objects.bulk_create(
        QuarantineEvent(quarantined=each, did=QuarantineEvent.Did.HELD, at=now, reason=each.reason)
        for each in held
    )


def _plain(text: str, most: int) -> str:
    """A text that quotes a client, as PostgreSQL can hold it."""
    return text[:most].replace("\0", "␀").encode("utf-8", "replace").decode()
