"""What a client is told about each record it sent."""

from collections.abc import Sequence
from typing import Any, Literal

import orjson
from django.http import HttpResponse
from pydantic import BaseModel, Field

from feedback.ingest import Outcome, State
from lib.problems import Fault, Problem, escaped, problem, respond

STATUS = {State.STORED: 201, State.DUPLICATE: 200, State.CONFLICT: 409, State.FLAWED: 422}
CONFLICT = "urn:problem-type:emend:conflict"
FLAWED = "urn:problem-type:emend:flawed-record"
CONFLICT_DETAIL = (
    "Another record with other content was stored under this id, or under its generation's id."
    " That one was kept and this one was not: send it under an id of its own."
)
FLAWED_DETAIL = "The record was not kept. Correct what errors names and send it again."


class Result(BaseModel):
    """What became of one record."""

    index: int = Field(description="Its place in the batch, from 0")
    type: str | None = Field(default=None, examples=["correction"])
    id: str | None = Field(default=None, description="Your id")
    status: int = Field(
        description="201 stored, 200 stored earlier, 409 its id is taken, 422 it has faults",
        examples=[201],
    )
    outcome: Literal["stored", "duplicate", "refused"]
    stored_id: int | None = Field(default=None, description="Our id", examples=[1284])
    problem: Problem | None = None


class BatchAnswer(BaseModel):
    """What became of a batch: one result per record, in the order sent."""

    stored: int
    duplicate: int
    refused: int
    results: list[Result]


def answer_one(sent: Any, outcome: Outcome) -> HttpResponse:
    """The answer to a record sent alone."""
    result = result_of(0, sent, outcome, pointer="#")
    if result.problem:
        return respond(result.problem)
    return _json(result.status, result.model_dump(exclude_none=True))


def answer_batch(sent: Sequence[Any], outcomes: Sequence[Outcome]) -> HttpResponse:
    """The answer to an array: 207 where its records fared differently."""
    results = [
        result_of(place, value, outcome, pointer=f"#/{place}")
        for place, (value, outcome) in enumerate(zip(sent, outcomes, strict=True))
    ]
    statuses = {result.status for result in results}
    body = _batch(results).model_dump(exclude_none=True)
    if len(statuses) > 1:
        return _json(207, body)
    status = statuses.pop()
    if status >= 400:
        return respond(problem(status, "No record was kept; results says why."), **body)
    return _json(status, body)


def result_of(index: int, sent: Any, outcome: Outcome, pointer: str) -> Result:
    """One result; `pointer` leads to the record in the body."""
    trouble = _problem(outcome, pointer)
    named = sent if isinstance(sent, dict) else {}
    return Result(
        index=index,
        type=_short_text(named.get("type")),
        id=_short_text(named.get("id")),
        status=STATUS[outcome.state],
        outcome="refused" if trouble else "stored" if outcome.state == "stored" else "duplicate",
        stored_id=outcome.stored_id,
        problem=trouble,
    )


def _batch(results: list[Result]) -> BatchAnswer:
    words = [result.outcome for result in results]
    return BatchAnswer(
        stored=words.count("stored"),
        duplicate=words.count("duplicate"),
        refused=words.count("refused"),
        results=results,
    )


def _problem(outcome: Outcome, pointer: str) -> Problem | None:
    if outcome.state is State.CONFLICT:
        return problem(409, CONFLICT_DETAIL, type=CONFLICT)
    if outcome.state is not State.FLAWED:
        return None
    faults = [
        Fault(pointer="/".join([pointer, *map(escaped, flaw.path)]), detail=flaw.detail)
        for flaw in outcome.flaws
    ]
    return problem(422, FLAWED_DETAIL, type=FLAWED, errors=faults)


def _short_text(value: Any) -> str | None:
    """What the client sent as a name, where it can be said back."""
    if not isinstance(value, str) or len(value) > 200:
        return None
    return value.encode("utf-8", "replace").decode()


def _json(status: int, body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), content_type="application/json", status=status)
