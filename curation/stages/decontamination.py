"""Rows that models are measured with, or nearly: dropped before anything else can drop them.

Every row is looked at, so that leakage is a share of all rows. A row is found if
one of its texts is one of the benchmark's, shares twelve words in a row or a sentence with it, or
is alike by its sketch.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from curation.fingerprints import GRAM, LEAST, SHINGLE, Fingerprints, band_keys, sentences, whole
from curation.recipe import Decontamination
from curation.stages.batch import Dropped, Sifted
from curation.stages.shingles import EMPTY, WIDTH, Sketches, runs, sketches

STAGE = "decontamination"
SIDES = ("prompt", "rejected", "chosen")
JOINED = (("prompt", "chosen"), ("prompt", "rejected"))


def clean(batch: pd.DataFrame, benchmarks: Sequence[Fingerprints], by: Decontamination) -> Sifted:
    """Drop rows that are in a benchmark; `of` says in which, the first by name."""
    reasons = np.full(len(batch), "", dtype=object)
    named = np.full(len(batch), "", dtype=object)
    if benchmarks and len(batch):
        looked = _Looked(batch)
        for each in sorted(benchmarks, key=lambda each: each.name):
            for reason, found in _found(looked, each, by):
                fresh = found & (reasons == "")
                reasons[fresh], named[fresh] = reason, each.name
    out = reasons != ""
    dropped = [
        Dropped(row, str(reason), STAGE, str(name))
        for row, reason, name in zip(batch["id"][out], reasons[out], named[out], strict=True)
    ]
    return Sifted(batch[~out].reset_index(drop=True), dropped)


class _Looked:
    """A batch as it is compared: hashes of its texts, runs of words, sketches."""

    def __init__(self, batch: pd.DataFrame) -> None:
        self.rows = len(batch)
        columns = [batch[side].tolist() for side in SIDES]
        self.whole = [np.array([whole(text) for text in side], np.uint64) for side in columns]
        by_side = dict(zip(SIDES, columns, strict=True))
        for one, other in JOINED:
            both = zip(by_side[one], by_side[other], strict=True)
            self.whole.append(np.array([whole(a + b) for a, b in both], np.uint64))
        told = [sentences(text) for side in columns for text in side]
        self.sentences = np.array([at for each in told for at in each], dtype=np.uint64)
        self.told = np.repeat(np.arange(len(told)), [len(each) for each in told])
        words = [text.lower() for side in columns for text in side]
        self.grams = runs(words, GRAM, signs=False, short=False)
        five = runs(words, SHINGLE, signs=False, short=False)
        made = sketches(five)
        made[five.counts() < LEAST] = EMPTY
        sides = made.reshape(len(SIDES), self.rows, WIDTH)
        prompt, rejected, chosen = sides
        self.sketches = [*sides, np.minimum(prompt, chosen), np.minimum(prompt, rejected)]


def _found(
    looked: _Looked, benchmark: Fingerprints, by: Decontamination
) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    found = []
    if by.exact:
        same = np.zeros(looked.rows, dtype=bool)
        for hashes in looked.whole:
            same |= np.isin(hashes, benchmark.whole)
        found.append(("benchmark_exact", same))
    shares = np.zeros(looked.rows, dtype=bool)
    hit = benchmark.holds(looked.grams.numbers)
    shares[looked.grams.owner[hit] % looked.rows] = True
    shares[looked.told[np.isin(looked.sentences, benchmark.sentences)] % looked.rows] = True
    found.append(("benchmark_words", shares))
    alike = np.zeros(looked.rows, dtype=bool)
    for made in looked.sketches:
        alike |= _alike(made, benchmark, by.percent)
    found.append(("benchmark_alike", alike))
    return found


def _alike(made: Sketches, benchmark: Fingerprints, percent: int) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(made), dtype=bool)
    rows = np.flatnonzero(made[:, 0] != EMPTY)
    known, whose = benchmark.bands
    keys = band_keys(made[rows])
    first = np.searchsorted(known, keys, "left")
    last = np.searchsorted(known, keys, "right")
    for place in np.flatnonzero((last > first).any(axis=1)):
        spans = zip(first[place], last[place], strict=True)
        likely = np.unique(np.concatenate([whose[start:end] for start, end in spans]))
        equal = (benchmark.sketches[likely] == made[rows[place]]).mean(axis=1)
        found[rows[place]] = bool((equal * 100 >= percent).any())
    return found
