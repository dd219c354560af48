"""Who may not sign a promotion, computed from what they did and not from what they declare."""

from collections.abc import Iterable, Mapping

from django.db.models import Count
from django.utils.translation import gettext

from curation.models import DatasetRow, DatasetVersion
from deployments.models import Promotion

# Share of a dataset version's labels, in percent, above which their author judges their own work
MOST_LABELS = 30


def reasons(
    *, proposer: int, registrar: int, amenders: Iterable[int], labels: Mapping[int, int]
) -> dict[int, list[str]]:
    """Per person, what they did that keeps them from signing; worded to follow their name.

    `labels` counts the accepted labels each person decided in the dataset version.
    """
    found: dict[int, list[str]] = {}
    found.setdefault(registrar, []).append(gettext("registered it"))
    for person in sorted(set(amenders) - {registrar}):
        found.setdefault(person, []).append(gettext("amended its manifest"))
    found.setdefault(proposer, []).append(gettext("proposed it"))
    total = sum(labels.values())
    for person, count in labels.items():
        if count * 100 > total * MOST_LABELS:
            share = round(count * 100 / total)
            found.setdefault(person, []).append(
                gettext("decided {share} % of its training labels").format(share=share)
            )
    return found


def conflicts_of(promotion: Promotion) -> dict[int, list[str]]:
    """`reasons` for a promotion as things stand now, by user id."""
    version = promotion.model_version
    return reasons(
        proposer=promotion.proposed_by_id,
        registrar=version.registered_by_id,
        amenders=version.manifests.values_list("by", flat=True),
        labels=labels_by_person(version.dataset_version),
    )


def labels_by_person(version: DatasetVersion | None) -> Mapping[int, int]:
    """How many of the version's rows each person decided."""
    if version is None:
        return {}
    rows = DatasetRow.objects.filter(version=version)
    return dict(rows.values_list("decision__by").annotate(labels=Count("pk")))
