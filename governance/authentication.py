"""How a script says who it acts for, `Authorization: Bearer emt_…`, and how far that reaches."""

from typing import TYPE_CHECKING

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotFound, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request

from governance.access import Ability, project_for
from governance.models import AccessToken, Project, User
from governance.tokens import TokenUnknown, token_for
from lib import clock
from lib.problems import Refused

if TYPE_CHECKING:  # DRF's views read this module's classes while they are defined
    from rest_framework.views import APIView


class TokenAuthentication(BaseAuthentication):
    """A personal access token; the request may do what its person may."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        """The person and the token; None when the request carries no bearer token."""
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        try:
            token = token_for(secret.strip().decode("ascii", "replace"), clock.now())
        except TokenUnknown:
            raise AuthenticationFailed(
                "No live access token has this secret. It may be revoked or expired;"
                " make another on your access tokens page."
            ) from None
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


class WithinReach(IsAuthenticated):
    """Somebody is there, and asks for no more than their access token reaches."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """False for nobody. Raises PermissionDenied and NotFound."""
        token = request.auth
        if isinstance(token, AccessToken):
            if token.scope == AccessToken.Scope.READ and request.method not in SAFE_METHODS:
                raise PermissionDenied("This access token may only read. Nothing was done.")
            if token.project is not None and not _reaches(token.project, view):
                raise NotFound
        return super().has_permission(request, view)


def _reaches(project: Project, view: "APIView") -> bool:
    """Whether the address is the project's; one that names none has to ask `asked_project`."""
    slug = view.kwargs.get("slug")
    return slug == project.slug if slug else getattr(view, "asks_project", False)


def asked_project(request: Request, ability: Ability) -> Project:
    """The project of an address that names none: the token's own, or what `?project=` says.

    For views with `asks_project = True`. Raises Refused, and what `project_for` raises.
    """
    own = request.auth.project if isinstance(request.auth, AccessToken) else None
    slug = request.query_params.get("project", own.slug if own else "")
    if not slug:
        raise Refused(422, "Say which project, as in ?project=SLUG, or use a token of one project.")
    if own is not None and slug != own.slug:
        raise NotFound
    return project_for(request.user, slug, ability)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its hook has no types
    """The same, for the OpenAPI description; drf-spectacular finds it by its base class."""

    target_class = TokenAuthentication
    name = "accessToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """HTTP bearer."""
        return {"type": "http", "scheme": "bearer", "description": "A personal access token"}
