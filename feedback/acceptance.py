"""How many of the suggestions that people saw they accepted, by model."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from django.db.models import Count, Q

from feedback.models import Reaction
from governance.models import Project

Kind = Reaction.Kind
Z = 1.959964  # 95 % of a normal distribution lie within so many standard deviations

# What only happens to a suggestion that somebody saw; not every client reports "shown"
SEEN = (Kind.SHOWN, Kind.ACCEPTED, Kind.REJECTED, Kind.TIMED_OUT, Kind.COPIED, Kind.EDITED)
COUNTS: Mapping[str, Count] = {
    "seen": Count("generation", distinct=True),
    "taken": Count("generation", distinct=True, filter=Q(kind=Kind.ACCEPTED)),
}


@dataclass(frozen=True)
class Acceptance:
    """One model's suggestions in a time: seen, accepted, and the share with its 95 % interval."""

    model_name: str
    shown: int
    accepted: int
    share: float
    low: float
    high: float


def by_model(project: Project, since: datetime, until: datetime) -> list[Acceptance]:
    """Each model's acceptance, by its name as clients report it."""
    seen = Reaction.objects.filter(
        project=project, kind__in=SEEN, occurred_at__gte=since, occurred_at__lt=until
    )
    rows = seen.values_list("generation__model_name").annotate(**COUNTS)
    return [
        Acceptance(name, shown, accepted, accepted / shown, *wilson(accepted, shown))
        for name, shown, accepted in rows.order_by("generation__model_name")
    ]


def wilson(accepted: int, shown: int) -> tuple[float, float]:
    """The 95 % score interval of a share; honest for few cases and near 0 and 1.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927); equation 4 of Brown, Cai and
    DasGupta, Statistical Science 16 (2001).
    """
    share, z2 = accepted / shown, Z * Z
    middle = (share + z2 / (2 * shown)) / (1 + z2 / shown)
    half = Z / (1 + z2 / shown) * sqrt(share * (1 - share) / shown + z2 / (4 * shown * shown))
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
