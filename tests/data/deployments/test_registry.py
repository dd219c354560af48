import orjson
import pytest
from django.db import IntegrityError, transaction

from curation.models import DatasetVersion
from deployments.manifests import BadManifest
from deployments.models import Evaluation, Manifest, ModelVersion
from deployments.registry import (
    AlreadyRegistered,
    ManifestUnchanged,
    NotWhatWasEvaluated,
    amend,
    attach_evaluation,
    register,
)
from deployments.reports import BadReport
from governance.models import LedgerEntry
from lib.canonical import sha256_hex
from lib.clock import now
from tests.builders import make_curator, make_project
from tests.deployments_builders import REPORT, a_manifest, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def curator(project):
    return make_curator(project)


def frozen(project, content_id="d" * 64):
    return DatasetVersion.objects.create(
        project=project,
        number=1,
        state="frozen",
        recipe={},
        cutoff=now(),
        requested_by=make_curator(project),
        content_id=content_id,
        frozen_at=now(),
    )


def test_a_registered_version_is_its_manifests_bytes(project, curator):
    manifest = a_manifest()
    version = register(project, "ember-7b", manifest, curator, now())
    kept = version.manifests.get()
    assert str(version) == "ember-7b r1"
    assert version.digest == kept.digest == sha256_hex(bytes(kept.body))
    assert orjson.loads(bytes(kept.body))["artifacts"] == manifest["artifacts"]
    entry = LedgerEntry.objects.get(action="model version registered")
    assert (entry.actor, entry.subject_digest) == (curator, version.digest)


def test_revisions_are_counted_per_model(project, curator):
    names = ["ember-7b", "ember-7b", "ember-3b"]
    made = [str(make_version(project, curator, name=name)) for name in names]
    assert made == ["ember-7b r1", "ember-7b r2", "ember-3b r1"]


def test_the_same_manifest_again_names_the_version_that_has_it(project, curator):
    manifest = a_manifest()
    first = register(project, "ember-7b", manifest, curator, now())
    with pytest.raises(AlreadyRegistered, match="ember-7b r1") as refused:
        register(project, "ember-7b", manifest, curator, now())
    assert refused.value.version == first
    assert ModelVersion.objects.count() == Manifest.objects.count() == 1


def test_not_even_postgresql_keeps_a_manifest_twice(project, curator):
    version = make_version(project, curator)
    twin = ModelVersion(
        project=project,
        name="ember-7b",
        revision=9,
        digest=version.digest,
        registered_by=curator,
        registered_at=now(),
    )
    with pytest.raises(IntegrityError, match="model_version_manifest_once"), transaction.atomic():
        twin.save()


def test_a_dataset_version_is_linked_by_its_content_id(project, curator):
    dataset = frozen(project)
    version = make_version(project, curator, dataset_version=dataset.content_id)
    assert version.dataset_version == dataset


def test_a_dataset_version_of_another_project_is_refused(project, curator):
    elsewhere = frozen(make_project())
    with pytest.raises(BadManifest, match="dataset_version: .* has no dataset version"):
        make_version(project, curator, dataset_version=elsewhere.content_id)
    assert not ModelVersion.objects.exists()


def test_a_manifest_is_about_the_model_it_is_registered_as(project, curator):
    with pytest.raises(BadManifest, match="name: is other"):
        register(project, "ember-7b", a_manifest(name="other"), curator, now())


def test_amending_keeps_the_old_manifest_and_moves_the_digest(project, curator):
    version = make_version(project, curator)
    was = version.digest
    amended = amend(version, a_manifest(notes="other weights"), curator, now())
    assert amended.digest != was
    assert set(version.manifests.values_list("digest", flat=True)) == {was, amended.digest}
    entry = LedgerEntry.objects.get(action="manifest amended")
    assert orjson.loads(bytes(entry.body))["details"] == {"was": was}


def test_amending_to_the_same_bytes_changes_nothing(project, curator):
    manifest = a_manifest()
    version = register(project, "ember-7b", manifest, curator, now())
    with pytest.raises(ManifestUnchanged):
        amend(version, manifest, curator, now())
    assert version.manifests.count() == 1


def test_amending_may_add_and_take_away_the_dataset_version(project, curator):
    dataset = frozen(project)
    version = make_version(project, curator)
    amend(version, a_manifest(dataset_version=dataset.content_id), curator, now())
    version.refresh_from_db()
    assert version.dataset_version == dataset
    amend(version, a_manifest(), curator, now())
    version.refresh_from_db()
    assert version.dataset_version is None


def test_amending_to_another_versions_manifest_names_it(project, curator):
    manifest = a_manifest()
    register(project, "ember-7b", manifest, curator, now())
    second = make_version(project, curator)
    with pytest.raises(AlreadyRegistered, match="ember-7b r1"):
        amend(second, manifest, curator, now())


def test_an_evaluation_is_bound_to_the_manifest_that_was_evaluated(project, curator):
    version = make_version(project, curator, evaluated=False)
    evaluation = attach_evaluation(version, "house-tasks 1", REPORT, curator, now())
    assert evaluation.manifest_digest == version.digest
    assert evaluation.report == REPORT
    entry = LedgerEntry.objects.get(action="evaluation attached")
    assert entry.subject_digest == evaluation.report_digest


def test_the_same_report_sent_again_is_the_same_evaluation(project, curator):
    version = make_version(project, curator, evaluated=False)
    sent = [attach_evaluation(version, "s", REPORT, curator, now()) for _ in range(2)]
    assert sent[0] == sent[1]
    assert LedgerEntry.objects.filter(action="evaluation attached").count() == 1


def test_a_report_about_an_amended_manifest_is_refused(project, curator):
    version = make_version(project, curator, evaluated=False)
    was = version.digest
    amend(version, a_manifest(), curator, now())
    with pytest.raises(NotWhatWasEvaluated, match="Evaluate it again"):
        attach_evaluation(version, "s", REPORT, curator, now(), manifest_digest=was)
    assert not Evaluation.objects.exists()


@pytest.mark.parametrize(("suite", "report"), [("", REPORT), ("s", {}), ("a\x00", REPORT)])
def test_a_bad_report_leaves_no_trace(project, curator, suite, report):
    version = make_version(project, curator, evaluated=False)
    with pytest.raises(BadReport):
        attach_evaluation(version, suite, report, curator, now())
    assert not Evaluation.objects.exists()
