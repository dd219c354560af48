"""What tests said of both sides, where somebody ran them."""

from django.utils.translation import gettext_noop

from curation.categories import LOGIC
from curation.rules.evidence import Evidence, Opinion

LABELER = gettext_noop("tests")


def opinion(evidence: Evidence) -> Opinion:
    """Logic where the output failed tests that the correction passes."""
    if evidence.output_fails and evidence.ideal_passes:
        reason = "The output fails its tests, the correction passes them."
        return Opinion(LABELER, LOGIC, reason)
    if evidence.output_fails is None or evidence.ideal_passes is None:
        return Opinion(LABELER, None, "No tests had been run on both sides.")
    if not evidence.ideal_passes:
        also = " as well" if evidence.output_fails else ""
        return Opinion(LABELER, None, f"The correction fails its tests{also}.")
    return Opinion(LABELER, None, "The output passes its tests: they do not see what was wrong.")
