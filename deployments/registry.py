"""Model versions: registered, amended, evaluated. Nothing here makes anything live."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from curation.models import DatasetVersion
from deployments import manifests, reports
from deployments.manifests import BadManifest, Problem
from deployments.models import Evaluation, Manifest, ModelVersion
from governance.ledger import record
from governance.models import Project, User
from lib.canonical import sha256_hex


class AlreadyRegistered(Exception):
    """A model version of the project has exactly this manifest: `version`."""

    def __init__(self, version: ModelVersion) -> None:
        super().__init__(
            gettext("This manifest is registered already, as {version}.").format(version=version)
        )
        self.version = version


class ManifestUnchanged(Exception):
    """The amended manifest has the same bytes as the one in force."""


class NotWhatWasEvaluated(Exception):
    """The report is about another state of the manifest than the one in force."""


@transaction.atomic
def register(project: Project, name: str, manifest: Any, by: User, now: datetime) -> ModelVersion:
    """Register `manifest` (a JSON value) as the next revision of the model `name`.

    Raises BadManifest, naming each field, and AlreadyRegistered.
    """
    read = _read(manifest, name)
    # Locking the project numbers revisions one after the other and finds a twin that is on its way
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    dataset_version = _dataset_version(project, read)
    digest = manifests.digest_of(read)
    _refuse_twin(project, digest)
    version = ModelVersion.objects.create(
        project=project,
        name=name,
        revision=_next_revision(project, name),
        digest=digest,
        base_model=read.base_model,
        dataset_version=dataset_version,
        registered_by=by,
        registered_at=now,
    )
    _keep(version, read, by, now)
    record(project, by, "model version registered", str(version), now, subject_digest=digest)
    return version


@transaction.atomic
def amend(version: ModelVersion, manifest: Any, by: User, now: datetime) -> ModelVersion:
    """Replace the manifest in force; every approval bound to the old one is void from now on.

    Raises BadManifest, AlreadyRegistered and ManifestUnchanged.
    """
    read = _read(manifest, version.name)
    Project.objects.select_for_update(no_key=True).get(pk=version.project_id)
    stored = locked(version)
    digest, was = manifests.digest_of(read), stored.digest
    if digest == was:
        raise ManifestUnchanged(
            gettext("The manifest is the same, byte for byte. Nothing was changed.")
        )
    _refuse_twin(stored.project, digest)
    stored.digest, stored.base_model = digest, read.base_model
    stored.dataset_version = _dataset_version(stored.project, read)
    stored.save(update_fields=["digest", "base_model", "dataset_version"])
    _keep(stored, read, by, now)
    record(stored.project, by, "manifest amended", str(stored), now, subject_digest=digest, was=was)
    return stored


@transaction.atomic
def attach_evaluation(
    version: ModelVersion,
    suite: str,
    report: Any,
    by: User,
    now: datetime,
    *,
    manifest_digest: str = "",
) -> Evaluation:
    """Attach one run of `suite`; the same report sent again is the same evaluation.

    `manifest_digest` says what was evaluated; without it, the manifest in force. Open promotions
    are about more evidence then, so their approvals are void. Raises BadReport and
    NotWhatWasEvaluated.
    """
    metrics = reports.read(report, suite)
    stored = locked(version)
    if manifest_digest and manifest_digest != stored.digest:
        raise NotWhatWasEvaluated(
            gettext(
                "The report is about manifest {manifest_digest}, and {stored} has"
                " {digest} now. Evaluate it again."
            ).format(manifest_digest=manifest_digest[:12], stored=stored, digest=stored.digest[:12])
        )
    digest = reports.report_digest(suite, stored.digest, metrics)
    about = {"manifest_digest": stored.digest, "suite": suite}
    evaluation, new = stored.evaluations.get_or_create(
        report_digest=digest, defaults={**about, "report": metrics, "by": by, "at": now}
    )
    if new:
        done, what = "evaluation attached", str(stored)
        record(stored.project, by, done, what, now, subject_digest=digest, **about)
    return evaluation


def locked(version: ModelVersion) -> ModelVersion:
    """The row as it is now, and nobody amends or evaluates it until the transaction ends.

    no_key: rows that point at it may still be written, only the row itself stays. Joins only
    what never changes: a joined row is not read again after the wait for the lock.
    """
    rows = ModelVersion.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("project").get(pk=version.pk)


def _read(manifest: Any, name: str) -> manifests.Manifest:
    sent = {"name": name, **manifest} if isinstance(manifest, dict) else manifest
    read = manifests.read(sent)
    if read.name != name:
        raise BadManifest(
            [
                Problem(
                    "name",
                    gettext("is {name}, and this is about {name2}").format(
                        name=read.name, name2=name
                    ),
                )
            ]
        )
    return read


def _next_revision(project: Project, name: str) -> int:
    versions = ModelVersion.objects.filter(project=project, name=name)
    newest: int | None = versions.aggregate(newest=Max("revision"))["newest"]
    return (newest or 0) + 1


def _dataset_version(project: Project, manifest: manifests.Manifest) -> DatasetVersion | None:
    if manifest.dataset_version is None:
        return None
    frozen = DatasetVersion.objects.filter(project=project, content_id=manifest.dataset_version)
    version = frozen.order_by("number").first()
    if version is None:
        needs = gettext("{name} has no dataset version with this content id").format(
            name=project.name
        )
        raise BadManifest([Problem("dataset_version", needs)])
    return version


def _refuse_twin(project: Project, digest: str) -> None:
    twin = ModelVersion.objects.filter(project=project, digest=digest).first()
    if twin is not None:
        raise AlreadyRegistered(twin)


def _keep(version: ModelVersion, manifest: manifests.Manifest, by: User, now: datetime) -> None:
    body = manifests.body_of(manifest)
    Manifest.objects.create(
        model_version=version, body=body, digest=sha256_hex(body), by=by, at=now
    )
