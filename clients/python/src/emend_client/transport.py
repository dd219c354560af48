"""One POST: over TLS that is verified, to the address given and no other, as gzip."""

from __future__ import annotations

import gzip
import http.client
import ipaddress
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import IO, Any
from urllib.parse import urlsplit

from emend_client.answers import Answer, Meaning, understood
from emend_client.version import VERSION

PATH = "/api/v1/feedback"
WORTH_PACKING = 1024  # bytes
LONGEST_ANSWER = 16 * 1024 * 1024  # bytes


class BadAddress(ValueError):
    """The URL is none that records can be sent to."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key to somewhere else; it is an answer like any other."""

    def redirect_request(
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        """Follow nothing."""


def address_of(url: str) -> str:
    """Where records go, for the URL of an Emend or of its feedback API. Raises BadAddress."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadAddress("the URL is not http(s)://host…")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise BadAddress("the URL holds a user, a query or a fragment")
    base = parts._replace(path=parts.path.rstrip("/")).geturl()
    return base if base.endswith(PATH) else base + PATH


def is_here(address: str) -> bool:
    """Is it this machine, so that no proxy is asked and plain HTTP tells nobody?"""
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Transport:
    """Sends bodies to one address with one key."""

    def __init__(
        self, address: str, key: str, timeout: float, context: ssl.SSLContext | None = None
    ) -> None:
        self._address, self._key, self._timeout = address, key, timeout
        tls = urllib.request.HTTPSHandler(context=context or ssl.create_default_context())
        proxies = urllib.request.ProxyHandler({} if is_here(address) else None)
        self._opener = urllib.request.build_opener(proxies, tls, NoRedirect())

    def post(self, records: Sequence[bytes]) -> Answer:
        """Send records, each a JSON object; whatever happens is an Answer."""
        try:
            status, headers, body = self._exchange(b"[" + b",".join(records) + b"]")
        except (OSError, http.client.HTTPException) as error:
            return Answer(Meaning.LATER, f"no answer: {type(error).__name__}: {error}"[:300])
        return understood(status, headers, body, len(records), datetime.now(timezone.utc))

    def _exchange(self, body: bytes) -> tuple[int, Any, bytes]:
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": f"emend-client/{VERSION}",
        }
        if len(body) >= WORTH_PACKING:
            body = gzip.compress(body, 6)
            headers["Content-Encoding"] = "gzip"
        request = urllib.request.Request(self._address, body, headers)  # noqa: S310  # http(s) by address_of
        try:
            response = self._opener.open(request, timeout=self._timeout)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return response.status or 0, response.headers, response.read(LONGEST_ANSWER)
