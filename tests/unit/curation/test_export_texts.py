from decimal import Decimal

import pytest
import yaml

from curation.exports.kto_weights import weights
from curation.exports.yaml_text import yaml_of


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1, "b": "x: y", "c": [], "d": {}, "e": None, "f": True, "g": 1.5},
        {"list": ["no", "1", "- x", "é\n", ""], "deep": {"one": {"two": ["three"]}}},
        {"configs": [{"name": "sft", "files": [{"split": "train", "path": "a"}]}, {"name": "x"}]},
    ],
)
def test_yaml_reads_back_as_it_was(value):
    assert yaml.safe_load(yaml_of(value)) == value


@pytest.mark.parametrize(
    ("desirable", "undesirable", "second"),
    [(10, 10, "1"), (12, 10, "1"), (20, 10, "1.50"), (1000, 3, "250.00"), (5, 0, "1")],
)
def test_the_rarer_side_of_kto_weighs_more(desirable, undesirable, second):
    assert weights(desirable, undesirable) == (1, Decimal(second))
    if undesirable:
        share = desirable / (float(second) * undesirable)
        assert 0.99 <= share <= 4 / 3 + 1e-9
