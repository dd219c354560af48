"""What a reader of the API may ask for, checked; a name that is no filter is refused."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from feedback.models import Quarantined, Reaction, Severity

MOST = 200
BESIDE = {"project"}  # `governance.authentication.asked_project` reads it


class Asked(serializers.Serializer[Any]):
    """Query parameters; every one of them is known."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(self.initial_data.keys() - self.fields.keys() - BESIDE)
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                {name: [f"There is no such filter; there are {known}."] for name in unknown}
            )
        return attrs


class Times(Asked):
    """What every kind is filtered by."""

    since = serializers.DateTimeField(required=False, help_text="Came then or later")
    until = serializers.DateTimeField(required=False, help_text="Came earlier")


class RecordFilters(Times):
    """What every record is filtered by."""

    id = serializers.CharField(required=False, help_text="As its client named it")
    developer = serializers.CharField(required=False)
    session = serializers.CharField(required=False)


class GenerationFilters(RecordFilters):
    """Which generations."""

    model = serializers.CharField(required=False)
    language = serializers.CharField(required=False)
    repository = serializers.CharField(required=False)
    file_path = serializers.CharField(required=False)


class ReactionFilters(RecordFilters):
    """Which reactions."""

    generation = serializers.CharField(required=False, help_text="The id of what they speak of")
    kind = serializers.ChoiceField(Reaction.Kind.choices, required=False)


class CorrectionFilters(RecordFilters):
    """Which corrections."""

    generation = serializers.CharField(required=False, help_text="The id of what they correct")
    category = serializers.CharField(required=False, help_text="As its client named it")
    severity = serializers.ChoiceField(Severity.choices, required=False)


class QuarantineFilters(Times):
    """Which events in quarantine."""

    state = serializers.ChoiceField(Quarantined.State.choices, required=False)
    client = serializers.CharField(required=False)


class Paging(serializers.Serializer[Any]):
    """Which page."""

    limit = serializers.IntegerField(
        min_value=1, max_value=MOST, default=50, help_text="Fewer come where their texts are long"
    )
    after = serializers.CharField(
        default="", allow_blank=True, help_text="As the page before said it"
    )


def filters_of(request: Request, shape: type[Asked]) -> dict[str, Any]:
    """What was asked for, without what only pages a list. Raises ValidationError."""
    sent = {name: value for name, value in request.query_params.items() if name not in PAGING}
    asked = shape(data=sent)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def paging_of(request: Request) -> tuple[int, str]:
    """How many rows at most, and after which cursor. Raises ValidationError."""
    asked = Paging(data=request.query_params)
    asked.is_valid(raise_exception=True)
    return asked.validated_data["limit"], asked.validated_data["after"]


PAGING = frozenset(Paging().fields)
