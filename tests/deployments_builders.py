"""Builders of model versions, evaluations and promotions, through the verbs that people use."""

from itertools import count

from deployments.endpoints import newest_change
from deployments.promotion import promote, propose, sign_off
from deployments.registry import attach_evaluation, register
from deployments.subjects import subject_of
from lib.clock import now
from tests.builders import make_curator, make_lead, make_project

artifacts = count(1)
REPORT = {"pass@1": {"value": "0.412", "low": "0.371", "high": "0.454", "n": 560}}


def a_manifest(**changes):
    """A good manifest, other bytes each time."""
    number = next(artifacts)
    return {
        "name": "ember-7b",
        "base_model": "ember-7b-base",
        "artifacts": [{"path": "weights.safetensors", "sha256": f"{number:064x}", "bytes": 1000}],
        "dataset_version": None,
    } | changes


def make_version(project=None, by=None, evaluated=True, **changes):
    """A registered model version with one evaluation."""
    project = project or make_project()
    by = by or make_curator(project)
    manifest = a_manifest(**changes)
    version = register(project, manifest["name"], manifest, by, now())
    if evaluated:
        attach_evaluation(version, "house-tasks 1", REPORT, by, now())
    return version


def make_promotion(project=None, version=None, endpoint="complete", by=None):
    """An open promotion, nobody has signed."""
    version = version or make_version(project)
    return propose(version, endpoint, "better", by or make_curator(version.project), now())


def shown(promotion):
    """The subject digest that a page opened now would carry."""
    promotion.refresh_from_db()
    return subject_of(promotion).digest


def approve(promotion, by=None):
    by = by or make_lead(promotion.project)
    return sign_off(promotion, by, "approved", shown(promotion), now(), method="password")


def make_live(version=None, project=None, endpoint="complete"):
    """A model version made live the way it has to be: proposed, signed by two, promoted."""
    promotion = make_promotion(project, version, endpoint)
    approve(promotion)
    lead = approve(promotion).by
    promote(promotion, lead, shown(promotion), now())
    promotion.endpoint.refresh_from_db()
    return promotion.endpoint


def seen(endpoint):
    newest = newest_change(endpoint)
    return newest.pk if newest else 0
