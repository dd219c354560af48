"""The catalogues say everything that is marked, and leave no hole unfilled."""

import re
import sys

import pytest

from tests.house import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import words  # noqa: E402  a script, not a package

CATALOGUES = words.catalogues()
HOLES = re.compile(r"%\(\w+\)s|\{\w*(?:![rsa])?(?::[^}]*)?\}|</?[a-z]+[^>]*>|%%")


def pairs(path):
    for message in words.read(path):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id:
            yield from ((ids[min(n, len(ids) - 1)], each) for n, each in enumerate(said))


def test_german_is_there():
    assert [path.parts[-3] for path in CATALOGUES] == ["de"]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_marked_word_is_translated_and_no_other(path):
    catalogue = words.read(path)
    marked = {(each.id, each.context) for each in words.marked() if each.id}
    held = {(each.id, each.context) for each in catalogue if each.id}
    assert marked - held == set(), "run make words, and translate what it lists"
    assert held - marked == set(), "run make words: nothing says this any more"
    assert [each.id for each in catalogue if each.id and each.fuzzy] == []
    assert [ours for ours, theirs in pairs(path) if not theirs.strip()] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_what_is_filled_in_and_marked_up_is_the_same(path):
    for ours, theirs in pairs(path):
        assert sorted(HOLES.findall(theirs)) == sorted(HOLES.findall(ours)), ours
        assert ours[:1].isspace() == theirs[:1].isspace(), ours
        assert theirs.count('"') == ours.count('"'), "a straight quote would end an attribute"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_the_compiled_catalogue_is_what_the_text_says(path):
    assert path.with_suffix(".mo").read_bytes() == words.compiled(words.read(path))
