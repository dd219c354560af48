"""Which combination of votes a project's verdicts speak for, and how good its labels are. Pure.

Everything is measured on verdicts that whatever said it had not seen: in five parts, each by what
the other four taught. Whoever only votes does not import this, and does without scipy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from curation.categories import TOP
from curation.combination import SAYINGS, Combination, Stacked, Votes, sayings
from curation.stages.quality import quality
from curation.voting import SUREST

PARTS = 5
ENOUGH = 100  # verdicts, below which nobody can say that another combination is better
# How far a saying may move a category's logarithm: a normal prior of this standard deviation.
# It was not tuned.
SPREAD = 1.0
TEMPERATURES = tuple(float(each) for each in np.geomspace(0.5, 4.0, 61))
DRAWS, SEED = 2_000, 1  # resamples behind an interval, and what they are drawn by
FIGURES = ("accuracy", "macro_f1", "calibration_error")

type Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Verdict:
    """What the voters said of an example, and what a person then said."""

    votes: Votes
    category: str


@dataclass(frozen=True)
class Measured:
    """The combination to use, and the figures it was chosen by."""

    combination: Combination
    figures: Mapping[str, Any]


def measured(verdicts: Sequence[Verdict], weights: Mapping[str, int]) -> Measured:
    """Choose by verdicts of random order, in the order in which they came.

    The stacker is used where it loses less on what it had not seen, and the 95 % interval of the
    difference excludes none; the temperature where it lowers both calibration error and loss.
    """
    known = np.array([TOP.index(each.category) for each in verdicts], dtype=np.int64)
    plain = _of_all(Combination(), verdicts, weights)
    stacked = _held_out(verdicts, weights)
    gain = _mean_95(_losses(plain, known) - _losses(stacked, known))
    enough = len(verdicts) >= ENOUGH
    is_stacked = enough and gain[1] > 0
    said = stacked if is_stacked else plain
    cool = _cooled_apart(said, known)
    is_cooled = enough and _is_better(cool, said, known)
    combination = Combination(
        fitted(verdicts, weights) if is_stacked else None,
        _temperature(said, known) if is_cooled else 1.0,
    )
    figures = {
        "verdicts": len(verdicts),
        "aggregator": "stacker" if is_stacked else "dawid-skene",
        "temperature": round(combination.temperature, 4),
        "loss_saved": [round(each, 4) for each in gain],
        "dawid_skene": _figures(plain, known),
        "stacker": _figures(stacked, known),
        "used": _figures(cool if is_cooled else said, known),
    }
    return Measured(combination, figures)


def fitted(verdicts: Sequence[Verdict], weights: Mapping[str, int]) -> Stacked:
    """Learn what sayings add: logistic regression with the posterior's logarithms as offset.

    So what nothing was learnt of stays what Dawid and Skene say.
    """
    voters = tuple(sorted({voter for each in verdicts for voter, _ in each.votes}))
    heard = np.zeros((len(verdicts), len(voters) * len(SAYINGS) + 1))
    heard[:, -1] = 1
    for row, each in zip(heard, verdicts, strict=True):
        for place, loud in sayings(each.votes, weights, voters):
            row[place] = loud
    offset = np.log(_of_all(Combination(), verdicts, weights))
    truth = np.eye(len(TOP))[[TOP.index(each.category) for each in verdicts]]

    def loss(flat: Numbers) -> tuple[float, Numbers]:
        adds = flat.reshape(heard.shape[1], len(TOP))
        logits = offset + heard @ adds
        logits -= logits.max(1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(1, keepdims=True))
        slope = heard.T @ (np.exp(logs) - truth) + adds / SPREAD**2
        return float(-(truth * logs).sum() + (adds**2).sum() / (2 * SPREAD**2)), slope.ravel()

    found = minimize(loss, np.zeros(heard.shape[1] * len(TOP)), jac=True, method="L-BFGS-B")
    rows = [tuple(map(float, row)) for row in found.x.reshape(-1, len(TOP)).round(6)]
    return Stacked(voters, tuple(rows[:-1]), rows[-1])


def _held_out(verdicts: Sequence[Verdict], weights: Mapping[str, int]) -> Numbers:
    """What a stacker says of each part that learnt from the others."""
    found = np.zeros((len(verdicts), len(TOP)))
    for part in range(PARTS):
        others = [each for n, each in enumerate(verdicts) if n % PARTS != part]
        mine = list(verdicts[part::PARTS])
        taught = Combination(fitted(others, weights) if others else None)
        found[part::PARTS] = _of_all(taught, mine, weights)
    return found


def _cooled_apart(said: Numbers, known: npt.NDArray[np.int64]) -> Numbers:
    """Each part at the temperature that suits the others."""
    found = said.copy()
    for part in range(PARTS):
        others = np.arange(len(said)) % PARTS != part
        found[part::PARTS] = _at(said[part::PARTS], _temperature(said[others], known[others]))
    return found


def _temperature(said: Numbers, known: npt.NDArray[np.int64]) -> float:
    if not len(known):
        return 1.0
    return min(TEMPERATURES, key=lambda each: float(_losses(_at(said, each), known).mean()))


def _at(said: Numbers, temperature: float) -> Numbers:
    powers = said ** (1 / temperature)
    shares: Numbers = powers / powers.sum(1, keepdims=True)
    return shares


def _is_better(cool: Numbers, said: Numbers, known: npt.NDArray[np.int64]) -> bool:
    errors = [_figures(each, known)["calibration_error"] for each in (cool, said)]
    losses = [float(_losses(each, known).mean()) for each in (cool, said)]
    return errors[0] < errors[1] and losses[0] < losses[1]


def _of_all(
    combination: Combination, verdicts: Sequence[Verdict], weights: Mapping[str, int]
) -> Numbers:
    told = [combination(each.votes, weights) for each in verdicts]
    return np.array([[shares[slug] for slug in TOP] for shares in told]).reshape(-1, len(TOP))


def _losses(said: Numbers, known: npt.NDArray[np.int64]) -> Numbers:
    losses: Numbers = -np.log(np.maximum(said[np.arange(len(known)), known], 1e-12))
    return losses


def _mean_95(each: Numbers) -> tuple[float, float, float]:
    """The mean and its interval, of a bootstrap over verdicts."""
    if not len(each):
        return 0.0, 0.0, 0.0
    random = np.random.Generator(np.random.PCG64(SEED))
    means = each[random.integers(0, len(each), (DRAWS, len(each)))].mean(1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(each.mean()), float(low), float(high)


def _figures(said: Numbers, known: npt.NDArray[np.int64]) -> dict[str, Any]:
    """What a label of these shares is worth, with intervals; as sure as labels may be."""
    labels = {
        str(n): (TOP[int(row.argmax())], min(float(row.max()), SUREST))
        for n, row in enumerate(said)
    }
    found = quality(labels, {str(n): TOP[truth] for n, truth in enumerate(known)})
    return {name: found[name] for each in FIGURES for name in (each, f"{each}_95")}
