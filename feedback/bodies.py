"""A request's body: measured before anything reads it, inflated within limits, parsed exactly."""

import zlib
from typing import Any

from backports import zstd
from django.http import HttpRequest
from rest_framework.parsers import BaseParser

from feedback.json_text import NotJson, value_of
from lib.problems import Refused

MOST_BYTES = 2 * 1024 * 1024  # of a body that is no feedback; the forms for the same take no more
BODILESS = ("GET", "HEAD", "DELETE", "OPTIONS")  # where no length means no body
WINDOW = 23  # 8 MiB, the most that a frame may make us hold (RFC 8878, 3.1.1.1.2 asks for so much)
GZIP = 31  # zlib's name for the gzip format


class JsonBody(BaseParser):
    """What every other API reads its bodies with: DRF's own reads as much as is sent."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The JSON value in the body. Raises Refused: 400, 411, 413 or 415."""
        return parsed(parser_context["request"]._request, MOST_BYTES)


def parsed(request: HttpRequest, limit: int) -> Any:
    """The JSON value in the body. Raises Refused: 400, 411, 413 or 415."""
    if request.content_type != "application/json":
        raise Refused(415, "Send JSON, with Content-Type: application/json.")
    if (request.content_params or {}).get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise Refused(415, "JSON is UTF-8; send no other charset.")
    return _value(unpacked(request, packed(request, limit), limit))


def unpacked(request: HttpRequest, data: bytes, limit: int) -> bytes:
    """What the request's body holds, inflated. Raises Refused: 400, 413 or 415."""
    match request.headers.get("Content-Encoding", "identity").strip().lower():
        case "gzip" | "x-gzip":
            return _inflated(data, limit)
        case "zstd":
            return _expanded(data, limit)
        case "identity" | "":
            return data
        case other:
            accepted = {"Accept-Encoding": "gzip, zstd, identity"}
            told = f"Send the body plain, as gzip or as zstd, not {other!r}."
            raise Refused(415, told, headers=accepted)


def packed(request: HttpRequest, limit: int) -> bytes:
    """The request's body as it was sent. Raises Refused: 400, 411 or 413."""
    stated = request.META.get("CONTENT_LENGTH") or ""
    if stated.isascii() and stated.isdigit():
        if int(stated) > limit:
            raise _too_large(limit)
        data: bytes = request.read(limit + 1)
        if len(data) < int(stated):  # as RFC 9112, 8 has it: an incomplete message is no message
            raise Refused(400, "The body was cut off, and nothing was kept.")
    elif request.META.get("wsgi.input_terminated"):  # chunked: Django would read nothing
        data = request.META["wsgi.input"].read(limit + 1)
    elif request.method in BODILESS:
        data = b""
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


def _expanded(data: bytes, limit: int) -> bytes:
    """The content of one zstd frame, never more than `limit` bytes of it in memory."""
    stream = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: WINDOW})
    try:
        unpacked = stream.decompress(data, limit + 1)
    except zstd.ZstdError as error:
        raise Refused(400, f"The body is not zstd: {error}.") from None
    if len(unpacked) > limit:
        raise _too_large(limit)
    if not stream.eof or stream.unused_data:
        raise Refused(400, "The zstd body is cut short, or something follows it.")
    return unpacked


def _value(data: bytes) -> Any:
    try:
        return value_of(data)
    except NotJson as error:
        raise _malformed(error) from None


def _malformed(error: Exception) -> Refused:
    return Refused(400, f"The body is not JSON, and nothing was kept: {error}.")


def _too_large(limit: int) -> Refused:
    return Refused(
        413, f"The body is over {limit} bytes, and nothing was kept. Send less at a time."
    )
