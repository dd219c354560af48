"""For machines: which examples were recalled, and recalling one."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from curation import recalls
from curation.export import feedback_id
from curation.models import Example, Recall
from curation.recalls import RecallRefused
from feedback.schema import refusal
from feedback.serializers import Paging, paging_of
from governance.access import Ability, project_for
from governance.models import User
from lib import clock
from lib.pages import BadCursor, page_of
from lib.problems import MEDIA_TYPE, Refused

WRONG = {(400, MEDIA_TYPE): refusal("The question has faults; `errors` names them")}
CONFLICT = {(409, MEDIA_TYPE): refusal("It stands so already; nothing was done")}


class RecallTold(serializers.Serializer[dict[str, object]]):
    """One recall, or one that was taken back."""

    id = serializers.IntegerField()
    example = serializers.IntegerField()
    feedback_id = serializers.CharField(help_text="As the files of dataset versions have it")
    is_recalled = serializers.BooleanField(help_text="False: taken back")
    kind = serializers.CharField(help_text="Empty where it was taken back")
    why = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class RecallPage(serializers.Serializer[dict[str, object]]):
    """A page of recalls, the newest first."""

    results = RecallTold(many=True)
    after = serializers.CharField(allow_null=True)


class RecallAsked(serializers.Serializer[dict[str, object]]):
    """What to recall, and why."""

    feedback_id = serializers.CharField(max_length=300)
    kind = serializers.ChoiceField(choices=Recall.Kind.choices)
    why = serializers.CharField(max_length=300)
    with_near = serializers.BooleanField(
        default=True, help_text="Those as well that say nearly the same in some version"
    )


class TakeBackAsked(serializers.Serializer[dict[str, object]]):
    """What may be learnt from again, and why."""

    feedback_id = serializers.CharField(max_length=300)
    why = serializers.CharField(max_length=300)


class Recalls(APIView):
    """Recalls of a project."""

    @extend_schema(
        operation_id="recalls", parameters=[Paging], responses={200: RecallPage, **WRONG}
    )
    def get(self, request: Request, slug: str) -> Response:
        """Every recall and every one that was taken back, the newest first."""
        project = project_for(request.user, slug, Ability.READ_CODE)
        most, cursor = paging_of(request)
        rows = recalls.in_order(project).select_related("example__correction", "by")
        try:
            page = page_of(rows, ["-id"], most, after=cursor)
        except BadCursor as error:
            raise Refused(400, f"{error} Ask again without `after`.") from error
        return Response({"results": [_told(each) for each in page.rows], "after": page.after})

    @extend_schema(
        operation_id="recall",
        request=RecallAsked,
        responses={201: RecallTold(many=True), **CONFLICT},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Recall an example with what says the same; the answer lists all that were."""
        sent = RecallAsked(data=request.data)
        example = _asked(request, slug, sent)
        told = sent.validated_data
        try:
            made = recalls.recall(
                example,
                told["kind"],
                told["why"],
                _person(request),
                clock.now(),
                with_near=told["with_near"],
            )
        except RecallRefused as error:
            raise Refused(409, str(error)) from error
        return Response([_told(each) for each in made], status=201)


class TakenBack(APIView):
    """Recalls that are taken back."""

    @extend_schema(
        operation_id="take_back_recall",
        request=TakeBackAsked,
        responses={201: RecallTold, **CONFLICT},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Let an example be learnt from again."""
        sent = TakeBackAsked(data=request.data)
        example = _asked(request, slug, sent)
        try:
            made = recalls.take_back(
                example, sent.validated_data["why"], _person(request), clock.now()
            )
        except RecallRefused as error:
            raise Refused(409, str(error)) from error
        return Response(_told(made), status=201)


def _asked(request: Request, slug: str, sent: RecallAsked | TakeBackAsked) -> Example:
    """The example that was asked for, of a project its curator may change."""
    project = project_for(request.user, slug, Ability.CURATE)
    sent.is_valid(raise_exception=True)
    name = str(sent.validated_data["feedback_id"]).removeprefix("fe_")
    rows = Example.objects.select_related("project", "correction")
    return get_object_or_404(rows, project=project, correction__client_id=name)


def _told(each: Recall) -> dict[str, Any]:
    return {
        "id": each.pk,
        "example": each.example_id,
        "feedback_id": feedback_id(each.example.correction.client_id),
        "is_recalled": each.is_recalled,
        "kind": each.kind,
        "why": each.why,
        "by": each.by.username,
        "at": each.at,
    }


def _person(request: Request) -> User:
    assert isinstance(request.user, User)  # project_for refused everybody else
    return request.user
