"""A batch of records on its way into the tables, in one transaction."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from feedback import aliases, masks, orphans, records, rows
from feedback.blobs import put
from feedback.masking.columns import Shift
from feedback.masking.masker import NOTHING
from feedback.records import (
    AnyRecord,
    CorrectionRecord,
    Extent,
    Flaw,
    GenerationRecord,
    ReactionRecord,
    Span,
)
from governance import tombstones

ERASED = "it was erased"
ID_TAKEN = "another record with other content has this id"


class State(StrEnum):
    """What became of one record."""

    STORED = "stored"
    WAITING = "waiting"  # stored; it joins its generation once that comes
    DUPLICATE = "duplicate"  # stored earlier, with the same content
    CONFLICT = "conflict"  # its id, or its generation's, is taken by other content
    FLAWED = "flawed"
    SAMPLED_OUT = "sampled_out"  # not kept: the project follows a share (feedback.sampling)
    ERASED = "erased"  # not kept: it, or its generation, was erased (governance.tombstones)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record, and our id for what holds its id, where something does."""

    state: State
    stored_id: int | None = None
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent[R: AnyRecord]:
    """A record, the digest of what was sent to tell the same from another, by whom and when."""

    record: R
    digest: str
    key_id: int
    at: datetime
    other_digest: Callable[[], str] | None = None  # what it would be if masking found otherwise
    counts: Counter[str] = field(default_factory=lambda: NOTHING)  # what was masked in it, by kind
    shifts: tuple[Shift, ...] = ()  # which columns of its output that moved

    def is_digest(self, held: str) -> bool:
        """Whether what is held was the same, though masking patterns came or went since."""
        return held == self.digest or (
            self.other_digest is not None and held == self.other_digest()
        )


type ByPlace[R: AnyRecord] = Mapping[int, Sent[R]]  # where it stood in the batch


def of_type[R: AnyRecord](sent: ByPlace[AnyRecord], kind: type[R]) -> dict[int, Sent[R]]:
    """The records of one type."""
    return {
        place: cast(Sent[R], each) for place, each in sent.items() if isinstance(each.record, kind)
    }


def new_row(each: Sent[Any], parent: int | None = None) -> rows.New:
    """A record as a row to insert."""
    return rows.New(each.record, each.digest, parent, each.key_id, each.at)


@dataclass(slots=True)
class Batch:
    """Records by their place, and what is known so far; `store` goes through with them.

    Two batches with the same records in opposite order do not deadlock: everyone inserts
    generations, names, orphans, reactions, corrections, texts, and each of them sorted by id.
    Orphans that join are in `sent` too, at places below zero.
    """

    project_id: int
    sent: dict[int, Sent[AnyRecord]]
    now: datetime
    first_holds: bool = False
    known: dict[str, int | None] = field(default_factory=dict)  # generations; None: refused
    buried: set[str] = field(default_factory=set)  # of those: refused because they were erased
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    parents: dict[int, int | None] = field(default_factory=dict)
    claimed: dict[int, int] = field(default_factory=dict)  # an orphan's id, by its place

    def store(self) -> dict[int, Outcome]:
        """Store everything; the caller holds the transaction."""
        generations = of_type(self.sent, GenerationRecord)
        self._insert(rows.GENERATIONS, generations)
        self._learn(generations)
        self._claim_orphans()
        self._find_parents()
        self._wait("reaction", rows.REACTIONS)
        self._wait("correction", rows.CORRECTIONS)
        self._move_spans()
        self._check_spans()
        self._insert(rows.REACTIONS, self._left(ReactionRecord))
        self._insert(rows.CORRECTIONS, self._left(CorrectionRecord))
        stored = (self.sent[place].record for place in self._stored())
        put(self.project_id, rows.texts_of(self.project_id, stored))
        self._keep_masks()
        self._settle_orphans()
        return {place: outcome for place, outcome in self.outcomes.items() if place >= 0}

    def _stored(self) -> list[int]:
        return [place for place, told in self.outcomes.items() if told.state is State.STORED]

    def _left[R: AnyRecord](self, kind: type[R]) -> dict[int, Sent[R]]:
        found = of_type(self.sent, kind)
        return {place: each for place, each in found.items() if place not in self.outcomes}

    def _insert(self, table: rows.Table, sent: ByPlace[Any]) -> None:
        """Insert the records whose ids are new; compare the others with what holds their id."""
        if not sent:
            return
        first = _first(sent)
        new = table.insert(
            self.project_id,
            [new_row(sent[place], self.parents.get(place)) for _, place in sorted(first.items())],
        )
        taken = [client_id for client_id in first if client_id not in new]
        held = table.held(self.project_id, taken)
        held |= {client_id: (pk, sent[first[client_id]].digest) for client_id, pk in new.items()}
        for place, each in sent.items():
            if each.record.id not in held:
                self.outcomes[place] = Outcome(State.ERASED)
                continue
            pk, digest = held[each.record.id]
            is_new = first[each.record.id] == place and each.record.id in new
            self.outcomes[place] = Outcome(_compared(is_new, each.is_digest(digest)), pk)

    def _learn(self, generations: ByPlace[GenerationRecord]) -> None:
        """Which generations this batch's names mean."""
        wanted: dict[str, int] = {}
        for place, each in generations.items():
            outcome = self.outcomes[place]
            holds = outcome.state is not State.CONFLICT or self.first_holds
            if outcome.state is State.ERASED:
                self.buried.add(each.record.id)
            pk = outcome.stored_id if holds else None
            self.known[each.record.id] = self.known.get(each.record.id) or pk
            if outcome.state is State.STORED:
                wanted |= {name: cast(int, pk) for name in each.record.aliases}
        aliases.take(self.project_id, wanted)
        names = [name for each in generations.values() for name in each.record.aliases]
        self.known = {**aliases.named(self.project_id, names), **self.known}

    def _claim_orphans(self) -> None:
        names = [name for name, pk in self.known.items() if pk]
        for place, each in enumerate(orphans.claim(self.project_id, names), 1):
            self.sent[-place] = Sent(each.record, each.digest, each.key_id, each.received_at)
            self.claimed[-place] = each.pk

    def _find_parents(self) -> None:
        """The stored generation each record speaks of; no place where none is stored yet."""
        reactions, corrections = self._left(ReactionRecord), self._left(CorrectionRecord)
        wanted = {place: each.record.generation for place, each in reactions.items()}
        wanted |= {place: each.record.generation for place, each in corrections.items()}
        missing = sorted({name for name in wanted.values() if name not in self.known})
        found = rows.GENERATIONS.held(self.project_id, missing)
        self.known |= {name: pk for name, (pk, _) in found.items()}
        missing = [name for name in missing if name not in found]
        self.known |= aliases.named(self.project_id, missing)
        self._bury([name for name in missing if name not in self.known])
        for place, name in wanted.items():
            if name in self.known:
                self.parents[place] = self.known[name]
                if self.known[name] is None:
                    state = State.ERASED if name in self.buried else State.CONFLICT
                    self.outcomes[place] = Outcome(state)

    def _bury(self, missing: Iterable[str]) -> None:
        """What is said of generations that were erased does not wait for them."""
        gone = tombstones.among(self.project_id, [("generation", name) for name in missing])
        self.buried |= {name for _, name in gone}
        self.known |= dict.fromkeys(self.buried)

    def _wait(self, type: str, table: rows.Table) -> None:
        """Let those of a type wait whose generation has not come."""
        shape = orphans.SHAPES[type]
        sent = {
            place: each for place, each in self._left(shape).items() if place not in self.parents
        }
        named = [(type, each.record.id) for each in sent.values()]
        gone = tombstones.among(self.project_id, named)
        for place, each in list(sent.items()):
            if (type, each.record.id) in gone:
                self.outcomes[place] = Outcome(State.ERASED)
                del sent[place]
        if not sent:
            return
        taken = table.held(self.project_id, [each.record.id for each in sent.values()])
        first = _first(sent)
        order = [place for name, place in sorted(first.items()) if name not in taken]
        new = orphans.put(self.project_id, [new_row(sent[place]) for place in order])
        held = {name: digest for name, (_, digest) in taken.items()}
        held |= {name: sent[first[name]].digest for name in new}
        held |= orphans.held(self.project_id, type, [name for name in first if name not in held])
        for place, each in sent.items():
            is_new = first[each.record.id] == place and each.record.id in new
            state = _compared(is_new, each.is_digest(held[each.record.id]))
            self.outcomes[place] = Outcome(State.WAITING if state is State.STORED else state)

    def _move_spans(self) -> None:
        """Put the spans of corrections where the masked output has them."""
        spans = {
            place: parent
            for place, each in self._left(CorrectionRecord).items()
            if each.record.span is not None and (parent := self.parents[place]) is not None
        }
        here = self._outputs()
        known = masks.shifts_of([parent for parent in spans.values() if parent not in here])
        for place, each in of_type(self.sent, GenerationRecord).items():
            if each.shifts and self.outcomes[place].state is State.STORED:
                known[cast(int, self.outcomes[place].stored_id)] = list(each.shifts)
        for place, parent in spans.items():
            told = self.sent[place]
            if parent in known and isinstance(told.record, CorrectionRecord):
                moved = records.moved(told.record, known[parent])
                self.sent[place] = replace(told, record=moved)

    def _check_spans(self) -> None:
        """Turn away corrections whose span does not lie in the output they correct."""
        here = self._outputs()
        near: dict[int, tuple[Span, Extent]] = {}
        far: dict[int, tuple[int, Span]] = {}
        for place, each in self._left(CorrectionRecord).items():
            span, parent = each.record.span, self.parents[place]
            if span is None or parent is None:
                continue
            if parent in here:
                near[place] = span, records.extent(span, here[parent])
            else:
                far[place] = parent, span
        near |= {place: (far[place][1], extent) for place, extent in rows.extents(far)}
        for place, reach in near.items():
            if flaws := tuple(records.span_flaws(*reach)):
                self.outcomes[place] = Outcome(State.FLAWED, flaws=flaws)

    def _outputs(self) -> dict[int, str]:
        """The outputs of this batch's new generations: their texts are not stored yet."""
        return {
            cast(int, self.outcomes[place].stored_id): each.record.output
            for place, each in of_type(self.sent, GenerationRecord).items()
            if self.outcomes[place].state is State.STORED
        }

    def _keep_masks(self) -> None:
        """Keep how much was masked in what is kept, and where columns went."""
        kept = [
            place
            for place, told in self.outcomes.items()
            if place >= 0 and told.state in (State.STORED, State.WAITING)
        ]
        found = (counts for place in kept if (counts := self.sent[place].counts))
        counts = sum(found, Counter[str]())
        shifts = {
            cast(int, self.outcomes[place].stored_id): self.sent[place].shifts
            for place in kept
            if self.sent[place].shifts
        }
        masks.keep(self.project_id, counts, shifts, self.now)

    def _settle_orphans(self) -> None:
        refused = {
            pk: _why(self.outcomes[place])
            for place, pk in self.claimed.items()
            if self.outcomes[place].state in (State.CONFLICT, State.FLAWED, State.ERASED)
        }
        joined = [pk for pk in self.claimed.values() if pk not in refused]
        orphans.settle(refused, joined, self.now)


def _first(sent: ByPlace[Any]) -> dict[str, int]:
    """Where each id comes first."""
    first: dict[str, int] = {}
    for place, each in sent.items():
        first.setdefault(each.record.id, place)
    return first


def _compared(is_new: bool, is_same: bool) -> State:
    if is_new:
        return State.STORED
    return State.DUPLICATE if is_same else State.CONFLICT


def _why(outcome: Outcome) -> str:
    if outcome.state is State.ERASED:
        return ERASED
    return "; ".join(flaw.detail for flaw in outcome.flaws) or ID_TAKEN


def reasons(outcomes: Iterable[Outcome]) -> str:
    """Why records were refused, in words."""
    return "; ".join(dict.fromkeys(_why(outcome) for outcome in outcomes))
