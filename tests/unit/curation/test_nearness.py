import random
import re
from itertools import combinations

import numpy as np
import pytest

from curation import nearness
from curation.nearness import Vocabulary, band_keys, candidates, exemplar, shingles, similarity

WORDS = [
    "total",
    "price",
    "tax",
    "items",
    "order",
    "invoice",
    "amount",
    "rate",
    "fee",
    "paid",
    "due",
    "open",
    "name",
    "key",
    "value",
]
FINGERPRINT = -6824592501454931543
SKETCH = [452872705, 73031940, 4001989]
BAND_KEYS = [-2316341909478064343, 5206234140314755929]


def text_of(words):
    return " ".join(words)


def make_text(count, seed=0):
    choose = random.Random(seed)
    return text_of(f"{choose.choice(WORDS)}_{choose.randrange(500)}" for _ in range(count))


def alike(one, other):
    words = Vocabulary()
    return similarity(shingles(*one, words), shingles(*other, words))


def by_hand(output, ideal):
    """The same shingles in plain Python."""
    found = set()
    for side, text in enumerate((output, ideal)):
        tokens = re.findall(r"\w+|[^\w\s]", text)
        long = min(5, len(tokens))
        found |= {(side, *tokens[at : at + long]) for at in range(len(tokens) - long + 1) if long}
    return found


def test_white_space_makes_no_difference_and_a_sign_does():
    assert alike(("if a<b :\n  c()", "x"), ("if a < b:\n\tc()", "x")) == 1
    assert alike(("if a < b: c()", "x"), ("if a > b: c()", "x")) < 0.7


def test_a_correction_is_not_near_to_one_that_undoes_it():
    before, after = make_text(60), make_text(60, seed=1)
    assert alike((before, after), (after, before)) == 0
    assert alike((before, after), (before, after)) == 1


def test_short_and_empty_texts_are_compared_too():
    assert alike(("a", "b"), ("a", "b")) == 1
    assert alike(("a", "b"), ("a", "c")) == pytest.approx(1 / 3)
    assert alike(("", ""), ("", "")) == 0
    assert alike(("", "b c"), ("", "b c")) == 1


@pytest.mark.parametrize("seed", range(5))
def test_the_similarity_is_that_of_plain_sets(seed):
    one, other = make_text(40, seed).split(), make_text(40, seed).split()
    other[seed] = "changed"
    pairs = (text_of(one), text_of(other[:30])), (text_of(other), text_of(one[5:]))
    mine, yours = (by_hand(*pair) for pair in pairs)
    assert alike(*pairs) == pytest.approx(len(mine & yours) / len(mine | yours))


def test_sketches_agree_about_as_often_as_texts_share_shingles():
    words = Vocabulary()
    base = make_text(400).split()
    for changes in (0, 8, 24, 60):
        other = [*base]
        for at in range(0, changes * 6, 6):
            other[at] = f"new_{at}"
        texts = [shingles(text_of(each), "", words) for each in (base, other)]
        first, second = nearness.sketches(texts)
        assert np.mean(first == second) == pytest.approx(similarity(*texts), abs=0.13)


def test_sketches_and_bands_are_the_same_in_every_release():
    """Stored sketches and dataset versions rest on these numbers: a change is a new ALGORITHM."""
    found = shingles("def f(x): return x + 1", "def f(x):\n    return x + 2\n", Vocabulary())
    sketch = nearness.sketches([found])
    assert nearness.ALGORITHM == 1
    assert nearness.fingerprint(found) == FINGERPRINT
    assert sketch[0, :3].tolist() == SKETCH
    assert band_keys(sketch, realm=7)[0, :2].tolist() == BAND_KEYS


def test_one_realm_shares_no_band_with_another():
    sketch = nearness.sketches([shingles(make_text(50), "", Vocabulary())])
    assert not set(band_keys(sketch, 1)[0].tolist()) & set(band_keys(sketch, 2)[0].tolist())


def test_near_texts_are_found_and_others_hardly():
    words = Vocabulary()
    texts = []
    for seed in range(150):
        base = make_text(120, seed).split()
        changed = [*base]
        for at in range(0, 80, 40):
            changed[at] = "changed"
        texts += [shingles(text_of(each), "", words) for each in (base, changed)]
    near = {pair for pair in combinations(range(300), 2) if pair[0] // 2 == pair[1] // 2}
    assert all(similarity(texts[one], texts[other]) >= 0.7 for one, other in near)
    found = set(candidates(nearness.sketches(texts)))
    assert len(near & found) == len(near)
    assert len(found - near) < 3


def test_a_thousand_copies_do_not_make_a_million_pairs():
    sketch = nearness.sketches([shingles("a b c d e f", "g", Vocabulary())])
    found = list(candidates(np.repeat(sketch, 1_000, axis=0)))
    assert len(found) <= 1_000 * nearness.WINDOW * nearness.BANDS
    assert {one for one, _ in found} | {other for _, other in found} == set(range(1_000))


def test_the_exemplar_is_most_like_all_others_and_copies_count():
    words = Vocabulary()
    base = make_text(100).split()
    ends = ([*base[:60], *(f"{name}_{n}" for n in range(15)), *base[60:]] for name in ("a", "b"))
    texts = [shingles(text_of(each), "", words) for each in (*ends, base)]
    assert exemplar(texts, [1, 1, 1]) == 2
    assert exemplar(texts, [1, 50, 1]) == 1
    assert exemplar([texts[0], texts[1]], [1, 1]) == 0


def test_the_exemplar_is_found_among_long_texts_a_part_at_a_time(monkeypatch):
    words = Vocabulary()
    texts = [shingles(make_text(200, seed), make_text(50), words) for seed in range(6)]
    whole = nearness._similarities(texts)
    monkeypatch.setattr(nearness, "WIDE", 17)
    assert np.allclose(nearness._similarities(texts), whole)
    for one, other in combinations(range(6), 2):
        assert whole[one, other] == pytest.approx(similarity(texts[one], texts[other]))
