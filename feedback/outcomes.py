"""What came of a generation, in one word: the strongest thing that was said of it.

A correction says more than an edit, an edit more than an acceptance, and so on down. What
happened to the text afterwards (survived, reverted) is told beside it and is no outcome.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, TextChoices
from django.utils.translation import gettext_lazy

from feedback.models import Correction, Generation, Reaction

Kind = Reaction.Kind


class Outcome(TextChoices):
    """The strongest first."""

    CORRECTED = "corrected", gettext_lazy("Corrected")
    EDITED = "edited", gettext_lazy("Edited")
    ACCEPTED = "accepted", gettext_lazy("Accepted")
    REJECTED = "rejected", gettext_lazy("Rejected")
    TIMED_OUT = "timed_out", gettext_lazy("Timed out")
    SHOWN = "shown", gettext_lazy("Shown only")
    UNTOLD = "untold", gettext_lazy("Nothing told")


SAID: Mapping[Outcome, Sequence[str]] = {
    Outcome.EDITED: (Kind.EDITED,),
    Outcome.ACCEPTED: (Kind.ACCEPTED, Kind.COPIED),
    Outcome.REJECTED: (Kind.REJECTED,),
    Outcome.TIMED_OUT: (Kind.TIMED_OUT,),
    Outcome.SHOWN: (Kind.SHOWN,),
}
OF_THEM = Reaction.objects.filter(generation=OuterRef("pk"))
CORRECTIONS = Correction.objects.filter(generation=OuterRef("pk"))


@dataclass(frozen=True)
class Came:
    """What came of a generation; `left` is the share of its text at the last look, if any."""

    outcome: Outcome
    left: float | None = None
    is_reverted: bool = False


def outcome_of(kinds: Set[str], *, is_corrected: bool) -> Outcome:
    """The strongest of what was said. Pure."""
    if is_corrected:
        return Outcome.CORRECTED
    told = (outcome for outcome, saying in SAID.items() if not kinds.isdisjoint(saying))
    return next(told, Outcome.UNTOLD)


def having(rows: QuerySet[Generation], outcome: Outcome) -> QuerySet[Generation]:
    """Those of the generations that came to this, and to nothing stronger."""
    if outcome == Outcome.CORRECTED:
        return rows.filter(Exists(CORRECTIONS))
    order = list(SAID)
    stronger = order[: order.index(outcome)] if outcome in SAID else order
    excluded = [kind for each in stronger for kind in SAID[each]]
    if outcome in SAID:
        rows = rows.filter(Exists(OF_THEM.filter(kind__in=SAID[outcome])))
    if excluded:
        rows = rows.filter(~Exists(OF_THEM.filter(kind__in=excluded)))
    return rows.filter(~Exists(CORRECTIONS))


def what_came_of(generations: Iterable[Generation]) -> dict[int, Came]:
    """By key, in two queries whatever was said."""
    keys = [each.pk for each in generations]
    last = Reaction.objects.filter(generation__in=keys).order_by(
        "generation", "kind", "-occurred_at", "-id"
    )
    said: dict[int, dict[str, float | None]] = {key: {} for key in keys}
    for key, kind, value in last.distinct("generation", "kind").values_list(
        "generation", "kind", "value"
    ):
        said[key][kind] = value
    corrected = set(
        Correction.objects.filter(generation__in=keys).values_list("generation", flat=True)
    )
    return {
        key: Came(
            outcome_of(kinds.keys(), is_corrected=key in corrected),
            kinds.get(Kind.SURVIVED),
            Kind.REVERTED in kinds,
        )
        for key, kinds in said.items()
    }
