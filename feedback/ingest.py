"""Store what clients report: each record once, whatever is sent twice or at the same moment.

Rows go in by statements of our own, many rows each: the ORM halves the rate of a single insert.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from django.db import IntegrityError, OperationalError, connection, transaction

from feedback import masks, orphans, records, rows, sampling
from feedback.batches import Batch, ByPlace, Outcome, Sent, State, new_row
from feedback.masking.masker import Result, Unsearched
from feedback.masking.placeholders import digest as keyed_digest
from feedback.records import AnyRecord, Flaw, Flawed, GenerationRecord
from governance import tombstones
from governance.models import IngestKey

__all__ = ["MOST", "Outcome", "State", "digest_of", "join_found", "receive", "store"]

MOST = 1000  # records in one batch
JOINED_AT_ONCE = 1000  # orphans that one transaction of a sweep joins


def receive(key: IngestKey, sent: Sequence[Any], now: datetime) -> list[Outcome]:
    """Keep every valid record of parsed JSON values, and say of each what became of it."""
    outcomes: dict[int, Outcome] = {}
    read: dict[int, AnyRecord] = {}
    for place, value in enumerate(sent):
        try:
            read[place] = records.read(value, now)
        except Flawed as flawed:
            outcomes[place] = Outcome(State.FLAWED, flaws=flawed.flaws)
        else:
            if sampling.is_left_out(key.project_id, value):
                outcomes[place] = Outcome(State.SAMPLED_OUT)
                del read[place]
    policy, results = masks.prepared(key.project_id, {place: sent[place] for place in read})
    valid: dict[int, Sent[AnyRecord]] = {}
    for place, result in results.items():
        told = Sent(read[place], "", key.pk, now)
        try:
            valid[place] = _searched(told, sent[place], result, policy.pepper)
        except Flawed as flawed:
            outcomes[place] = Outcome(State.FLAWED, flaws=flawed.flaws)
    if valid:
        outcomes |= store(key.project_id, valid, now)
    return [outcomes[place] for place in range(len(sent))]


def _searched(told: Sent[AnyRecord], value: Any, result: Result, pepper: bytes) -> Sent[AnyRecord]:
    """A record with what was found in it masked. Raises Flawed, if it could not be searched.

    Where something was masked the digest is keyed, so that nobody tries secrets against it.
    """
    if isinstance(result, Unsearched):
        raise Flawed(Flaw((), f"{result}, so nothing of this record was kept"))
    plain, keyed = partial(digest_of, value), partial(digest_of, value, pepper)
    if result.value is value:
        return replace(told, digest=plain(), other_digest=keyed)
    return replace(
        told,
        record=records.read(result.value, told.at),
        digest=keyed(),
        other_digest=plain,
        counts=result.counts,
        shifts=result.shifts,
    )


def digest_of(sent: Mapping[str, Any], pepper: bytes | None = None) -> str:
    """SHA-256 of what was sent, whatever the order of its fields, without its nulls."""
    value = records.present(sent)
    try:
        data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a whole number of more than 64 bits
        data = json.dumps(value, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(data).hexdigest() if pepper is None else keyed_digest(pepper, data)


def store(
    project_id: int, sent: ByPlace[AnyRecord], now: datetime, *, first_holds: bool = False
) -> dict[int, Outcome]:
    """Store records in one transaction, whatever their order; what is answered is committed.

    Other content under a generation's id is a conflict, and what is said of it is refused with
    it; unless `first_holds`: then it is said of the generation that was stored first.
    """
    try:
        stored = _alone(project_id, sent)
    except (IntegrityError, OperationalError) as error:
        if connection.in_atomic_block or not tombstones.crossed(error):
            raise
        stored = {}  # once more, and in turn with the erasure
    return stored or _together(project_id, sent, now, first_holds)


def _alone(project_id: int, sent: ByPlace[AnyRecord]) -> dict[int, Outcome]:
    """A generation that comes alone; empty where more is to do than to insert it."""
    if len(sent) != 1:
        return {}
    [(place, each)] = sent.items()
    if not isinstance(each.record, GenerationRecord) or each.record.aliases or each.counts:
        return {}
    new = rows.ONE_GENERATION.insert(project_id, [new_row(each)])
    return {place: Outcome(State.STORED, new[each.record.id])} if new else {}


@transaction.atomic
def _together(
    project_id: int, sent: ByPlace[AnyRecord], now: datetime, first_holds: bool
) -> dict[int, Outcome]:
    tombstones.hold_open(project_id)
    return Batch(project_id, dict(sent), now, first_holds).store()


def join_found(since: datetime, now: datetime) -> int:
    """Join orphans received since then whose generation is here after all; how many were found.

    A generation and what is said of it, in two transactions at once, do not see each other.
    """
    found = orphans.found(since, JOINED_AT_ONCE)
    for project_id, known in found.items():
        with transaction.atomic():
            tombstones.hold_open(project_id)
            Batch(project_id, {}, now, known=dict(known)).store()
    return sum(map(len, found.values()))
