"""What the developer said it was. Their word is a vote, not the label."""

from django.utils.translation import gettext_noop

from curation.categories import named_by
from curation.rules.evidence import Evidence, Opinion

LABELER = gettext_noop("developer")


def opinion(evidence: Evidence) -> Opinion:
    """The category the developer named, if it means one of ours."""
    named = evidence.category.strip()
    if not named:
        return Opinion(LABELER, None, "The developer named no category.")
    category = named_by(named)
    if category is None:
        return Opinion(LABELER, None, f"“{named[:80]}” is none of our categories.")
    return Opinion(LABELER, category, f"The developer named it “{named[:80]}”.")
