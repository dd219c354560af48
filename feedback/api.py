"""Where clients report."""

from collections.abc import Iterable
from typing import cast

from django.conf import settings
from django.http import HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from feedback.answers import answer_batch, answer_one, let_in
from feedback.authentication import HasIngestKey, IngestKeyAuthentication
from feedback.bodies import parsed
from feedback.ingest import MOST, receive
from feedback.schema import describe_feedback
from governance.models import IngestKey
from lib import clock
from lib.problems import Refused


class OnlyJson(BaseContentNegotiation):
    """A client that accepts something else gets JSON all the same: its record is what matters."""

    def select_parser(self, request: Request, parsers: object) -> None:
        return None

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return next(iter(renderers)), "application/json"


class FeedbackView(APIView):
    """One record, or an array of them."""

    authentication_classes = [IngestKeyAuthentication]
    permission_classes = [HasIngestKey]
    content_negotiation_class = OnlyJson
    http_method_names = ["post"]

    @describe_feedback
    def post(self, request: Request) -> HttpResponse:
        key = cast(IngestKey, request.auth)
        body = parsed(request._request, settings.MAX_BODY_BYTES)
        sent = body if isinstance(body, list) else [body]
        if not 1 <= len(sent) <= MOST:
            raise Refused(
                422, f"Send 1 to {MOST} records, not {len(sent)}. Nothing was kept of these."
            )
        headers = let_in(key, len(sent))
        outcomes = receive(key, sent, clock.now())
        answer = answer_batch(sent, outcomes) if sent is body else answer_one(body, *outcomes)
        for name, value in headers.items():
            answer[name] = value
        return answer
