"""What a model learnt of corrections like this one, where it is sure enough to say so."""

from functools import cache

from django.utils.translation import gettext_noop

from curation.learned.features import buckets_of
from curation.learned.model import BadModel, Model, starting
from curation.rules.evidence import Evidence, Opinion

LABELER = gettext_noop("learned")
SURE = 0.70  # of its own probability; docs/labels.md says how it was chosen
HUNDRED = 100


def opinion(evidence: Evidence, model: Model | None = None) -> Opinion:
    """The category the model finds most probable; of nothing that it is not sure of.

    Without a model it is the one that comes with Emend.
    """
    used = model or starting_model()
    if used is None:
        return Opinion(LABELER, None, "There is no model to ask.")
    found = used.probabilities(buckets_of(evidence))
    category = max(found, key=lambda slug: found[slug])
    kept = {"model": used.digest[:12], "percent": round(HUNDRED * found[category])}
    likeness = f"Corrections like it are about {category}: {kept['percent']} %."
    if found[category] < SURE:
        return Opinion(LABELER, None, f"Not sure. {likeness}", kept)
    return Opinion(LABELER, category, likeness, kept)


@cache
def starting_model() -> Model | None:
    """The starting model; a file that is broken or missing makes no vote, and stops nobody's."""
    try:
        return starting()
    except (BadModel, OSError):
        return None
