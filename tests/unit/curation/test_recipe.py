import pytest

from curation.recipe import BadRecipe, Difference, Recipe, differences, read
from tests.house import ROOT


def test_a_field_left_out_has_its_default():
    assert read('{"caps": {"user": 5}}').caps.repository == Recipe().caps.repository


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"capz": {}}',
        '{"split": {"shares": {"train": 90}}}',
        '{"duplicates": {"percent": 20}}',
    ],
)
def test_what_we_do_not_understand_is_refused(text):
    with pytest.raises(BadRecipe):
        read(text)


def test_two_recipes_differ_in_named_fields():
    changed = read('{"caps": {"user": 5}, "split": {"shares": {"train": 90, "test": 10}}}')
    assert differences(Recipe(), changed) == [
        Difference("caps.user", 1000, 5),
        Difference("split.shares.train", 80, 90),
        Difference("split.shares.validation", 10, None),
    ]
    assert changed.digest != Recipe().digest == read("{}").digest


def test_every_field_of_a_recipe_is_documented():
    text = (ROOT / "docs" / "curation.md").read_text()
    parts = Recipe().as_json()
    missing = [
        f"{part}.{field}"
        for part, fields in parts.items()
        if isinstance(fields, dict)
        for field in fields
        if f"`{part}.{field}`" not in text
    ]
    assert missing == []
