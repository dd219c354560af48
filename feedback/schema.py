"""The feedback API in OpenAPI's words."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from pydantic import RootModel

from feedback.answers import CONFLICT, CONFLICT_DETAIL, FLAWED, FLAWED_DETAIL, BatchAnswer, Result
from feedback.ingest import MOST
from feedback.records import CorrectionRecord, GenerationRecord, ReactionRecord
from lib.problems import MEDIA_TYPE, Problem


class FeedbackRecord(RootModel[GenerationRecord | ReactionRecord | CorrectionRecord]):
    """One record; type says which. A field of ours that is null counts as absent."""


class Feedback(RootModel[FeedbackRecord | list[FeedbackRecord]]):
    """One record, or up to 1,000."""


class FeedbackAnswer(RootModel[Result | BatchAnswer]):
    """A record sent alone gets its result; an array gets one result per record."""


GENERATION: dict[str, Any] = {
    "type": "generation",
    "id": "gen-1",
    "prompt": "def total(prices):\n",
    "output": "    return sum(prices) / 100\n",
    "language": "python",
    "file_path": "billing/money.py",
    "repository": "acme/billing",
    "model_name": "small-coder-7b",
    "confidence": 0.82,
    "session": "session-9",
    "developer": "ines",
    "occurred_at": "2026-11-23T10:00:00Z",
}
REACTION: dict[str, Any] = {
    "type": "reaction",
    "id": "gen-1-rejected",
    "generation": "gen-1",
    "kind": "rejected",
    "after_ms": 2300,
}
CORRECTION: dict[str, Any] = {
    "type": "correction",
    "id": "cor-1",
    "generation": "gen-1",
    "corrected": "    return sum(prices, Decimal()) / 100\n",
    "span": {"start": {"line": 1, "column": 11}, "end": {"line": 1, "column": 28}},
    "category": "logic",
    "severity": "high",
    "comment": "Money is a Decimal here; a float loses cents.",
    "after_ms": 41000,
}
STORED = {"index": 0, "type": "generation", "id": "gen-1", "status": 201, "outcome": "stored"}
WAITING = {"index": 0, "type": "reaction", "id": "r-1", "status": 202, "outcome": "waiting"}
REFUSED = {
    "type": FLAWED,
    "title": "Unprocessable Entity",
    "status": 422,
    "detail": FLAWED_DETAIL,
    "errors": [{"pointer": "#/1/confidence", "detail": "Input should be a valid number"}],
}
MIXED = {
    "stored": 1,
    "waiting": 0,
    "duplicate": 0,
    "refused": 1,
    "results": [
        STORED | {"stored_id": 1284},
        {
            "index": 1,
            "type": "generation",
            "id": "gen-2",
            "status": 422,
            "outcome": "refused",
            "problem": REFUSED,
        },
    ],
}
TAKEN = {"type": CONFLICT, "title": "Conflict", "status": 409, "detail": CONFLICT_DETAIL}


def refusal(told: str, *examples: OpenApiExample) -> OpenApiResponse:
    """A problem, and when it is the answer."""
    return OpenApiResponse(Problem, description=told, examples=list(examples))


def answered(name: str, value: object, status: int) -> OpenApiExample:
    """An example of an answer."""
    media_type = MEDIA_TYPE if status >= 400 else "application/json"
    return OpenApiExample(
        name, value=value, media_type=media_type, response_only=True, status_codes=[str(status)]
    )


describe_feedback = extend_schema(
    operation_id="report_feedback",
    summary="Report generations, reactions and corrections",
    description=(
        f"Takes one record or an array of 1 to {MOST:,}, in any order. A 2xx is sent only after"
        " everything it reports as stored is committed. Send again whatever was not answered:"
        " the same record under the same id is stored once. Records that are valid are kept"
        " whatever becomes of the others. The body may be gzip."
    ),
    tags=["Feedback"],
    request={"application/json": Feedback},
    examples=[
        OpenApiExample("A generation", value=GENERATION, request_only=True),
        OpenApiExample("A batch", value=[GENERATION, REACTION, CORRECTION], request_only=True),
        answered("Stored", STORED | {"stored_id": 1284}, 201),
        answered("Waiting for its generation", WAITING, 202),
        answered("Stored earlier", STORED | {"status": 200, "outcome": "duplicate"}, 200),
        answered("Some refused", MIXED, 207),
        answered("The id is taken", TAKEN, 409),
        answered("Faults", REFUSED, 422),
    ],
    responses={
        201: OpenApiResponse(FeedbackAnswer, description="Stored and committed"),
        202: OpenApiResponse(
            FeedbackAnswer, description="Stored and committed; it joins its generation later"
        ),
        200: OpenApiResponse(FeedbackAnswer, description="Stored earlier, with the same content"),
        207: OpenApiResponse(BatchAnswer, description="Records fared differently: see results"),
        (400, MEDIA_TYPE): refusal("The body is not JSON, or not gzip"),
        (401, MEDIA_TYPE): refusal("No ingest key, or one that is unknown or revoked"),
        (409, MEDIA_TYPE): refusal("The id is taken by a record with other content"),
        (413, MEDIA_TYPE): refusal("The body is too large; it was not read"),
        (415, MEDIA_TYPE): refusal("Not JSON, or an encoding other than gzip"),
        (422, MEDIA_TYPE): refusal("The record has faults; errors says where"),
        (429, MEDIA_TYPE): refusal("The key reported too many records; Retry-After says when"),
        (503, MEDIA_TYPE): refusal("The database did not answer; send it again"),
    },
)
