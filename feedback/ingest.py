"""Store what clients report: each record once, whatever is sent twice or at the same moment.

Rows go in by statements of our own, many rows each: the ORM halves the rate of a single insert.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

import orjson
from django.db import transaction

from feedback import records, rows
from feedback.blobs import put
from feedback.records import (
    AnyRecord,
    CorrectionRecord,
    Extent,
    Flaw,
    Flawed,
    GenerationRecord,
    ReactionRecord,
    Span,
)
from governance.models import IngestKey

MOST = 1000  # records in one batch


class State(StrEnum):
    """What became of one record."""

    STORED = "stored"
    DUPLICATE = "duplicate"  # stored earlier, with the same content
    CONFLICT = "conflict"  # its id, or its generation's, is taken by other content
    FLAWED = "flawed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record, and our id for it where we hold it."""

    state: State
    stored_id: int | None = None
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent[R: AnyRecord]:
    """A record, and the digest of what was sent, to tell the same from another."""

    record: R
    digest: str


type ByPlace[R: AnyRecord] = Mapping[int, Sent[R]]  # where it stood in the batch


def receive(key: IngestKey, sent: Sequence[Any], now: datetime) -> list[Outcome]:
    """Keep every valid record of parsed JSON values, and say of each what became of it."""
    outcomes: dict[int, Outcome] = {}
    valid: dict[int, Sent[AnyRecord]] = {}
    for place, value in enumerate(sent):
        try:
            valid[place] = Sent(records.read(value, now), digest_of(value))
        except Flawed as flawed:
            outcomes[place] = Outcome(State.FLAWED, flaws=flawed.flaws)
    if valid:
        outcomes |= store(key, valid, now)
    return [outcomes[place] for place in range(len(sent))]


def digest_of(sent: Mapping[str, Any]) -> str:
    """SHA-256 of what was sent, whatever the order of its fields, without its nulls."""
    value = records.present(sent)
    try:
        data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a whole number of more than 64 bits
        data = json.dumps(value, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(data).hexdigest()


def store(key: IngestKey, sent: ByPlace[AnyRecord], now: datetime) -> dict[int, Outcome]:
    """Store records in one transaction, whatever their order; what is answered is committed."""
    if len(sent) == 1 and (generation := _of_type(sent, GenerationRecord)):
        return _insert(key, now, rows.ONE_GENERATION, generation, {})
    return _store_many(key, sent, now)


@transaction.atomic
def _store_many(key: IngestKey, sent: ByPlace[AnyRecord], now: datetime) -> dict[int, Outcome]:
    """Store records of any types.

    Two batches with the same records in opposite order do not deadlock: everyone inserts
    generations, reactions, corrections, texts, and each of them sorted by id.
    """
    generations = _of_type(sent, GenerationRecord)
    reactions, corrections = _of_type(sent, ReactionRecord), _of_type(sent, CorrectionRecord)
    outcomes = _insert(key, now, rows.GENERATIONS, generations, {})
    parents = _parents(key, {**reactions, **corrections}, generations, outcomes)
    outcomes |= _refused({**reactions, **corrections}, parents)
    outcomes |= _misplaced(corrections, parents, generations)
    outcomes |= _insert(key, now, rows.REACTIONS, _left(reactions, outcomes), parents)
    outcomes |= _insert(key, now, rows.CORRECTIONS, _left(corrections, outcomes), parents)
    stored = (each for place, each in sent.items() if outcomes[place].state is State.STORED)
    put(key.project_id, rows.texts_of(key.project_id, (each.record for each in stored)))
    return outcomes


def _of_type[R: AnyRecord](sent: ByPlace[AnyRecord], kind: type[R]) -> dict[int, Sent[R]]:
    return {
        place: cast(Sent[R], each) for place, each in sent.items() if isinstance(each.record, kind)
    }


def _left[R: AnyRecord](sent: ByPlace[R], outcomes: Mapping[int, Outcome]) -> dict[int, Sent[R]]:
    return {place: each for place, each in sent.items() if place not in outcomes}


def _insert[R: AnyRecord](
    key: IngestKey,
    now: datetime,
    table: rows.Table,
    sent: ByPlace[R],
    parents: Mapping[int, int | None],
) -> dict[int, Outcome]:
    """Insert the records whose ids are new; compare the others with what holds their id."""
    if not sent:
        return {}
    first: dict[str, int] = {}
    for place, each in sent.items():
        first.setdefault(each.record.id, place)
    new = table.insert(
        key,
        [
            rows.New(sent[place].record, sent[place].digest, parents.get(place))
            for _, place in sorted(first.items())
        ],
        now,
    )
    taken = [client_id for client_id in first if client_id not in new]
    held = table.held(key.project_id, taken)
    held |= {client_id: (pk, sent[first[client_id]].digest) for client_id, pk in new.items()}
    return {
        place: _compared(each, held[each.record.id], first[each.record.id] == place, new)
        for place, each in sent.items()
    }


def _compared(
    each: Sent[Any], held: tuple[int, str], is_first: bool, new: Mapping[str, int]
) -> Outcome:
    stored_id, digest = held
    if is_first and each.record.id in new:
        return Outcome(State.STORED, stored_id)
    if digest == each.digest:
        return Outcome(State.DUPLICATE, stored_id)
    return Outcome(State.CONFLICT)


def _parents(
    key: IngestKey,
    about: ByPlace[ReactionRecord | CorrectionRecord],
    generations: ByPlace[GenerationRecord],
    outcomes: Mapping[int, Outcome],
) -> dict[int, int | None]:
    """The stored generation each record speaks of; None where this batch's was refused.

    A place is missing where nobody has sent such a generation.
    """
    known: dict[str, int | None] = {}
    for place, each in generations.items():
        known[each.record.id] = known.get(each.record.id) or outcomes[place].stored_id
    wanted = {place: each.record.generation for place, each in about.items()}
    elsewhere = sorted({client_id for client_id in wanted.values() if client_id not in known})
    for client_id, (pk, _) in rows.GENERATIONS.held(key.project_id, elsewhere).items():
        known[client_id] = pk
    return {place: known[client_id] for place, client_id in wanted.items() if client_id in known}


def _refused(
    about: ByPlace[ReactionRecord | CorrectionRecord], parents: Mapping[int, int | None]
) -> dict[int, Outcome]:
    unknown = Flaw(("generation",), "no generation with this id was stored in this project")
    refused = {}
    for place in about:
        if place not in parents:
            refused[place] = Outcome(State.FLAWED, flaws=(unknown,))
        elif parents[place] is None:
            refused[place] = Outcome(State.CONFLICT)
    return refused


def _misplaced(
    corrections: ByPlace[CorrectionRecord],
    parents: Mapping[int, int | None],
    generations: ByPlace[GenerationRecord],
) -> dict[int, Outcome]:
    """Corrections whose span does not lie in the output they correct."""
    outputs: dict[str, str] = {}
    for generation in generations.values():
        outputs.setdefault(generation.record.id, generation.record.output)
    here: dict[int, tuple[Span, Extent]] = {}
    elsewhere: dict[int, tuple[int, Span]] = {}
    for place, each in corrections.items():
        span, parent, output = each.record.span, parents.get(place), each.record.generation
        if span is None or parent is None:
            continue
        if output in outputs:
            here[place] = span, records.extent(span, outputs[output])
        else:
            elsewhere[place] = parent, span
    here |= {place: (elsewhere[place][1], extent) for place, extent in rows.extents(elsewhere)}
    found = {place: tuple(records.span_flaws(*reach)) for place, reach in here.items()}
    return {place: Outcome(State.FLAWED, flaws=flaws) for place, flaws in found.items() if flaws}
