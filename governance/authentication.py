"""How a script says who it acts for: `Authorization: Bearer emt_…`."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from governance.models import AccessToken, User
from governance.tokens import TokenUnknown, token_for
from lib import clock


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


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its hook has no types
    """The same, for the OpenAPI description; drf-spectacular finds it by its base class."""

    target_class = TokenAuthentication
    name = "accessToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """HTTP bearer."""
        return {"type": "http", "scheme": "bearer", "description": "A personal access token"}
