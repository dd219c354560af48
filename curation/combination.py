"""How a project's votes become a label, once its verdicts of random order show a better way.

A stacker adds to the logarithms of Dawid and Skene's posterior what a project's verdicts taught it
of each voter and of each silence, and a temperature makes what is said as sure as it proved to be.
Without either it is `curation.voting.posterior`. Plain numbers: nothing is imported to vote.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any

from curation.categories import TOP
from curation.voting import ALL_WHOLE, WHOLE, posterior

SILENT = "silent"
SAYINGS = (*TOP, SILENT)  # what a voter can say: abstaining is one of them

type Votes = Sequence[tuple[str, str | None]]
type Row = tuple[float, ...]


@dataclass(frozen=True)
class Stacked:
    """What each saying of each voter adds to each category's logarithm."""

    voters: tuple[str, ...]
    adds: tuple[Row, ...]  # by feature, one for each of TOP
    bias: Row

    def shares(self, votes: Votes, weights: Mapping[str, int] = ALL_WHOLE) -> dict[str, float]:
        """The probability of each category. A weight counts for what was learnt, too."""
        before = posterior(votes, weights)
        added = list(self.bias)
        for place, heard in sayings(votes, weights, self.voters):
            added = [one + heard * each for one, each in zip(added, self.adds[place], strict=True)]
        return _normal({slug: log(before[slug]) + added[n] for n, slug in enumerate(TOP)})

    def to_json(self) -> dict[str, Any]:
        """As a row keeps it."""
        return {"voters": list(self.voters), "adds": [list(row) for row in self.adds]} | {
            "bias": list(self.bias)
        }

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Stacked":
        """The one that a row keeps."""
        adds = tuple(tuple(row) for row in told["adds"])
        return cls(tuple(told["voters"]), adds, tuple(told["bias"]))


@dataclass(frozen=True)
class Combination:
    """From votes and weights to the share of each category, as `voting.aggregate` asks for it."""

    stacked: Stacked | None = None
    temperature: float = 1.0

    def __call__(self, votes: Votes, weights: Mapping[str, int] = ALL_WHOLE) -> dict[str, float]:
        """The probability of each category."""
        if self.stacked is None:
            return cooled(posterior(votes, weights), self.temperature)
        return cooled(self.stacked.shares(votes, weights), self.temperature)


def sayings(
    votes: Votes, weights: Mapping[str, int], voters: Sequence[str]
) -> list[tuple[int, float]]:
    """Which features the votes have, by place, and how loud: a voter's weight. In order."""
    found = []
    for voter, vote in votes:
        if voter in voters and (heard := weights.get(voter, WHOLE) / WHOLE):
            place = voters.index(voter) * len(SAYINGS) + SAYINGS.index(vote or SILENT)
            found.append((place, heard))
    return sorted(found)


def cooled(shares: Mapping[str, float], temperature: float) -> dict[str, float]:
    """As sure as at another temperature: above 1 less, below 1 more."""
    if temperature == 1:
        return dict(shares)
    return _normal({slug: log(max(share, 1e-300)) / temperature for slug, share in shares.items()})


def _normal(scores: Mapping[str, float]) -> dict[str, float]:
    highest = max(scores.values())
    found = {slug: exp(score - highest) for slug, score in scores.items()}
    total = sum(found.values())
    return {slug: each / total for slug, each in found.items()}
