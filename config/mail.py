"""From a mail server's address to Django's MAILERS."""

from typing import Any
from urllib.parse import unquote, urlsplit


def from_url(url: str) -> dict[str, Any]:
    """The mailer of `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465` (TLS)."""
    parts = urlsplit(url)
    encrypted = parts.scheme == "smtps"
    options = {
        "host": parts.hostname or "",
        "port": parts.port or (465 if encrypted else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": encrypted,
        "use_tls": not encrypted,
        "timeout": 10,
    }
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
