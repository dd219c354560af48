"""Who reports: a client with an ingest key, which can write and nothing else."""

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from feedback.outage import outage
from governance.keys import KeyUnknown
from governance.models import IngestKey


class IngestKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer emk_…` or `X-API-Key: emk_…`."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, IngestKey] | None:
        """The key, and no person: a key acts for nobody."""
        scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            secret = request.META.get("HTTP_X_API_KEY", "")
        if not secret:
            return None
        try:
            return AnonymousUser(), outage.key_for(secret.strip(), remembered=False)
        except KeyUnknown:
            raise AuthenticationFailed(
                "No live ingest key is this one: it may be mistyped or revoked. Nothing was kept."
            ) from None

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="feedback"'


class HasIngestKey(BasePermission):
    """The request came with a live ingest key."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, IngestKey)


class IngestKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its hook has no types
    """The same, for the OpenAPI description; drf-spectacular finds it by its base class."""

    target_class = IngestKeyAuthentication
    name = ["ingestKey", "ingestKeyHeader"]

    def get_security_definition(self, auto_schema: object) -> list[dict[str, str]]:
        """Either header."""
        told = "An ingest key of one project. It can report, and read nothing"
        return [
            {"type": "http", "scheme": "bearer", "description": told},
            {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": told},
        ]

    def get_security_requirement(self, auto_schema: object) -> list[dict[str, list[str]]]:
        """One of the two is enough."""
        return [{name: []} for name in self.name]
