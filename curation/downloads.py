"""A version's file or export over HTTP: streamed, with an ETag of its content."""

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response

from curation.export import NoSuchFile, lines
from curation.exports.catalogue import pieces_of, tag_of
from curation.models import DatasetVersion
from curation.remains import files_of
from lib.media_types import JSON_LINES, PARQUET

type Download = Callable[[HttpRequest, DatasetVersion, str], HttpResponseBase]

MEDIA_TYPES = {
    ".jsonl": JSON_LINES,
    ".json": "application/json",
    ".md": "text/markdown",
    ".yml": "application/yaml",
    ".parquet": PARQUET,
    ".zip": "application/zip",
}


def file_response(request: HttpRequest, version: DatasetVersion, name: str) -> HttpResponseBase:
    """The file, or 304 for someone who has it; its ETag is its SHA-256. Raises NoSuchFile."""
    listed = {file["path"]: file for file in files_of(version)}
    if name not in listed:
        raise NoSuchFile(f"Version {version.number} has no file {name}.")
    digest = listed[name]["sha256"]
    response = _streamed(request, version, name, digest, lambda: lines(version, name))
    if response.status_code == HttpResponse.status_code:
        response["Content-Length"] = str(listed[name]["bytes"])
    return response


def export_response(request: HttpRequest, version: DatasetVersion, name: str) -> HttpResponseBase:
    """A file of an export or all as a ZIP, or 304 for someone who has it. Raises NoSuchFile."""
    pieces = pieces_of(version, name)
    return _streamed(request, version, name, tag_of(version, name), lambda: pieces)


def _streamed(
    request: HttpRequest,
    version: DatasetVersion,
    name: str,
    tag: str,
    pieces: Callable[[], Iterable[bytes]],
) -> HttpResponseBase:
    etag = f'"{tag}"'
    unchanged = get_conditional_response(request, etag=etag)
    if isinstance(unchanged, HttpResponse):
        return unchanged
    media_type = MEDIA_TYPES[PurePosixPath(name).suffix]
    response = StreamingHttpResponse(pieces(), content_type=media_type)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"  # it may be kept, and must be asked about
    saved_as = f"{version.project.slug}-v{version.number}-{name.replace('/', '-')}"
    response["Content-Disposition"] = f'attachment; filename="{saved_as}"'
    return response
