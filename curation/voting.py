"""Many votes, one label: a category and how probable it is.

The model is Dawid and Skene's (Applied Statistics 28, 1979) with what it would estimate given:
each voter is right with a known reliability, wrong votes fall evenly on the other categories,
and voters err independently. Then the posterior is a product, in logarithms a sum. Abstaining
says nothing. Independence is bought by having one voter for each family of tools; two linters
that repeat each other would be counted twice and make the label confidently wrong.

docs/labels.md says how well this does on real corrections, and how the numbers were chosen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from curation.categories import LOGIC, OTHER, PERFORMANCE, SECURITY, STYLE, TOP

# What corrections are about before anything is known of one; logic leads in every source we read.
PRIOR: Mapping[str, float] = {
    LOGIC: 0.40,
    STYLE: 0.25,
    SECURITY: 0.15,
    PERFORMANCE: 0.12,
    OTHER: 0.08,
}

# How often a voter is right when it says so, and why we think so. Rounded to 0.05 on purpose:
# they were set on one half of the public corrections and judged on the other.
RELIABILITY: Mapping[str, Mapping[str, float]] = {
    # their own word about their own correction; what "other" means differs between people
    "developer": {SECURITY: 0.90, LOGIC: 0.85, PERFORMANCE: 0.90, STYLE: 0.85, OTHER: 0.60},
    # a repaired security finding is rarely a coincidence; a tidied line often is
    "analysers": {SECURITY: 0.90, LOGIC: 0.80, PERFORMANCE: 0.55, STYLE: 0.45, OTHER: 0.75},
    # nobody brings in a safeguard for another reason, or hardly ever
    "hardening": {SECURITY: 0.90},
    # tests see what code does; slow or unsafe code may fail them, too
    "tests": {LOGIC: 0.90},
    # equal syntax trees leave little else to be meant
    "shape": {STYLE: 0.90, LOGIC: 0.70},
    # people use the words of one kind of fault while speaking of another
    "comment": {SECURITY: 0.85, LOGIC: 0.75, PERFORMANCE: 0.70, STYLE: 0.70},
    # right in nine of ten where it knew the source, and in about half where it did not
    "learned": {SECURITY: 0.50, LOGIC: 0.50, PERFORMANCE: 0.50, STYLE: 0.50, OTHER: 0.50},
    # somebody wrote it down after seeing the mistake, and tried it on the project's examples
    "written rules": {
        SECURITY: 0.80,
        LOGIC: 0.80,
        PERFORMANCE: 0.80,
        STYLE: 0.80,
        OTHER: 0.80,
    },
    # says how bad, hardly what; hardly better than the prior
    "reactions": {LOGIC: 0.45, STYLE: 0.40},
}
UNKNOWN_VOTER = 0.40
WHOLE = 100  # percent: a voter's own word
ALL_WHOLE: Mapping[str, int] = {}
# The labeler that is itself a model. Reviewers see the label before they decide, and are to be
# compared with the judge afterwards: what it says has no part in what leads them.
JUDGE = "judge"
CURATOR = "curator"  # a person's word on many at once: it is the label, until somebody decides
# Voters of different families still read the same text, and the model does not know it: where it
# said 0.99 and more it was right in 0.95 of the public corrections.
SUREST = 0.95

# From votes and weights to the share of each top category
type Combine = Callable[[Sequence[tuple[str, str | None]], Mapping[str, int]], Mapping[str, float]]


@dataclass(frozen=True)
class Label:
    """The aggregated label; `doubt` is what is left of certainty, and orders the review queue."""

    category: str
    probability: float

    @property
    def doubt(self) -> float:
        """1 − probability."""
        return 1 - self.probability


def aggregate(
    votes: Sequence[tuple[str, str | None]],
    weights: Mapping[str, int] = ALL_WHOLE,
    combine: Combine | None = None,
) -> Label:
    """The label of (voter, top category or None for an abstention), in any order.

    `weights` say how much a voter counts, in percent of its own word; one that is not named counts
    whole, 0 not at all. `combine` makes shares of votes: `posterior`, where it is not said. A
    curator's word is the label; the judge's vote is left out. Without a vote it is the likeliest
    category before anything is known, with that probability.
    """
    said = [vote for voter, vote in votes if voter == CURATOR and vote]
    if said:
        return Label(said[-1], SUREST)
    heard = [(voter, vote) for voter, vote in votes if voter != JUDGE]
    shares = (combine or posterior)(heard, weights)
    category = max(TOP, key=lambda slug: shares[slug])
    return Label(category, round(min(shares[category], SUREST), 4))


def posterior(
    votes: Sequence[tuple[str, str | None]], weights: Mapping[str, int] = ALL_WHOLE
) -> dict[str, float]:
    """The probability of each top category given the votes; they add up to 1.

    A weight is an exponent: a voter of 50 % counts as much as half a voter that says the same.
    """
    scores = {slug: log(PRIOR[slug]) for slug in TOP}
    for voter, vote in sorted(votes, key=str):  # one order, so that equal votes give equal floats
        if vote is None:
            continue
        right = RELIABILITY.get(voter, {}).get(vote, UNKNOWN_VOTER)
        counts = weights.get(voter, WHOLE) / WHOLE
        for slug in TOP:
            likely = right if slug == vote else (1 - right) / (len(TOP) - 1)
            scores[slug] += counts * log(likely)
    shares = {slug: exp(score) for slug, score in scores.items()}
    total = sum(shares.values())
    return {slug: share / total for slug, share in shares.items()}
