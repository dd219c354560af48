"""A learned voter's weights: kept as plain numbers with a card, and asked with numpy alone.

The file is an .npz without pickled objects: whole numbers for the weights, one scale, and the card
as JSON. Whoever can put a file there can make the voter wrong, and nothing else.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from curation.categories import TOP
from curation.learned.features import ALGORITHM, BUCKETS, Buckets

type Weights = npt.NDArray[np.float64]  # (categories, BUCKETS)

STARTING = Path(__file__).parent / "starting.npz"
WHOLE = 32_000  # the largest weight as it is kept
MOST_BYTES = 4_000_000  # of a model's file, opened


class BadModel(ValueError):
    """The bytes are no model of this version; the message says why."""


@dataclass(frozen=True)
class Model:
    """Weights of every category and bucket as whole numbers, their scale, and a card in words."""

    weights: npt.NDArray[np.int16]
    bias: npt.NDArray[np.float64]
    scale: float
    card: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.weights.shape != (len(TOP), BUCKETS) or self.weights.dtype != np.int16:
            raise BadModel("Its weights are not one for each category and bucket.")
        if self.bias.shape != (len(TOP),) or not np.isfinite([*self.bias, self.scale]).all():
            raise BadModel("Its bias or its scale is no number.")
        if self.card.get("algorithm") != ALGORITHM:
            raise BadModel("It is for other features.")

    @classmethod
    def of(cls, weights: Weights, bias: Sequence[float], card: Mapping[str, Any]) -> "Model":
        """A model of weights as they were learnt, rounded to whole numbers."""
        scale = float(np.abs(weights).max() or 1) / WHOLE
        whole = np.round(weights / scale).astype(np.int16)
        return cls(whole, np.round(bias, 6), scale, {**card, "algorithm": ALGORITHM})

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of weights, bias and scale: what it says follows from them alone."""
        told = sha256(self.weights.astype("<i2").tobytes())
        told.update(self.bias.astype("<f8").tobytes() + np.float64(self.scale).tobytes())
        return told.hexdigest()

    def probabilities(self, buckets: Buckets) -> dict[str, float]:
        """How probable each category is, by what was learnt; they add up to 1."""
        score = self.scores(buckets)
        share = np.exp(score - score.max())
        share /= share.sum()
        return dict(zip(TOP, share.tolist(), strict=True))

    def scores(self, buckets: Buckets) -> npt.NDArray[np.float64]:
        """The logit of each category."""
        value = weight_of(buckets)
        found = self.weights[:, buckets].sum(axis=1, dtype=np.int64) * (value * self.scale)
        logits: npt.NDArray[np.float64] = found + self.bias
        return logits

    def to_bytes(self) -> bytes:
        """The model's file; the same model gives the same bytes."""
        card = json.dumps(dict(self.card), sort_keys=True, ensure_ascii=False).encode()
        out = io.BytesIO()
        np.savez_compressed(
            out,
            weights=self.weights,
            bias=self.bias,
            scale=np.float64(self.scale),
            card=np.frombuffer(card, dtype=np.uint8),
        )
        return out.getvalue()


def weight_of(buckets: Buckets) -> float:
    """What each feature counts: a long change has many, and is no surer for it."""
    return float(1 / np.sqrt(max(buckets.size, 1)))


def read(data: bytes) -> Model:
    """The model in a file's bytes. Raises BadModel."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
                raise BadModel("It is too large.")
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            card = json.loads(kept["card"].tobytes())
            return Model(kept["weights"], kept["bias"], float(kept["scale"]), card)
    except BadModel:
        raise
    except Exception as error:  # numpy and zipfile raise whatever a broken file leads them to
        raise BadModel(f"It cannot be read: {error}") from error


@cache
def starting() -> Model:
    """The model that comes with Emend. Raises BadModel, and OSError where the file is missing."""
    return read(STARTING.read_bytes())
