"""For machines: what was captured, a page at a time or whole."""

import tempfile
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feedback import reading
from feedback.api import OnlyJson
from feedback.exporting import json_lines, write_parquet
from feedback.read_schema import (
    CorrectionPage,
    GenerationPage,
    QuarantinePage,
    ReactionPage,
    describe_file,
    describe_page,
)
from feedback.serializers import (
    Asked,
    CorrectionFilters,
    GenerationFilters,
    QuarantineFilters,
    ReactionFilters,
    filters_of,
    paging_of,
)
from feedback.telling import told
from governance.access import Ability
from governance.authentication import asked_project
from lib.media_types import JSON_LINES, PARQUET
from lib.pages import BadCursor
from lib.problems import Refused


class Captured(APIView):
    """What was captured of one kind, in one project."""

    http_method_names = ["get", "head", "options"]
    asks_project = True  # governance.authentication.WithinReach
    kind: ClassVar[reading.Kind]
    filters: ClassVar[type[Asked]]
    ability = Ability.READ_CODE

    def rows(self, request: Request) -> QuerySet[Any]:
        """The rows that were asked for, by somebody who may read them."""
        project = asked_project(request, self.ability)
        return self.kind.rows(project, filters_of(request, self.filters))


class Listed(Captured):
    """A page of it, the oldest first."""

    def get(self, request: Request) -> Response:
        most, after = paging_of(request)
        try:
            page = reading.portion(self.kind, self.rows(request), most, after=after)
        except BadCursor as error:
            raise Refused(400, f"{error} Ask again without `after`.") from error
        return Response({"results": [told(row) for row in page.rows], "after": page.after})


class Whole(Captured):
    """All of it as a file."""

    content_negotiation_class = OnlyJson  # the files are what their addresses say

    def get(self, request: Request, suffix: str) -> HttpResponseBase:
        rows = self.rows(request)
        name = f"{self.kind.name}.{suffix}"
        if suffix == "jsonl":
            answer = StreamingHttpResponse(
                json_lines(reading.every(self.kind, rows)), content_type=JSON_LINES
            )
            answer["Content-Disposition"] = f'attachment; filename="{name}"'
            return answer
        file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
        write_parquet(self.kind, reading.portions(self.kind, rows), file)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=name, content_type=PARQUET)


@extend_schema_view(get=describe_page("generations", GenerationFilters, GenerationPage))
class Generations(Listed):
    """Generations."""

    kind, filters = reading.GENERATIONS, GenerationFilters


@extend_schema_view(get=describe_file("generations", GenerationFilters))
class GenerationsFile(Whole):
    """Generations, as a file."""

    kind, filters = reading.GENERATIONS, GenerationFilters


@extend_schema_view(get=describe_page("reactions", ReactionFilters, ReactionPage))
class Reactions(Listed):
    """Reactions."""

    kind, filters = reading.REACTIONS, ReactionFilters


@extend_schema_view(get=describe_file("reactions", ReactionFilters))
class ReactionsFile(Whole):
    """Reactions, as a file."""

    kind, filters = reading.REACTIONS, ReactionFilters


@extend_schema_view(get=describe_page("corrections", CorrectionFilters, CorrectionPage))
class Corrections(Listed):
    """Corrections."""

    kind, filters = reading.CORRECTIONS, CorrectionFilters


@extend_schema_view(get=describe_file("corrections", CorrectionFilters))
class CorrectionsFile(Whole):
    """Corrections, as a file."""

    kind, filters = reading.CORRECTIONS, CorrectionFilters


@extend_schema_view(get=describe_page("quarantine", QuarantineFilters, QuarantinePage))
class Quarantine(Listed):
    """Events in quarantine."""

    kind, filters = reading.QUARANTINE, QuarantineFilters
    ability = Ability.ADMINISTER


@extend_schema_view(get=describe_file("quarantine", QuarantineFilters))
class QuarantineFile(Whole):
    """Events in quarantine, as a file."""

    kind, filters = reading.QUARANTINE, QuarantineFilters
    ability = Ability.ADMINISTER
