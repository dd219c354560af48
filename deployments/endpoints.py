"""What answers on an endpoint, what answered before, and the way back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from deployments.models import Endpoint, LiveChange, ModelVersion, Promotion
from governance.ledger import record
from governance.models import User

Kind = LiveChange.Kind


class NothingBefore(Exception):
    """There is no earlier model version to go back to."""


class LiveMoved(Exception):
    """What is live changed since the person looked."""


@dataclass(frozen=True)
class Step:
    """One change of what is live, as far as the way back is concerned."""

    kind: str
    version: int
    digest: str


def before(steps: Iterable[Step]) -> Step | None:
    """What was live before what is live now; None where that is the first.

    A rollback takes the newest promotion off the pile, so that rolling back twice goes back two
    steps and never to what was just left.
    """
    pile: list[Step] = []
    for step in steps:
        if step.kind == Kind.ROLLED_BACK:
            pile.pop()
        else:
            pile.append(step)
    return pile[-2] if len(pile) > 1 else None


def before_on(endpoint: Endpoint) -> Step | None:
    """`before` for an endpoint as it stands."""
    changes = endpoint.changes.order_by("id").values_list("kind", "model_version", "digest")
    return before(Step(*change) for change in changes)


def newest_change(endpoint: Endpoint) -> LiveChange | None:
    """The change that made live what is live."""
    return endpoint.changes.order_by("-id").first()


def locked(endpoint: Endpoint) -> Endpoint:
    """The row as it is now; what is live stays so until the transaction ends."""
    rows = Endpoint.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("project").get(pk=endpoint.pk)


@transaction.atomic
def roll_back(
    endpoint: Endpoint, by: User, reason: str, now: datetime, *, seen: int | None = None
) -> LiveChange:
    """Make live again what was live before; one person, no approval, at once.

    `seen` is the newest change the person saw; where there is a newer one, they would roll back
    something else than they mean (or the same thing twice): LiveMoved. Raises NothingBefore.
    """
    stored = locked(endpoint)
    refuse_if_moved(stored, seen)
    back = before_on(stored)
    if back is None:
        raise NothingBefore(
            gettext("{stored} has answered with nothing else before. Nothing was changed.").format(
                stored=stored
            )
        )
    version = ModelVersion.objects.get(pk=back.version)
    return go_live(stored, version, back.digest, Kind.ROLLED_BACK, by, now, reason=reason)


def refuse_if_moved(endpoint: Endpoint, seen: int | None) -> None:
    """Raises LiveMoved where `seen` is not the newest change (0 for none) of a locked endpoint."""
    newest = newest_change(endpoint)
    if seen is not None and seen != (newest.pk if newest else 0):
        raise LiveMoved(
            gettext(
                "What {endpoint} answers with changed since you opened this page: it is"
                " {value} now. Nothing was done a second time."
            ).format(endpoint=endpoint, value=endpoint.live or gettext("nothing"))
        )


def go_live(
    endpoint: Endpoint,
    version: ModelVersion,
    digest: str,
    kind: Kind,
    by: User,
    now: datetime,
    *,
    promotion: Promotion | None = None,
    reason: str = "",
) -> LiveChange:
    """Write what a locked endpoint answers with from now on, and the record of it."""
    replaced = endpoint.live
    endpoint.live, endpoint.live_digest = version, digest
    endpoint.save(update_fields=["live", "live_digest"])
    record(
        endpoint.project,
        by,
        "model version promoted" if kind == Kind.PROMOTED else "endpoint rolled back",
        f"{version} on {endpoint}",
        now,
        subject_digest=digest,
        promotion=promotion.pk if promotion else None,
        reason=reason,
        replaced=str(replaced) if replaced else None,
    )
    return LiveChange.objects.create(
        endpoint=endpoint,
        kind=kind,
        model_version=version,
        digest=digest,
        replaced=replaced,
        promotion=promotion,
        reason=reason,
        by=by,
        at=now,
    )
