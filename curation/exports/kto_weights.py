"""How KTO is to weigh its two sides, which a dataset seldom has as many of."""

from decimal import ROUND_UP, Decimal

from curation.exports.files import Per, rows_of
from curation.models import DatasetVersion

MOST = (4, 3)  # desirable to undesirable, weighed; TRL's guide asks for 1:1 to 4:3


def kto_weights(version: DatasetVersion) -> tuple[Decimal, Decimal]:
    """Desirable and undesirable, for the rows of train.

    Every row is desirable once and a pair undesirable once, so only the second can be too few.
    """
    desirable = rows_of(version, Per.ROW, "train")
    undesirable = rows_of(version, Per.PAIR, "train")
    return weights(desirable, undesirable)


def weights(desirable: int, undesirable: int) -> tuple[Decimal, Decimal]:
    """So that `desirable` is at most four thirds of `undesirable`, each by its weight."""
    one = Decimal(1)
    if not undesirable:
        return one, one
    most, to = MOST
    needed = Decimal(to * desirable) / (most * undesirable)
    return one, max(one, needed.quantize(Decimal("0.01"), ROUND_UP))
