import random

import pytest

from curation.stages.quality import quality


def of(pairs):
    said = {str(place): each[:2] for place, each in enumerate(pairs)}
    return quality(said, {str(place): each[2] for place, each in enumerate(pairs)})


def test_precision_recall_and_macro_f1_are_what_one_counts_by_hand():
    found = of(
        [
            ("security", 0.9, "security"),
            ("security", 0.9, "logic"),
            ("logic", 0.9, "logic"),
            ("logic", 0.9, "security"),
            ("logic", 0.9, "logic"),
            ("style", 0.9, "style"),
        ]
    )
    assert found["categories"]["logic"]["precision"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["categories"]["security"]["recall"] == 0.5
    assert found["macro_f1"] == pytest.approx((0.5 + 2 / 3 + 1) / 3, abs=1e-4)


def test_other_has_no_part_in_macro_f1():
    right = ("style", 0.9, "style")
    assert of([right, ("logic", 0.9, "other")])["macro_f1"] == 1.0


def test_who_says_nine_in_ten_and_is_right_as_often_is_calibrated():
    said = [("logic", 0.9, "logic")] * 90 + [("logic", 0.9, "style")] * 10
    assert of(said)["calibration_error"] == pytest.approx(0, abs=1e-4)
    assert of([("logic", 0.9, "style")] * 10)["calibration_error"] == pytest.approx(0.9)


def test_intervals_hold_the_figure_and_narrow_with_rows():
    dice = random.Random(3)
    rows = [
        ("logic", 0.7, "logic" if dice.random() < 0.7 else "style")
        if dice.random() < 0.5
        else ("style", 0.8, "style" if dice.random() < 0.8 else "security")
        for _ in range(2_000)
    ]
    few, many = of(rows[:100]), of(rows)
    for name in ("accuracy", "macro_f1", "calibration_error"):
        low, high = many[f"{name}_95"]
        assert low <= many[name] <= high or name == "calibration_error"
        assert high - low < few[f"{name}_95"][1] - few[f"{name}_95"][0]


def test_the_same_rows_have_the_same_interval_in_any_order():
    rows = [("logic", 0.7, "logic"), ("style", 0.6, "logic"), ("style", 0.6, "style")] * 20
    assert of(rows) == of(rows[::-1])


def test_nothing_known_is_nothing_said():
    found = quality({"a": ("logic", 0.5)}, {"b": "logic"})
    assert found["rows"] == 0
    assert found["macro_f1"] == found["calibration_error"] == 0.0
