"""For machines: a project's runs of background work, and what they said."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from curation import run_words
from curation.models import Run, RunLine
from feedback.schema import refusal
from feedback.serializers import Asked, Paging, filters_of, paging_of
from governance.access import Ability, project_for
from lib import clock
from lib.pages import BadCursor, Page, page_of
from lib.problems import MEDIA_TYPE, Refused

WRONG = {(400, MEDIA_TYPE): refusal("The question has faults; `errors` names them")}


class RunsAsked(Asked):
    """Which runs."""

    kind = serializers.ChoiceField(choices=Run.Kind.choices, required=False)
    state = serializers.ChoiceField(choices=list(run_words.BADGES), required=False)


class RunTold(serializers.Serializer[dict[str, object]]):
    """One run as it is now."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Run.Kind.choices)
    state = serializers.ChoiceField(choices=list(run_words.BADGES))
    version = serializers.IntegerField(
        allow_null=True, help_text="The number of the dataset version that is frozen or published"
    )
    by = serializers.CharField(help_text="Who asked for it; empty where it came up by itself")
    is_scheduled = serializers.BooleanField(help_text="In their name, by a schedule")
    asked_at = serializers.DateTimeField()
    begun_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="0 where nobody knows")
    counted = serializers.CharField(help_text="What `done` and `total` count, in words")
    per_second = serializers.FloatField(allow_null=True)
    remaining_seconds = serializers.FloatField(
        allow_null=True, help_text="At that rate, while it runs"
    )
    problem = serializers.CharField(help_text="Why it failed")


class RunPage(serializers.Serializer[dict[str, object]]):
    """A page of runs, the newest first."""

    results = RunTold(many=True)
    after = serializers.CharField(allow_null=True)


class RunLineTold(serializers.Serializer[dict[str, object]]):
    """What a run said, once."""

    at = serializers.DateTimeField()
    level = serializers.ChoiceField(choices=RunLine.Level.choices)
    said = serializers.CharField(help_text="One word for what it says; its figures follow from it")
    figures = serializers.DictField(child=serializers.IntegerField())
    text = serializers.CharField()


class RunLinePage(serializers.Serializer[dict[str, object]]):
    """A page of lines, in the order they were said."""

    results = RunLineTold(many=True)
    after = serializers.CharField(allow_null=True)


class Runs(APIView):
    """Runs of a project."""

    @extend_schema(
        operation_id="runs", parameters=[RunsAsked, Paging], responses={200: RunPage, **WRONG}
    )
    def get(self, request: Request, slug: str) -> Response:
        """Background work of the project, the newest first."""
        project = project_for(request.user, slug, Ability.SEE)
        page = _page(request, run_words.runs_of(project, **filters_of(request, RunsAsked)), ["-id"])
        return Response({"results": [_told(each) for each in page.rows], "after": page.after})


class OneRun(APIView):
    """One run."""

    @extend_schema(operation_id="run", responses=RunTold)
    def get(self, request: Request, slug: str, run: int) -> Response:
        """How far one run is, or what came of it."""
        return Response(_told(_found(request, slug, run)))


class RunLines(APIView):
    """What one run said."""

    @extend_schema(
        operation_id="run_lines", parameters=[Paging], responses={200: RunLinePage, **WRONG}
    )
    def get(self, request: Request, slug: str, run: int) -> Response:
        """Its lines, in order; ask again with `after` for the next."""
        lines = RunLine.objects.filter(run=_found(request, slug, run))
        page = _page(request, lines, ["id"])
        return Response({"results": [_line(each) for each in page.rows], "after": page.after})


def _page[M: Model](request: Request, rows: QuerySet[M], order: Sequence[str]) -> Page[M]:
    most, cursor = paging_of(request)
    try:
        return page_of(rows, order, most, after=cursor)
    except BadCursor as error:
        raise Refused(400, f"{error} Ask again without `after`.") from error


def _found(request: Request, slug: str, pk: int) -> Run:
    project = project_for(request.user, slug, Ability.SEE)
    return get_object_or_404(run_words.runs_of(project), pk=pk)


def _told(run: Run) -> dict[str, Any]:
    told = run_words.told_of(run, clock.now())
    return {
        "id": run.pk,
        "kind": run.kind,
        "state": told.state,
        "version": run.version.number if run.version else None,
        "by": run.by.username if run.by else "",
        "is_scheduled": run.is_scheduled,
        "asked_at": run.asked_at,
        "begun_at": run.begun_at,
        "ended_at": run.ended_at,
        "done": told.done,
        "total": told.total,
        "counted": told.counted,
        "per_second": told.rate,
        "remaining_seconds": told.remaining.total_seconds() if told.remaining else None,
        "problem": run_words.problem_of(run),
    }


def _line(line: RunLine) -> dict[str, Any]:
    return {
        "at": line.at,
        "level": line.level,
        "said": line.said,
        "figures": line.figures,
        "text": run_words.in_words(line),
    }
