"""For machines: dataset versions, their manifests, their files and their exports."""

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from curation import remains, summary
from curation.downloads import MEDIA_TYPES, Download, export_response, file_response
from curation.export import NoSuchFile
from curation.exports.catalogue import Offered, offered
from curation.models import DatasetVersion
from curation.serializers import ExportListed, VersionListed, VersionShown
from feedback.api import OnlyJson
from governance.access import Ability, project_for
from lib.media_types import JSON_LINES

NEWEST = 200  # versions listed; older ones are asked for by number


class DatasetVersions(APIView):
    """Dataset versions of a project."""

    @extend_schema(responses=VersionListed(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The newest dataset versions, newest first."""
        project = project_for(request.user, slug, Ability.SEE)
        found = summary.versions_of(project).order_by("-number")[:NEWEST]
        return Response([_listed(version) for version in found])


class OneDatasetVersion(APIView):
    """One dataset version."""

    @extend_schema(responses=VersionShown)
    def get(self, request: Request, slug: str, number: int) -> Response:
        """One dataset version: how far it is, and its manifest once it is frozen."""
        version = _version(request, slug, number, Ability.SEE)
        return Response(
            _listed(version)
            | {
                "problem": version.problem,
                "progress": version.progress,
                "total": version.total,
                "manifest": version.manifest,
            }
            | remains.said_of(version)
        )


class DatasetFile(APIView):
    """One file of a frozen dataset version."""

    content_negotiation_class = OnlyJson  # the files are what their names say

    @extend_schema(
        responses={
            (200, JSON_LINES): OpenApiResponse(OpenApiTypes.BINARY, "The lines, as hashed"),
            304: OpenApiResponse(description="The digest in If-None-Match is still the file's"),
        }
    )
    def get(self, request: Request, slug: str, number: int, name: str) -> HttpResponseBase:
        """The file; its ETag is its SHA-256."""
        return _download(request, slug, number, name, file_response)


class DatasetExports(APIView):
    """What a frozen dataset version can be had as."""

    @extend_schema(responses=ExportListed(many=True))
    def get(self, request: Request, slug: str, number: int) -> Response:
        """Every export with its files; none before the version is frozen."""
        version = _version(request, slug, number, Ability.SEE)
        return Response([_export(each) for each in offered(version)])


class DatasetExportFile(APIView):
    """One file of an export of a frozen dataset version."""

    content_negotiation_class = OnlyJson  # the files are what their names say

    @extend_schema(
        responses={
            **{
                (200, media_type): OpenApiResponse(OpenApiTypes.BINARY, f"A name in {suffix}")
                for suffix, media_type in MEDIA_TYPES.items()
            },
            304: OpenApiResponse(description="What If-None-Match names is still the same"),
        }
    )
    def get(self, request: Request, slug: str, number: int, name: str) -> HttpResponseBase:
        """`trl/dpo/train.jsonl` is one file of an export, `trl.zip` all of them."""
        return _download(request, slug, number, name, export_response)


def _download(
    request: Request, slug: str, number: int, name: str, respond: Download
) -> HttpResponseBase:
    version = _version(request, slug, number, Ability.READ_CODE)
    try:
        return respond(request, version, name)
    except NoSuchFile as error:
        raise NotFound(str(error)) from error


def _version(request: Request, slug: str, number: int, ability: Ability) -> DatasetVersion:
    project = project_for(request.user, slug, ability)
    return get_object_or_404(summary.versions_of(project), number=number)


def _listed(version: DatasetVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "state": version.state,
        "content_id": version.content_id,
        "rows": version.manifest.get("rows", 0),
        "cutoff": version.cutoff,
        "frozen_at": version.frozen_at,
    }


def _export(offered: Offered) -> dict[str, Any]:
    files = [{"name": name, "rows": file.rows} for name, file in offered.named]
    return {"name": offered.format.name, "archive": offered.archive, "files": files}
