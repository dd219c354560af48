"""The read API in OpenAPI's words."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import BaseModel, Field

from feedback.records import CorrectionRecord, GenerationRecord, ReactionRecord
from feedback.schema import refusal
from feedback.serializers import Asked, Paging
from lib.media_types import JSON_LINES, PARQUET
from lib.problems import MEDIA_TYPE

PROJECT = OpenApiParameter(
    "project", description="Its slug. Not needed where the access token is for one project"
)
SUFFIX = OpenApiParameter("suffix", location="path", enum=["jsonl", "parquet"])
AFTER = "What to ask for next, as `after`; null: there is no more now"


class Stored(BaseModel):
    """One stored row."""

    stored_id: int
    received_at: datetime = Field(description="Our clock")


class StoredGeneration(Stored):
    """A generation, as it could be reported again."""

    record: GenerationRecord


class StoredReaction(Stored):
    """A reaction, as it could be reported again."""

    record: ReactionRecord


class StoredCorrection(Stored):
    """A correction, as it could be reported again."""

    record: CorrectionRecord


class HeldEvent(Stored):
    """An event that could not be mapped."""

    held_at: datetime
    state: str
    reason: str
    client: str
    version: str
    event: str = Field(description="JSON, as the client sent it, masked")


class GenerationPage(BaseModel):
    """Generations, the oldest first."""

    results: list[StoredGeneration]
    after: str | None = Field(description=AFTER)


class ReactionPage(BaseModel):
    """Reactions, the oldest first."""

    results: list[StoredReaction]
    after: str | None = Field(description=AFTER)


class CorrectionPage(BaseModel):
    """Corrections, the oldest first."""

    results: list[StoredCorrection]
    after: str | None = Field(description=AFTER)


class QuarantinePage(BaseModel):
    """Events in quarantine, the oldest first."""

    results: list[HeldEvent]
    after: str | None = Field(description=AFTER)


type Describes = Callable[[Any], Any]
WRONG = {
    (400, MEDIA_TYPE): refusal("A filter that does not exist, or a value it cannot have"),
    (422, MEDIA_TYPE): refusal("No project was named"),
}


def describe_page(name: str, filters: type[Asked], shape: type[BaseModel]) -> Describes:
    """A page of `name`."""
    return extend_schema(
        operation_id=f"list_{name}",
        summary=f"Read {name}",
        tags=["Feedback"],
        parameters=[PROJECT, filters, Paging],
        responses={200: shape, **WRONG},
    )


def describe_file(name: str, filters: type[Asked]) -> Describes:
    """All of `name` as a file."""
    return extend_schema(
        operation_id=f"export_{name}",
        summary=f"Export {name}",
        description="JSON lines, each as a result of the list, or Parquet with a column a field.",
        tags=["Feedback"],
        parameters=[PROJECT, SUFFIX, filters],
        responses={
            (200, JSON_LINES): OpenApiResponse(OpenApiTypes.BINARY, "A line each"),
            (200, PARQUET): OpenApiResponse(OpenApiTypes.BINARY, "A row each"),
            **WRONG,
        },
    )
