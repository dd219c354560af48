"""The shapes of what clients report: strict types, unknown fields kept, every fault with its place.

Null means absent everywhere at the top of a record. See docs/decisions/0003.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from math import isfinite
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from feedback.masking.columns import Shift
from feedback.masking.columns import moved as column_after

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # a clock before this was never set
AHEAD = timedelta(days=1)  # how far a client's clock may be ahead of ours
INTEGER, BIG_INTEGER = 2**31 - 1, 2**63 - 1  # what PostgreSQL's columns hold
DEEPEST = 190  # levels; the JSON parser itself gives up at 200
LONGEST = 2_000_000  # characters of a text; labelers and pages hold several at a time
MOST_FLAWS = 50  # told of one record; a list of a million NULs must not be echoed a million times
MOST_ALIASES = 8
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong in a record: where, as the keys and indexes that lead there, and what."""

    path: tuple[str | int, ...]
    detail: str


class Flawed(ValueError):
    """The record cannot be kept; `flaws` says why."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__("; ".join(flaw.detail for flaw in flaws))
        self.flaws = flaws


def moment_text(value: Any) -> Any:
    """Text only: pydantic alone would also take a number of seconds for a moment."""
    if not isinstance(value, str) or not MOMENT.match(value):
        raise ValueError("say date, time and time zone, such as 2026-11-23T10:00:00Z")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(moment_text), Field(strict=False)]
ClientId = Annotated[str, Field(min_length=1, max_length=200)]
Milliseconds = Annotated[int, Field(ge=0, le=BIG_INTEGER)]


class Shape(BaseModel):
    """Strict: no "1" for 1."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow")


class Record(Shape):
    """What every record says."""

    id: ClientId = Field(
        description="Your own id. Sending the same record again under it is safe",
        examples=["0199f2c4-7d1e-7c60-9a55-3f1d2b8c4e70"],
    )
    occurred_at: Moment | None = Field(
        default=None, description="Your clock, with a time zone. Absent: our clock"
    )
    session: str = Field(default="", max_length=200)
    developer: str = Field(
        default="",
        max_length=200,
        validation_alias=AliasChoices("developer", "user"),
        description="The person, as you name them. Also taken under the name user",
    )


class GenerationRecord(Record):
    """What a model produced for a prompt, in a context."""

    type: Literal["generation"]
    prompt: str = Field(default="", max_length=LONGEST, description="The text given to the model")
    output: str = Field(max_length=LONGEST, description="What the model produced, as it was shown")
    language: str = Field(default="", max_length=40, examples=["python"])
    file_path: str = Field(default="", max_length=1000, examples=["billing/money.py"])
    repository: str = Field(default="", max_length=300, examples=["acme/billing"])
    model_name: str = Field(default="", max_length=200, examples=["small-coder-7b"])
    confidence: float | None = Field(default=None, ge=0, le=1, allow_inf_nan=False)
    aliases: tuple[ClientId, ...] = Field(
        default=(),
        max_length=MOST_ALIASES,
        strict=False,
        description="Other ids that reactions and corrections may name it by",
        examples=[["trace-1", "trace-1:span-2"]],
    )


class ReactionRecord(Record):
    """One thing that happened to a generation."""

    type: Literal["reaction"]
    generation: ClientId = Field(
        description="The id of the generation, or an alias of it; it may come later"
    )
    kind: Literal[
        "shown",
        "accepted",
        "edited",
        "rejected",
        "timed_out",
        "copied",
        "survived",
        "reverted",
        "rated",
        "commented",
    ]
    after_ms: Milliseconds | None = Field(
        default=None, description="Milliseconds from shown to this: the time to decide"
    )
    value: float | None = Field(
        default=None,
        allow_inf_nan=False,
        description="survived: share of the text left, 0 to 1. rated: -1 to 1. No other kind",
    )
    comment: str = ""

    @model_validator(mode="after")
    def says_what_its_kind_needs(self) -> Self:
        """A rating has a value, a comment has words."""
        least = {"survived": 0, "rated": -1}.get(self.kind)
        if least is None and self.value is not None:
            raise Flawed(Flaw(("value",), f"a reaction of kind {self.kind} has no value"))
        if least is not None and (self.value is None or not least <= self.value <= 1):
            raise Flawed(Flaw(("value",), f"{self.kind} needs a value from {least} to 1"))
        if self.kind == "commented" and not self.comment.strip():
            raise Flawed(Flaw(("comment",), "commented needs a comment"))
        return self


class Position(Shape):
    """A place in the output."""

    line: int = Field(ge=1, le=INTEGER, description="From 1; lines end at a line feed")
    column: int = Field(ge=0, le=INTEGER, description="From 0, in Unicode code points")


class Span(Shape):
    """The wrong block: from its start up to, not including, its end."""

    start: Position
    end: Position


class CorrectionRecord(Record):
    """The explicit, structured one: what was wrong, why, and the code as it should have been."""

    type: Literal["correction"]
    generation: ClientId = Field(
        description="The id of the generation, or an alias of it; it may come later"
    )
    corrected: str = Field(
        max_length=LONGEST, description="The code as it should have been, the whole output"
    )
    span: Span | None = Field(default=None, description="The wrong block of the output")
    category: str = Field(default="", max_length=100, examples=["security"])
    severity: Literal["", "low", "medium", "high", "critical"] = ""
    comment: str = Field(default="", description="Why it was wrong")
    after_ms: Milliseconds | None = None


type AnyRecord = GenerationRecord | ReactionRecord | CorrectionRecord
TYPES: dict[Any, type[GenerationRecord] | type[ReactionRecord] | type[CorrectionRecord]] = {
    "generation": GenerationRecord,
    "reaction": ReactionRecord,
    "correction": CorrectionRecord,
}


def read(sent: Any, now: datetime) -> AnyRecord:
    """The record that was sent, as parsed JSON. Raises Flawed with every flaw found."""
    if not isinstance(sent, dict):
        raise Flawed(Flaw((), "a record is a JSON object"))
    shape = TYPES.get(sent.get("type")) if isinstance(sent.get("type"), str) else None
    if shape is None:
        raise Flawed(Flaw(("type",), f"type is one of {', '.join(TYPES)}"))
    unstorable = tuple(islice(_unstorable(sent, ()), MOST_FLAWS))
    if unstorable:
        raise Flawed(*unstorable)
    try:
        record = shape.model_validate(present(sent))
    except ValidationError as error:
        raise Flawed(*_flaws(error)) from None
    _check_clock(record, now)
    return record


def present(sent: Mapping[str, Any]) -> dict[str, Any]:
    """A record without its nulls: null means absent."""
    return {name: value for name, value in sent.items() if value is not None}


def moved(record: CorrectionRecord, shifts: Sequence[Shift]) -> CorrectionRecord:
    """A correction whose span is where the masked output has it."""
    if record.span is None:
        return record
    places = {
        name: place.model_copy(
            update={"column": column_after(place.line, place.column, shifts, is_end=name == "end")}
        )
        for name, place in (("start", record.span.start), ("end", record.span.end))
    }
    return record.model_copy(update={"span": record.span.model_copy(update=places)})


@dataclass(frozen=True, slots=True)
class Extent:
    """How far an output reaches, as far as a span asks: its lines, and the columns of two."""

    lines: int
    start_columns: int
    end_columns: int


def extent(span: Span, output: str) -> Extent:
    """The extent of `output` where the span lies."""
    lines = output.split("\n")
    columns = [
        len(lines[place.line - 1]) if place.line <= len(lines) else 0
        for place in (span.start, span.end)
    ]
    return Extent(len(lines), *columns)


def span_flaws(span: Span, extent: Extent) -> Iterator[Flaw]:
    """What keeps the span from being a block of an output of this extent."""
    for name, place, columns in (
        ("start", span.start, extent.start_columns),
        ("end", span.end, extent.end_columns),
    ):
        if place.line > extent.lines:
            detail = f"the output has {extent.lines} lines, not {place.line}"
            yield Flaw(("span", name, "line"), detail)
        elif place.column > columns:
            detail = f"line {place.line} of the output has {columns} columns, not {place.column}"
            yield Flaw(("span", name, "column"), detail)
    if (span.end.line, span.end.column) < (span.start.line, span.start.column):
        yield Flaw(("span", "end"), "the span ends before it starts")


def _check_clock(record: AnyRecord, now: datetime) -> None:
    moment = record.occurred_at
    if moment is None:
        return
    if moment < EARLIEST:
        raise Flawed(Flaw(("occurred_at",), f"before {EARLIEST:%Y-%m-%d}: is the clock set?"))
    if moment > now + AHEAD:
        raise Flawed(Flaw(("occurred_at",), "more than a day ahead of our clock"))


def _flaws(error: ValidationError) -> Iterator[Flaw]:
    for each in error.errors(include_url=False, include_input=False):
        cause = each.get("ctx", {}).get("error")
        if isinstance(cause, Flawed):
            yield from cause.flaws
        else:
            yield Flaw(tuple(each["loc"]), each["msg"].removeprefix("Value error, "))


def _unstorable(value: Any, path: tuple[str | int, ...]) -> Iterator[Flaw]:
    """What JSON can say and PostgreSQL cannot hold: NUL, half a character, infinity."""
    if len(path) > DEEPEST:
        yield Flaw(path[:1], f"is nested deeper than {DEEPEST} levels")
    elif isinstance(value, str):
        yield from _unstorable_text(value, path)
    elif isinstance(value, dict):
        for name, inner in value.items():
            bad_name = [*_unstorable_text(name, path)]
            yield from bad_name or _unstorable(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unstorable(inner, (*path, index))
    elif isinstance(value, float) and not isfinite(value):
        yield Flaw(path, "is a number too large to keep")


def _unstorable_text(text: str, path: tuple[str | int, ...]) -> Iterator[Flaw]:
    if "\0" in text:
        at = text.index("\0")
        yield Flaw(path, f"has a NUL character at offset {at}, which cannot be stored")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            half = f"has half of a surrogate pair at offset {error.start}, which is no character"
            yield Flaw(path, half)
