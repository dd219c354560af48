"""A request as its adapter gets it: its route found, its body parsed as the route takes it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from feedback.clients.reading import JSON, Arrived, Reading, Route, body_of
from feedback.clients.registry import adapters, route_of
from feedback.json_text import NotJson, value_of

UNREAD = ("application/octet-stream", "text/plain")  # what a client says that says nothing


class ClientUnknown(Exception):
    """There is no client of this name."""


def find(client: str, method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The route of a request. Raises ClientUnknown and RouteUnknown."""
    adapter = adapters().get(client)
    if adapter is None:
        raise ClientUnknown(client)
    return route_of(adapter, method, path)


def arrive(
    client: str,
    method: str,
    path: str,
    body: bytes,
    at: datetime,
    *,
    content_type: str = "",
    query: Mapping[str, Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
    secret: str = "",
    problem: str = "",
) -> Arrived:
    """The request, for its adapter. Raises ClientUnknown and RouteUnknown.

    `problem` is what is wrong with the body already: it could not be unpacked.
    """
    route, names = find(client, method, path)
    media_type = content_type.partition(";")[0].strip().lower()
    value, why = (None, problem) if problem else _read(body, media_type, route.takes)
    return Arrived(
        client=client,
        method=method,
        path=path.rstrip("/"),
        at=at,
        names=names,
        query=query or {},
        headers=headers or {},
        content_type=media_type,
        body=body,
        value=value,
        problem=why,
        secret=secret,
    )


def read(arrived: Arrived) -> Reading:
    """What the client's adapter makes of it."""
    return adapters()[arrived.client].read(arrived)


def again(client: str, original: Mapping[str, object], at: datetime) -> Arrived:
    """A request that nobody could read, as `unreadable` kept it. Raises as `arrive` does."""
    query = original.get("query")
    return arrive(
        client,
        str(original["method"]),
        str(original["path"]),
        body_of(original),
        at,
        content_type=str(original["content_type"]),
        query=query if isinstance(query, dict) else {},
    )


def _read(body: bytes, media_type: str, takes: Sequence[str]) -> tuple[object, str]:
    """The JSON value, where the body is JSON; and why the body is not what the route takes."""
    if not body and JSON not in takes:
        return None, ""
    is_json = media_type == JSON or media_type.endswith("+json")
    if JSON in takes and (is_json or not media_type or media_type in UNREAD):
        return _parsed(body)
    if media_type not in takes:
        return None, f"a body of type {media_type[:60] or 'unknown'} is not taken here"
    return None, ""


def _parsed(body: bytes) -> tuple[object, str]:
    if not body:
        return None, ""
    try:
        return value_of(body), ""
    except NotJson as error:
        return None, f"the body is not JSON: {error}"
