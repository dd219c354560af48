"""How a script says who it acts for, `Authorization: Bearer emt_…`, and how far that reaches."""

import binascii
from base64 import b64decode
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
        return _person_and_token(secret.strip())

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


class TokenAsPassword(BaseAuthentication):
    """An access token as the password of HTTP Basic, for git and DVC; the name may be any."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        """The person and the token; None when the request carries no name and password."""
        scheme, _, told = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"basic":
            return None
        try:
            _, _, secret = b64decode(told.strip(), validate=True).partition(b":")
        except binascii.Error:
            raise AuthenticationFailed("The name and password cannot be read.") from None
        return _person_and_token(secret)

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Basic realm="Emend", charset="UTF-8"'


def _person_and_token(secret: bytes) -> tuple[User, AccessToken]:
    try:
        token = token_for(secret.decode("ascii", "replace"), clock.now())
    except TokenUnknown:
        raise AuthenticationFailed(
            "No live access token has this secret. It may be revoked or expired;"
            " make another on your access tokens page."
        ) from None
    return token.user, token


class WithinReach(IsAuthenticated):
    """Somebody is there, and asks for no more than their access token reaches.

    A view whose POST changes nothing says `only_reads = True`.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """False for nobody. Raises PermissionDenied and NotFound."""
        token = request.auth
        if isinstance(token, AccessToken):
            reads = request.method in SAFE_METHODS or getattr(view, "only_reads", False)
            if token.scope == AccessToken.Scope.READ and not reads:
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
