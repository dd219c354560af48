"""Consent, licence and tombstones: what may be used at all."""

import re
from functools import cache

import pandas as pd

from curation.recipe import Consent
from curation.stages.batch import Sifted, sift

STAGE = "consent"


def allowed(batch: pd.DataFrame, by: Consent) -> Sifted:
    """Drop what somebody refused, what a licence forbids, and what was erased."""
    gone = frozenset(by.tombstones)
    names = zip(batch["id"], batch["consent"], batch["licence"], strict=True)
    return sift(batch, STAGE, (_reason(*each, by, gone) for each in names))


def _reason(
    name: str, consent: bool | None, licence: str, by: Consent, gone: frozenset[str]
) -> str:
    return "erased" if name in gone else refusal(consent, licence, by)


def refusal(consent: bool | None, licence: str, by: Consent) -> str:
    """Why code with this consent (None: nobody said) and licence is not used; empty if it is."""
    if consent is False:
        return "consent_refused"
    if consent is None and by.require:
        return "consent_unknown"
    if not licence:
        return "licence_unknown" if by.require_licence else ""
    return "licence_denied" if _denied(by.denied_licences).search(licence) else ""


@cache
def _denied(names: tuple[str, ...]) -> re.Pattern[str]:
    """Whole names: the GPL is not in "simple", and the LGPL is named by itself."""
    either = "|".join(re.escape(name) for name in names) or r"(?!)"
    return re.compile(rf"(?<![A-Za-z])(?:{either})(?![A-Za-z])", re.IGNORECASE)
