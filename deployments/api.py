"""For machines: register a model version, attach an evaluation, ask what is live."""

from typing import Any

import orjson
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from deployments.endpoints import newest_change
from deployments.manifests import BadManifest, Problem
from deployments.models import Endpoint, Manifest, ModelVersion
from deployments.registry import (
    AlreadyRegistered,
    NotWhatWasEvaluated,
    attach_evaluation,
    register,
)
from deployments.reports import BadReport
from deployments.serializers import (
    EvaluationKept,
    EvaluationSent,
    Live,
    ManifestSent,
    VersionKept,
)
from governance.access import Ability, project_for
from governance.models import User
from lib import clock
from lib.problems import Fault, Refused


class ModelVersions(APIView):
    """Model versions of a project."""

    @extend_schema(request=ManifestSent, responses={201: VersionKept, 200: VersionKept})
    def post(self, request: Request, slug: str) -> Response:
        """Register a model version; the same manifest again answers 200 with the first one."""
        project = project_for(request.user, slug, Ability.REGISTER)
        sent = ManifestSent(data=request.data)
        sent.is_valid(raise_exception=True)
        manifest = sent.validated_data["manifest"]
        name = manifest.get("name") if isinstance(manifest, dict) else None
        try:
            version = register(project, name or "", manifest, _person(request), clock.now())
        except BadManifest as error:
            raise _refused("manifest", error.problems) from error
        except AlreadyRegistered as error:
            return Response(VersionKept(error.version).data, status=200)
        return Response(VersionKept(version).data, status=201)


class Evaluations(APIView):
    """Evaluations of one model version."""

    @extend_schema(request=EvaluationSent, responses={201: EvaluationKept})
    def post(self, request: Request, slug: str, pk: int) -> Response:
        """Attach one run of one suite; the same report again is the same evaluation."""
        project = project_for(request.user, slug, Ability.REGISTER)
        version = get_object_or_404(ModelVersion, project=project, pk=pk)
        sent = EvaluationSent(data=request.data)
        sent.is_valid(raise_exception=True)
        suite, report = sent.validated_data["suite"], sent.validated_data["report"]
        what = sent.validated_data.get("manifest_digest", "")
        try:
            kept = attach_evaluation(
                version, suite, report, _person(request), clock.now(), manifest_digest=what
            )
        except BadReport as error:
            raise _refused("report", error.problems) from error
        except NotWhatWasEvaluated as error:
            raise Refused(409, str(error)) from error
        return Response(EvaluationKept(kept).data, status=201)


class LiveVersion(APIView):
    """What one endpoint answers with."""

    @extend_schema(responses={200: Live})
    def get(self, request: Request, slug: str, name: str) -> Response:
        """The live model version, the digest that was signed, and the artifacts under it."""
        project = project_for(request.user, slug, Ability.SEE)
        endpoint = get_object_or_404(
            Endpoint.objects.select_related("live"), project=project, name=name
        )
        return Response(Live(_live(endpoint)).data)


def _person(request: Request) -> User:
    assert isinstance(request.user, User)  # the default permission lets nobody else in
    return request.user


def _live(endpoint: Endpoint) -> dict[str, Any]:
    change, found = newest_change(endpoint), dict.fromkeys(Live().fields)
    found["endpoint"] = endpoint.name
    if endpoint.live is None or change is None:
        return found
    rows = Manifest.objects.filter(model_version=endpoint.live, digest=endpoint.live_digest)
    return found | {
        "id": endpoint.live.pk,
        "model": endpoint.live.name,
        "revision": endpoint.live.revision,
        "digest": endpoint.live_digest,
        "artifacts": orjson.loads(bytes(rows.latest("id").body))["artifacts"],
        "since": change.at,
    }


def _refused(field: str, problems: list[Problem]) -> Refused:
    faults = [Fault(pointer=_pointer(field, each.field), detail=str(each)) for each in problems]
    return Refused(422, f"The {field} cannot be kept. Nothing was.", errors=faults)


def _pointer(field: str, path: str) -> str:
    """artifacts[0].sha256 as the JSON pointer #/manifest/artifacts/0/sha256."""
    steps = path.replace("[", ".").replace("]", "").split(".") if path else []
    return "/".join(["#", field, *steps])
