"""What a row must have to be learnt from: a prompt, a correction, a change, a size."""

import re

import pandas as pd

from curation.recipe import Validity
from curation.stages.batch import Sifted, sift

STAGE = "validity"
TOKEN = re.compile(r"\w+|[^\w\s]")


def valid(batch: pd.DataFrame, by: Validity) -> Sifted:
    """Drop rows that lack something, change nothing, or are too short or too long."""
    sides = zip(batch["prompt"], batch["rejected"], batch["chosen"], strict=True)
    return sift(batch, STAGE, (_reason(*each, by) for each in sides))


def _reason(prompt: str, rejected: str, chosen: str, by: Validity) -> str:
    if not prompt.strip():
        return "no_prompt"
    if not chosen.strip():
        return "no_code"
    if rejected == chosen:
        return "no_change"
    if max(len(rejected), len(chosen)) > by.most_characters:
        return "too_long"
    both = _tokens(rejected) + _tokens(chosen)
    if both > by.most_tokens:
        return "too_long"
    return "too_short" if both + _tokens(prompt) < by.least_tokens else ""


def _tokens(text: str) -> int:
    return len(TOKEN.findall(text))
