"""Training of the learned voter: multinomial logistic regression over hashed features.

Whoever only votes does not import this, and does without scikit-learn.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from curation.categories import TOP
from curation.learned.features import BUCKETS, Buckets
from curation.learned.model import Model, weight_of

STRENGTH = 10.0  # C of scikit-learn; 1 to 100 made little difference
ROUNDS = 400
LEAST_CATEGORIES = 2


class TooFew(ValueError):
    """There is nothing to tell apart in the rows."""


def trained(
    rows: Sequence[Buckets],
    categories: Sequence[str],
    sources: Sequence[str],
    card: Mapping[str, Any],
    before: Model | None = None,
) -> Model:
    """A model of these rows, whose categories and sources are given. Raises TooFew.

    Categories weigh the same together, so that it says what speaks for one and not how common it
    is; a source with n rows weighs √n, so that the biggest does not decide alone. `before` is a
    model to build on: what it says of a row is five features more, and as all of it is linear, the
    result is one model again.
    """
    if len(set(categories)) < LEAST_CATEGORIES:
        raise TooFew("All rows are of one category.")
    found = _matrix(rows)
    if before is not None:
        said = np.array([before.scores(row) for row in rows])
        found = hstack([found, csr_matrix(said)], format="csr")
    known = np.array([TOP.index(each) for each in categories])
    fit = LogisticRegression(C=STRENGTH, max_iter=ROUNDS, tol=1e-3)
    fit.fit(found, known, sample_weight=_weights(categories, sources))
    weights, bias = _spread(fit.coef_, fit.intercept_, fit.classes_)
    if before is not None:
        weights, bias = _folded(weights, bias, before)
    return Model.of(weights, bias.tolist(), {**card, "rows": len(rows)})


def _matrix(rows: Sequence[Buckets]) -> csr_matrix:
    values = np.concatenate([np.full(row.size, weight_of(row)) for row in rows])
    starts = np.cumsum([0, *(row.size for row in rows)])
    return csr_matrix((values, np.concatenate(rows), starts), shape=(len(rows), BUCKETS))


def _weights(categories: Sequence[str], sources: Sequence[str]) -> npt.NDArray[np.float64]:
    counts = Counter(sources)
    found = np.array([counts[source] ** -0.5 for source in sources])
    totals: dict[str, float] = defaultdict(float)
    for category, weight in zip(categories, found, strict=True):
        totals[category] += weight
    found /= np.array([totals[category] for category in categories])
    weights: npt.NDArray[np.float64] = found / found.mean()
    return weights


def _spread(
    coefficients: npt.NDArray[np.float64],
    intercepts: npt.NDArray[np.float64],
    classes: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Of all categories; of two classes only the second is told, and one that was not there is
    as far below the least likely as rounding allows to say."""
    if len(classes) == LEAST_CATEGORIES:
        coefficients = np.vstack([-coefficients[0] / 2, coefficients[0] / 2])
        intercepts = np.array([-intercepts[0] / 2, intercepts[0] / 2])
    weights = np.zeros((len(TOP), coefficients.shape[1]))
    bias = np.full(len(TOP), float(intercepts.min()) - 20.0)
    weights[classes], bias[classes] = coefficients, intercepts
    return weights, bias


def _folded(
    weights: npt.NDArray[np.float64], bias: npt.NDArray[np.float64], before: Model
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """One model of what was learnt and of what it says about the earlier model's scores."""
    own, of_scores = weights[:, :BUCKETS], weights[:, BUCKETS:]
    earlier = before.weights.astype(np.float64) * before.scale
    return own + of_scores @ earlier, bias + of_scores @ before.bias
