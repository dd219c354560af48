"""The labelers: whom to ask about an example, in the order a reviewer reads them."""

from collections.abc import Callable

from curation.learned.model import Model
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
    evidence: Evidence, *, is_learned: bool = True, model: Model | None = None
) -> list[Opinion]:
    """What every labeler says of the example, the learned voter last.

    `model` is the one it asks, or else the one that comes with Emend; where not `is_learned` it
    is not asked.
    """
    said = [labeler(evidence) for labeler in LABELERS]
    return [*said, learned.opinion(evidence, model)] if is_learned else said
