"""Who decided much of a dataset version may not sign the model that was trained on it."""

import pytest

from deployments.conflicts import conflicts_of, labels_by_person
from deployments.promotion import MayNotSign
from tests.builders import make_lead, make_project
from tests.curation_builders import make_accepted, make_frozen
from tests.deployments_builders import approve, make_promotion, make_version

pytestmark = pytest.mark.django_db


def promotion_after(decided, others):
    """A promotion of a model trained on rows of which one lead decided so many."""
    project = make_project()
    lead = make_lead(project)
    for n in range(decided):
        make_accepted(project, by=lead, repository=f"acme/mine-{n}", client_id=f"mine-{n}")
    dataset = make_frozen(project, rows=others)
    version = make_version(project, dataset_version=dataset.content_id)
    return make_promotion(version=version), lead


def test_labels_are_counted_per_person():
    promotion, lead = promotion_after(decided=2, others=1)
    labels = labels_by_person(promotion.model_version.dataset_version)
    assert labels[lead.pk] == 2
    assert sum(labels.values()) == 3


def test_who_decided_most_of_its_labels_may_not_sign():
    promotion, lead = promotion_after(decided=2, others=3)
    assert conflicts_of(promotion)[lead.pk] == ["decided 40 % of its training labels"]
    with pytest.raises(MayNotSign, match="You decided 40 % of its training labels"):
        approve(promotion, lead)


def test_who_decided_few_of_them_may():
    promotion, lead = promotion_after(decided=1, others=3)
    assert approve(promotion, lead).by == lead
