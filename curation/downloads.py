"""A version's file over HTTP: streamed, with its digest as the ETag and its length told."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response

from curation.export import NoSuchFile, lines
from curation.models import DatasetVersion

MEDIA_TYPE = "application/jsonl"


def file_response(request: HttpRequest, version: DatasetVersion, name: str) -> HttpResponseBase:
    """The file, or 304 for someone who has it. Raises NoSuchFile."""
    listed = {file["path"]: file for file in version.manifest.get("files", [])}
    if name not in listed:
        raise NoSuchFile(f"Version {version.number} has no file {name}.")
    etag = f'"{listed[name]["sha256"]}"'
    unchanged = get_conditional_response(request, etag=etag)
    if isinstance(unchanged, HttpResponse):
        return unchanged
    response = StreamingHttpResponse(lines(version, name), content_type=MEDIA_TYPE)
    response["ETag"] = etag
    response["Content-Length"] = str(listed[name]["bytes"])
    response["Cache-Control"] = "private, no-cache"  # it may be kept, and must be asked about
    saved_as = f"{version.project.slug}-v{version.number}-{name.replace('/', '-')}"
    response["Content-Disposition"] = f'attachment; filename="{saved_as}"'
    return response
