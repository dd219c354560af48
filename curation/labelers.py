"""The labelers: whom to ask about an example, in the order a reviewer reads them."""

from collections.abc import Callable

from curation.rules import (
    analysers,
    comment,
    developer,
    hardening,
    learned,
    reactions,
    shape,
    tested,
)
from curation.rules.evidence import Evidence, Opinion
from curation.rules.learned import Voter

# One voter for each family of tools
LABELERS: tuple[Callable[[Evidence], Opinion], ...] = (
    developer.opinion,
    analysers.opinion,
    hardening.opinion,
    tested.opinion,
    shape.opinion,
    comment.opinion,
    reactions.opinion,
)


def opinions(
    evidence: Evidence, *, is_learned: bool = True, voter: Voter | None = None
) -> list[Opinion]:
    """What every labeler says of the example, the learned voter last.

    `voter` is the project's own, or else the one that comes with Emend; where not `is_learned`
    nothing is asked that was learnt.
    """
    said = [labeler(evidence) for labeler in LABELERS]
    return [*said, learned.opinion(evidence, voter)] if is_learned else said
