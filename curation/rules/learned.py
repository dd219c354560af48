"""What a model learnt of corrections like this one, where it is sure enough to say so."""

from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext_noop

from curation.learned.features import buckets_of
from curation.learned.model import BadModel, Model, starting
from curation.rules.evidence import Evidence, Opinion

LABELER = gettext_noop("learned")
SURE = 0.70  # of its own probability; docs/labels.md says how it was chosen
HUNDRED = 100


@dataclass(frozen=True)
class Voter:
    """A model and the version its votes are of; None: there is no model to ask."""

    model: Model | None
    version: int = 1  # the model that comes with Emend


def opinion(evidence: Evidence, voter: Voter | None = None) -> Opinion:
    """The category the model finds most probable; of nothing that it is not sure of.

    Without a voter it is the model that comes with Emend.
    """
    asked = voter or Voter(starting_model())
    if asked.model is None:
        return Opinion(LABELER, None, "There is no model to ask.", version=asked.version)
    category, probability = likeliest(asked.model, evidence)
    kept = {"model": asked.model.digest[:12], "percent": round(HUNDRED * probability)}
    likeness = f"Corrections like it are about {category}: {kept['percent']} %."
    if probability < SURE:
        return Opinion(LABELER, None, f"Not sure. {likeness}", kept, asked.version)
    return Opinion(LABELER, category, likeness, kept, asked.version)


def likeliest(model: Model, evidence: Evidence) -> tuple[str, float]:
    """The category that a model finds most probable, and how probable."""
    found = model.probabilities(buckets_of(evidence))
    category = max(found, key=lambda slug: found[slug])
    return category, found[category]


@cache
def starting_model() -> Model | None:
    """The starting model; a file that is broken or missing makes no vote, and stops nobody's."""
    try:
        return starting()
    except (BadModel, OSError):
        return None
