"""From the variables of an OpenID Connect provider to allauth's configuration."""

from typing import Any
from urllib.parse import urlsplit

from config import env


def providers() -> dict[str, Any]:
    """The company's login, where EMEND_OIDC_ISSUER names one; then its client must be named too."""
    issuer = _issuer()
    if not issuer:
        return {}
    company = {
        "provider_id": "company",
        "name": env.text("EMEND_OIDC_NAME", "Single sign-on"),
        "client_id": env.text("EMEND_OIDC_CLIENT_ID"),
        "secret": env.text("EMEND_OIDC_CLIENT_SECRET"),
        "settings": {"server_url": issuer},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [company]}}


def form_targets() -> list[str]:
    """The provider's origin: our login form is redirected there, which form-action must allow."""
    issuer = urlsplit(_issuer())
    return [f"{issuer.scheme}://{issuer.netloc}"] if issuer.netloc else []


def _issuer() -> str:
    return env.url("EMEND_OIDC_ISSUER", "https", "http", default="")
