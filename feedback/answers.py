"""What a client is told about each record it sent."""

from collections.abc import Sequence
from typing import Any, Literal

from django.conf import settings
from django.http import HttpResponse
from pydantic import BaseModel, Field

from feedback.ingest import Outcome, State
from feedback.limits import Drawn, Limit, limiter
from governance.models import IngestKey
from lib.problems import Fault, Problem, Refused, escaped, json_bytes, problem, respond

STATUS = {
    State.STORED: 201,
    State.WAITING: 202,
    State.DUPLICATE: 200,
    State.CONFLICT: 409,
    State.FLAWED: 422,
    State.SAMPLED_OUT: 200,
    State.ERASED: 200,
}
WORDS: dict[State, Literal["stored", "waiting", "duplicate", "sampled_out", "erased"]] = {
    State.STORED: "stored",
    State.WAITING: "waiting",
    State.DUPLICATE: "duplicate",
    State.SAMPLED_OUT: "sampled_out",
    State.ERASED: "erased",
}
CONFLICT = "urn:problem-type:emend:conflict"
FLAWED = "urn:problem-type:emend:flawed-record"
CONFLICT_DETAIL = (
    "Another record with other content was stored under this id, or under its generation's id."
    " That one was kept and this one was not: send it under an id of its own."
)
TOO_MANY = "urn:problem-type:emend:too-many-records"
TOO_MANY_DETAIL = (
    "This key reported more records than it may for now. Nothing was kept of these:"
    " send them again after Retry-After."
)
FLAWED_DETAIL = "The record was not kept. Correct what errors names and send it again."


class Result(BaseModel):
    """What became of one record."""

    index: int = Field(description="Its place in the batch, from 0")
    type: str | None = Field(default=None, examples=["correction"])
    id: str | None = Field(default=None, description="Your id")
    status: int = Field(
        description="201 stored, 202 stored and waiting for its generation, 200 stored earlier or"
        " sampled out or erased, 409 its id is taken, 422 it has faults",
        examples=[201],
    )
    outcome: Literal["stored", "waiting", "duplicate", "sampled_out", "erased", "refused"]
    stored_id: int | None = Field(default=None, description="Our id", examples=[1284])
    problem: Problem | None = None


class BatchAnswer(BaseModel):
    """What became of a batch: one result per record, in the order sent."""

    stored: int
    waiting: int
    duplicate: int
    sampled_out: int = Field(default=0, description="Not kept: the project follows a share")
    erased: int = Field(default=0, description="Not kept: it was erased, and stays away")
    refused: int
    results: list[Result]


def let_in(key: IngestKey, records: int, *, refusable: bool = True) -> dict[str, str]:
    """Draw records from the key's limit; the headers that say what is left of it.

    Raises Refused with 429 where too few are left, unless the client would not send them again.
    """
    limit = Limit(settings.INGEST_RATE, settings.INGEST_BURST)
    if not limit.rate or not records:
        return {}
    drawn = limiter(settings.CELERY_BROKER_URL).draw(key.pk, records, limit, refusable=refusable)
    headers = _limit_headers(limit, drawn)
    if drawn.let_in:
        return headers
    headers["Retry-After"] = str(drawn.wait)
    raise Refused(429, TOO_MANY_DETAIL, type=TOO_MANY, headers=headers)


def _limit_headers(limit: Limit, drawn: Drawn) -> dict[str, str]:
    """As draft-ietf-httpapi-ratelimit-headers-10 has them: a quota, and what is left of it."""
    window = max(1, round(limit.burst / limit.rate))
    return {
        "RateLimit-Policy": f'"records";q={limit.burst};w={window};qu="records"',
        "RateLimit": f'"records";r={drawn.left};t={drawn.wait or drawn.full}',
    }


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
        outcome="refused" if trouble else WORDS[outcome.state],
        stored_id=None if trouble else outcome.stored_id,
        problem=trouble,
    )


def _batch(results: list[Result]) -> BatchAnswer:
    words = [result.outcome for result in results]
    return BatchAnswer(
        stored=words.count("stored"),
        waiting=words.count("waiting"),
        duplicate=words.count("duplicate"),
        sampled_out=words.count("sampled_out"),
        erased=words.count("erased"),
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
    return HttpResponse(json_bytes(body), content_type="application/json", status=status)
