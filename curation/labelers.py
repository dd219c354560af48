"""The labelers: whom to ask about an example, in the order a reviewer reads them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from curation.rules import (
    analysers,
    comment,
    developer,
    hardening,
    learned,
    reactions,
    shape,
    tested,
    written,
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


@dataclass(frozen=True)
class Panel:
    """Who votes in a project, and how much each counts; as it stands, what comes with Emend."""

    voter: learned.Voter | None = None
    rules: tuple[written.Rule, ...] = ()
    rules_version: int = 1
    weights: Mapping[str, int] = field(default_factory=dict)  # percent, by labeler


def opinions(
    evidence: Evidence, panel: Panel | None = None, *, is_learned: bool = True
) -> list[Opinion]:
    """What every labeler says of the example; where not `is_learned`, nothing that was learnt.

    A labeler that is switched off is asked all the same: what it would have said is how a curator
    sees whether to switch it on again.
    """
    asked = panel or Panel()
    said = [labeler(evidence) for labeler in LABELERS]
    if asked.rules:
        said.append(written.opinion(evidence, asked.rules, asked.rules_version))
    return [*said, learned.opinion(evidence, asked.voter)] if is_learned else said
