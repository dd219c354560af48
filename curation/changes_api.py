"""For machines: what changed from one dataset version to another."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from curation import changes
from curation.changes import Changed, before_of
from curation.export import feedback_id
from curation.models import DatasetRow, DatasetVersion
from curation.serializers import ChangedPage, ChangesTold, Since
from curation.summary import versions_of
from feedback.schema import refusal
from feedback.serializers import Paging, paging_of
from governance.access import Ability, project_for
from lib.pages import BadCursor, page_of
from lib.problems import MEDIA_TYPE, Refused

WRONG = {(400, MEDIA_TYPE): refusal("The question has faults; `errors` names them")}
KIND = OpenApiParameter("kind", location="path", enum=list(changes.KINDS))


class DatasetChanges(APIView):
    """What changed since another dataset version."""

    @extend_schema(
        operation_id="dataset_version_changes",
        parameters=[Since],
        responses={200: ChangesTold, **WRONG},
    )
    def get(self, request: Request, slug: str, number: int) -> Response:
        """How many rows came, left or say otherwise, why, and how the recipes differ."""
        before, after = _both(request, slug, number, Ability.SEE)
        found = changes.changes(before, after)
        return Response(
            {
                "since": before.number,
                "version": after.number,
                "counts": found.counts,
                "same": found.same,
                "left": found.left,
                "came": found.came,
                "erased": found.erased,
                "recipe": [
                    {"field": each.field, "before": each.before, "after": each.after}
                    for each in found.recipe
                ],
            }
        )


class DatasetChanged(APIView):
    """The rows of one kind of change."""

    @extend_schema(
        operation_id="dataset_version_changed_rows",
        parameters=[KIND, Since, Paging],
        responses={200: ChangedPage, **WRONG},
    )
    def get(self, request: Request, slug: str, number: int, kind: str) -> Response:
        """A page of them, by example."""
        before, after = _both(request, slug, number, Ability.READ_CODE)
        if kind not in changes.KINDS:
            raise NotFound(f"No kind of change is named {kind}.")
        most, cursor = paging_of(request)
        rows = changes.rows_of(before, after, kind)
        rows = rows.select_related("example__correction", "decision__category")
        try:
            page = page_of(rows, ["example_id"], most, after=cursor)
        except BadCursor as error:
            raise Refused(400, f"{error} Ask again without `after`.") from error
        told = changes.told(before, after, kind, page.rows)
        return Response({"results": [_told(each) for each in told], "after": page.after})


def _both(
    request: Request, slug: str, number: int, ability: Ability
) -> tuple[DatasetVersion, DatasetVersion]:
    """The earlier and the later version. Raises NotFound where there is none to compare with."""
    project = project_for(request.user, slug, ability)
    after = get_object_or_404(versions_of(project).exclude(content_id=""), number=number)
    asked = Since(data=request.query_params)
    asked.is_valid(raise_exception=True)
    since = asked.validated_data.get("since")
    others: QuerySet[DatasetVersion] = before_of(after)
    before = others.filter(**{"number__lt": number} if since is None else {"number": since}).first()
    if before is None:
        raise NotFound("There is no such frozen version to compare with.")
    return before, after


def _told(each: Changed) -> dict[str, Any]:
    row = each.row
    assert row.example is not None  # no tombstone is among them
    return {
        "example": row.example_id,
        "feedback_id": feedback_id(row.example.correction.client_id),
        "before": _row(each.was),
        "after": _row(each.now),
        "why": each.why,
    }


def _row(row: DatasetRow | None) -> dict[str, Any] | None:
    if row is None:
        return None
    assert row.decision is not None
    assert row.decision.category is not None  # a frozen row was accepted under one
    return {
        "row_id": row.row_id,
        "split": row.split,
        "category": row.decision.category.slug,
        "severity": row.decision.severity,
        "leads": row.leads,
    }
