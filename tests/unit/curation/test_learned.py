"""The learned voter: what it sees, how it is trained and kept, and what it says."""

import io
import pickle
import zipfile

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from curation.categories import TOP
from curation.findings import Finding
from curation.labelers import opinions
from curation.learned import model as models
from curation.learned.features import ALGORITHM, BUCKETS, buckets_of, features_of
from curation.learned.model import BadModel, read, starting, weight_of
from curation.learned.training import TooFew, trained
from curation.rules import learned
from curation.rules.evidence import Evidence
from curation.rules.learned import Voter
from lib.canonical import sha256_hex


def evidence(output="x = 1\n", ideal="x = 2\n", comment="", **changes):
    told = {"language": "python", "prompt": "p", "output": output, "ideal": ideal}
    return Evidence(**told | {"comment": comment} | changes)


SLOW = [evidence(f"for i{n} in rows: total += i{n}\n", f"sum(rows_{n})\n") for n in range(8)]
OPEN = [evidence(f"run(f'{n} rm')\n", f"run(['{n}', quote(x)])\n") for n in range(8)]
SEEN = [buckets_of(each) for each in (*SLOW, *OPEN)]
KNOWN = ["performance"] * 8 + ["security"] * 8
SOURCES = ["a", "b"] * 8


def small(**changes):
    return trained(SEEN, KNOWN, SOURCES, {"of": "a test"}, **changes)


def test_features_are_the_same_numbers_for_ever():
    """A model is numbers for buckets: other buckets for the same words make it nonsense."""
    finding = Finding("bandit", "B602", "shell", 1, 0, "output", "fixed")
    told = evidence("call(cmd, shell=True)\n", "call(args)\n", "An attacker", findings=(finding,))
    assert ALGORITHM == 1
    assert sha256_hex(buckets_of(told).astype("<i8").tobytes())[:16] == "09a1bfc7dc8379a8"


def test_the_prompt_is_not_looked_at():
    assert buckets_of(evidence(prompt="a")).tolist() == buckets_of(evidence(prompt="b")).tolist()


def test_only_words_of_one_side_count():
    names = set(features_of(evidence("keep(gone)\n", "keep(come)\n")))
    assert {"-gone", "+come"} <= names
    assert not {"-keep", "+keep"} & names


def test_a_text_made_to_keep_it_busy_is_cut():
    words = " ".join(f"w{n}" for n in range(200_000))
    assert buckets_of(evidence(words, "", words)).size <= BUCKETS
    assert len(list(features_of(evidence(words, "", words)))) < 30_000


def test_it_says_what_scikit_learn_would_say():
    made = small()
    rows = np.zeros((len(SEEN), BUCKETS))
    for row, buckets in zip(rows, SEEN, strict=True):
        row[buckets] = weight_of(buckets)
    fit = LogisticRegression(C=10.0, max_iter=400, tol=1e-3).fit(rows, KNOWN)
    for buckets, (slow, risky) in zip(SEEN, fit.predict_proba(rows), strict=True):
        told = made.probabilities(buckets)
        assert told["performance"] == pytest.approx(slow, abs=0.001)
        assert told["security"] == pytest.approx(risky, abs=0.001)
        assert sum(told.values()) == pytest.approx(1)


def test_training_twice_gives_the_same_bytes_and_reading_them_the_same_model():
    made = small()
    assert made.to_bytes() == small().to_bytes()
    assert read(made.to_bytes()).digest == made.digest
    assert read(made.to_bytes()).card == {"of": "a test", "rows": 16, "algorithm": ALGORITHM}


def test_what_builds_on_a_model_is_one_model_that_knows_both():
    other = [evidence("retries = 3\n", f"retries = {n}\n", "wrong number") for n in range(8)]
    rows = [*SEEN[8:], *(buckets_of(each) for each in other)]
    known = ["security"] * 8 + ["logic"] * 8
    grown = trained(rows, known, SOURCES, {}, before=small())
    alone = trained(rows, known, SOURCES, {})
    assert grown.probabilities(SEEN[-1])["security"] > 0.8
    assert grown.probabilities(rows[-1])["logic"] > 0.8
    assert grown.digest != alone.digest


def test_a_category_nobody_taught_is_never_said():
    assert small().probabilities(SEEN[0])["style"] < 1e-6


def test_rows_of_one_category_teach_nothing():
    with pytest.raises(TooFew):
        trained(SEEN[:8], KNOWN[:8], SOURCES[:8], {})


def packed(**parts):
    out = io.BytesIO()
    whole = {
        "weights": np.zeros((len(TOP), BUCKETS), np.int16),
        "bias": np.zeros(len(TOP)),
        "scale": np.float64(1),
        "card": np.frombuffer(b'{"algorithm": 1}', np.uint8),
    }
    np.savez(out, **whole | parts)
    return out.getvalue()


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("weights.npy", bytes(models.MOST_BYTES + 1))
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a model",
        small().to_bytes()[:-100],
        packed(weights=np.zeros((len(TOP), 7), np.int16)),
        packed(weights=np.zeros((len(TOP), BUCKETS), np.int64)),
        packed(bias=np.full(len(TOP), np.nan)),
        packed(scale=np.float64("inf")),
        packed(card=np.frombuffer(b'{"algorithm": 2}', np.uint8)),
        packed(card=np.frombuffer(b"{", np.uint8)),
        packed(bias=np.array([{"a": "pickled"}] * len(TOP), dtype=object)),
        pickle.dumps({"weights": 1}),
        bomb(),
    ],
)
def test_what_is_no_model_is_refused(data):
    assert read(packed()).card["algorithm"] == ALGORITHM
    with pytest.raises(BadModel):
        read(data)


def test_it_abstains_where_it_is_not_sure_and_says_how_sure_it_is():
    nothing = learned.opinion(evidence(), Voter(read(packed())))
    assert nothing.category is None
    assert nothing.reason.startswith("Not sure.")
    assert nothing.evidence["percent"] == 20
    sure = learned.opinion(SLOW[0], Voter(small(), 7))
    assert (sure.category, sure.labeler, sure.version) == ("performance", "learned", 7)
    assert sure.evidence["model"] == small().digest[:12]


def test_without_its_file_there_is_no_vote_and_nothing_stops(monkeypatch, tmp_path):
    monkeypatch.setattr(models, "STARTING", tmp_path / "none.npz")
    starting.cache_clear()
    learned.starting_model.cache_clear()
    told = learned.opinion(evidence())
    starting.cache_clear()
    learned.starting_model.cache_clear()
    assert (told.category, told.reason) == (None, "There is no model to ask.")


def test_the_model_that_comes_along_says_what_it_was_trained_on_and_how_well_it_does():
    card = starting().card
    assert card["rows"] == sum(card["categories"].values()) == 1_814
    measured = card["measured"]
    before, after = (
        measured[name]["macro_f1"]
        for name in ("unseen files, rules alone", "unseen files, with a model of the other files")
    )
    assert after > before
    assert all(each["licence"] and each["attribution"] for each in card["sources"].values())


def test_it_is_asked_last_and_only_where_it_is_wanted():
    assert opinions(evidence())[-1].labeler == "learned"
    assert "learned" not in {each.labeler for each in opinions(evidence(), is_learned=False)}
