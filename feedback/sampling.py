"""Which generations are followed after a decision, where a project follows only a share of them.

Only `survived` is left out: clients report it up to six times for each suggestion. Nobody knows
ahead what will be corrected, so generations and corrections are always kept; and so is every
reaction that the acceptance rate counts, which would lie if only a part of them came.
"""

import hashlib
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from feedback.models import Sampling
from governance.ledger import record
from governance.models import Project, User

LEFT_OUT = "survived"  # the only kind of reaction that a share applies to
ALL = 1.0
SECONDS = 10.0  # after which a process asks again what share is in force

_held: dict[int, tuple[float, float]] = {}  # by project; each process has its own


def follows(share: float, generation: str) -> bool:
    """Whether a generation is among a share: the same answer at any time and on any machine.

    A larger share follows all that a smaller one does.
    """
    digest = hashlib.sha256(generation.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8]) / 2**64 < share


def is_left_out(project_id: int, sent: Mapping[str, Any]) -> bool:
    """Whether a record, as our own API takes it, is of a generation that is not followed."""
    if sent.get("type") != "reaction" or sent.get("kind") != LEFT_OUT:
        return False
    share = share_of(project_id)
    return share < ALL and not follows(share, str(sent.get("generation")))


def share_of(project_id: int) -> float:
    """The share in force; a change is in force everywhere 10 seconds after."""
    until, share = _held.get(project_id, (0.0, ALL))
    if until <= time.monotonic():
        chosen = Sampling.objects.filter(project=project_id).values_list("share", flat=True).first()
        share = ALL if chosen is None else chosen
        _held[project_id] = time.monotonic() + SECONDS, share
    return share


def chosen(project: Project) -> Sampling | None:
    """What the project chose, and who did; None where nobody has."""
    return Sampling.objects.filter(project=project).select_related("set_by").first()


@transaction.atomic
def choose(project: Project, share: float, by: User, now: datetime) -> None:
    """Follow this share of the generations from now on, from 0 to 1."""
    Sampling.objects.update_or_create(
        project=project, defaults={"share": share, "set_by": by, "set_at": now}
    )
    record(project, by, "sampling chosen", f"{share:g}", now, share=f"{share:g}")
    transaction.on_commit(lambda: _held.pop(project.pk, None))
