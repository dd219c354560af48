"""The labelers: pure functions from an example's evidence to an opinion."""

from collections.abc import Callable

from curation.rules import analysers, comment, developer, hardening, reactions, shape, tested
from curation.rules.evidence import Evidence, Opinion

# One voter for each family of tools, in the order a reviewer reads them
LABELERS: tuple[Callable[[Evidence], Opinion], ...] = (
    developer.opinion,
    analysers.opinion,
    hardening.opinion,
    tested.opinion,
    shape.opinion,
    comment.opinion,
    reactions.opinion,
)


def opinions(evidence: Evidence) -> list[Opinion]:
    """What every labeler says of the example."""
    return [labeler(evidence) for labeler in LABELERS]
