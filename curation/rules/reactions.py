"""What happened to the suggestion. It says how bad it was far better than what it was.

Acceptance does not track whether code is right (RealHumanEval, arXiv 2404.02806), so this
voter is weak on purpose (`curation.voting`), and silent in between.
"""

from django.utils.translation import gettext_noop

from curation.categories import LOGIC, STYLE
from curation.rules.evidence import Evidence, Opinion

LABELER = gettext_noop("reactions")
KEPT = 0.67  # share of the text left that counts as kept; Sourcegraph's retention rule
READ_MS = 750  # shown for less, it was not read; Sourcegraph's rule again


def opinion(evidence: Evidence) -> Opinion:
    """Style where most of the text survived, logic where it was kept and then taken back."""
    survived = [
        signal.value
        for signal in evidence.reactions
        if signal.kind == "survived" and signal.value is not None
    ]
    kinds = {signal.kind for signal in evidence.reactions}
    if "reverted" in kinds:
        return Opinion(LABELER, LOGIC, "It was taken into the code and later reverted.")
    if survived and min(survived) >= KEPT:
        share = round(100 * min(survived))
        return Opinion(LABELER, STYLE, f"{share} % of it is still in the code: a small fault.")
    if survived and min(survived) == 0:
        return Opinion(LABELER, LOGIC, "Nothing of it is left in the code.")
    return Opinion(LABELER, None, _heard(evidence))


def _heard(evidence: Evidence) -> str:
    """What the reactions say where they name no category."""
    for signal in evidence.reactions:
        if signal.kind in ("rejected", "timed_out", "edited"):
            what = signal.kind.replace("_", " ")
            if signal.after_ms is None:
                return f"It was {what}."
            if signal.after_ms < READ_MS:
                return f"It was {what} after {signal.after_ms} ms, too soon to have been read."
            return f"It was {what} after {signal.after_ms / 1000:.1f} s."
    return "The reactions name no kind of fault." if evidence.reactions else "Nobody reacted to it."
