"""From the variables of an OpenID Connect provider to allauth's configuration."""

from typing import Any

from config import env


def providers() -> dict[str, Any]:
    """The company's login, where EMEND_OIDC_ISSUER names one; then its client must be named too."""
    issuer = env.url("EMEND_OIDC_ISSUER", "https", "http", default="")
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
