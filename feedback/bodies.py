"""A request's body: measured before anything reads it, inflated within limits, parsed exactly."""

import json
import re
import zlib
from typing import Any

from django.http import HttpRequest
from pydantic_core import from_json

from lib.problems import Refused

GZIP = 31  # zlib's name for the gzip format
HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # the escape of half a surrogate pair


def parsed(request: HttpRequest, limit: int) -> Any:
    """The JSON value in the body. Raises Refused: 400, 413 or 415."""
    if request.content_type != "application/json":
        raise Refused(415, "Send JSON, with Content-Type: application/json.")
    if (request.content_params or {}).get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise Refused(415, "JSON is UTF-8; send no other charset.")
    data = _read(request, limit)
    match request.headers.get("Content-Encoding", "identity").strip().lower():
        case "gzip":
            data = _inflated(data, limit)
        case "identity" | "":
            pass
        case other:
            accepted = {"Accept-Encoding": "gzip, identity"}
            raise Refused(415, f"Send the body plain or as gzip, not {other!r}.", headers=accepted)
    return _value(data)


def _read(request: HttpRequest, limit: int) -> bytes:
    stated = request.META.get("CONTENT_LENGTH") or ""
    if stated.isascii() and stated.isdigit():
        if int(stated) > limit:
            raise _too_large(limit)
        data: bytes = request.read(limit + 1)
    elif request.META.get("wsgi.input_terminated"):  # chunked: Django would read nothing
        data = request.META["wsgi.input"].read(limit + 1)
    else:
        raise Refused(411, "Send a Content-Length.")
    if len(data) > limit:
        raise _too_large(limit)
    return data


def _inflated(data: bytes, limit: int) -> bytes:
    """The content of one gzip member, never more than `limit` bytes of it in memory."""
    stream = zlib.decompressobj(GZIP)
    try:
        content = stream.decompress(data, limit + 1)
    except zlib.error as error:
        raise Refused(400, f"The body is not gzip: {error}.") from None
    if len(content) > limit:
        raise _too_large(limit)
    if not stream.eof or stream.unused_data:
        raise Refused(400, "The gzip body is cut short, or something follows it.")
    return content


def _value(data: bytes) -> Any:
    try:
        return from_json(data, allow_inf_nan=False, cache_strings="keys")
    except ValueError as error:
        if HALF.search(data):
            return _with_halves(data)
        raise _malformed(error) from None


def _with_halves(data: bytes) -> Any:
    """The same by a parser that lets half a surrogate pair pass, so that its field is named."""
    try:
        return json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _malformed(error) from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _malformed(error: Exception) -> Refused:
    return Refused(400, f"The body is not JSON, and nothing was kept: {error}.")


def _too_large(limit: int) -> Refused:
    return Refused(
        413, f"The body is over {limit} bytes, and nothing was kept. Send fewer records at a time."
    )
