"""Near-duplicates, benchmarks, parsers and caps: the stages by themselves."""

import random

import numpy as np
import pandas as pd
import pytest

from curation import standards
from curation.fingerprints import PUBLIC, load, made_of, save
from curation.recipe import Decontamination, Duplicates, Parsing, Recipe, Routing
from curation.stages import caps, decontamination, near, parsing, routing
from curation.stages.components import components
from curation.stages.shingles import Runs, pairs, runs, sketches
from tests.curation_rows import code


def changed(text, seed, share=0.01):
    """The text with some of its words renamed: one, or one in a hundred."""
    choose, words = random.Random(seed), text.split(" ")
    for place in choose.sample(range(len(words)), max(1, int(len(words) * share))):
        words[place] = f"renamed_{seed}"
    return " ".join(words)


def jaccard(one, other):
    return len(one & other) / len(one | other)


def test_planted_near_duplicates_are_found_and_others_are_not():
    texts = [code(seed, lines=24 + seed % 40) for seed in range(300)]
    texts += [changed(text, seed) for seed, text in enumerate(texts)]
    found = pairs(texts, texts, 5)
    folds = near.folded(found)
    sets = [set(each.tolist()) for each in folds]
    planted = {at for at in range(300) if jaccard(sets[at], sets[at + 300]) >= 0.7}
    told = near.gathered(
        near.Index.of(sketches(found)),
        np.ones(len(texts), np.int64),
        lambda rows: [folds[at] for at in rows],
        Duplicates(),
    )
    behind = {(int(lead), at) for at, lead in enumerate(told.leader) if lead != at}
    assert len(planted) > 250
    assert len({at for at in planted if (at, at + 300) in behind}) >= 0.98 * len(planted)
    assert [pair for pair in behind if jaccard(sets[pair[0]], sets[pair[1]]) < 0.7] == []


def test_of_those_left_over_near_ones_are_gathered_too():
    """A chain: each is near the next only; the middle leads, then the ends are two by two."""
    base = np.arange(100, dtype=np.uint32)
    sets = [base + 12 * step for step in range(6)]
    numbers = np.concatenate(sets).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    found = Runs(numbers, np.repeat(np.arange(6), 100), 6)
    told = near.gathered(
        near.Index.of(sketches(found)),
        np.ones(6, np.int64),
        lambda rows: [near.folded(found)[at] for at in rows],
        Duplicates(),
    )
    assert set(told.cluster) == {0}
    leads = sorted(set(told.leader.tolist()))
    assert all(abs(one - other) > 1 for one, other in zip(leads, leads[1:], strict=False))


def test_runs_do_not_depend_on_the_texts_beside_them():
    texts = ["def f(a):\n    return a", "x", "", "größer = größe + 1", "a b c d e f"]
    together = near.folded(runs(texts, 5))
    alone = [near.folded(runs([text], 5))[0] for text in texts]
    assert [each.tolist() for each in together] == [each.tolist() for each in alone]
    assert [each.size for each in alone] == [4, 1, 0, 1, 2]
    assert near.folded(runs(["  x "], 5))[0].tolist() == near.folded(runs(["x"], 5))[0].tolist()


def test_sketches_agree_as_often_as_sets_share():
    choose = np.random.default_rng(1)
    for size in (8, 60, 1_000):
        shared, apart = round(size * 0.7), size - round(size * 0.7)
        both = [
            np.concatenate([common, choose.integers(0, 2**63, apart // 2, np.uint64)])
            for common in choose.integers(0, 2**63, (100, shared), np.uint64)
            for _ in range(2)
        ]
        owner = np.repeat(np.arange(200), [each.size for each in both])
        made = sketches(Runs(np.concatenate(both), owner, 200))
        truth = shared / (shared + apart // 2 * 2)
        assert abs((made[::2] == made[1::2]).mean() - truth) < 0.02


def test_what_hangs_together_has_the_smallest_as_its_name():
    first, second = np.array([4, 2, 9, 7]), np.array([2, 9, 5, 8])
    assert components(10, first, second).tolist() == [0, 1, 2, 3, 2, 2, 6, 7, 7, 2]


def batch(**columns):
    rows = len(next(iter(columns.values())))
    names = ("prompt", "rejected", "chosen", "language", "file_path")
    filled = {name: [""] * rows for name in names} | columns
    return pd.DataFrame({"id": [f"r{at}" for at in range(rows)], **filled}, dtype=object)


@pytest.mark.shared
def test_every_task_of_the_public_benchmarks_is_found(shared):
    tasks = pd.read_json(
        shared / "data" / "public_pack" / "tasks.jsonl", lines=True, dtype=False
    ).fillna("")
    rows = batch(
        prompt=tasks["prompt"].tolist()
        + [""] * len(tasks)
        + ["Please:\n" + p for p in tasks["prompt"]],
        chosen=["x"] * len(tasks) + tasks["reference_solution"].tolist() + ["y"] * len(tasks),
    )
    rows = rows[(rows["prompt"] + rows["chosen"]).str.strip() != ""]
    known = load(PUBLIC)
    assert len(decontamination.clean(rows, known, Decontamination()).kept) == 0
    data = PUBLIC.read_bytes()
    assert not any(prompt[:40].encode() in data for prompt in tasks["prompt"])


def test_ones_own_benchmark_is_found_by_sentence_words_and_likeness(tmp_path):
    task = code(1, lines=20)
    save(
        [made_of("ours", [["Write a function to find the nth polite number.", task]])],
        tmp_path / "f",
    )
    rows = batch(
        chosen=[
            "# Write a function to find the nth polite number.",
            changed(task, 2),
            code(9),
            task,
        ],
    )
    told = decontamination.clean(rows, load(tmp_path / "f"), Decontamination())
    assert told.kept["id"].tolist() == ["r2"]
    assert {each.of for each in told.dropped} == {"ours"}


BROKEN = {
    "bash": ("if true; then echo 1; fi", "if true; then echo 1"),
    "c": ("int f(void) { return 1; }", "int f(void) { return 1; "),
    "cpp": ("int f() { return 1; }", "int f( { return 1; }"),
    "c#": ("class A { int B() { return 1; } }", "class A { int B( { return 1; } }"),
    "go": ("func f() int { return 1 }", "func f( int { return 1 }"),
    "java": ("class A { int b() { return 1; } }", "class A { int b( { return 1; } }"),
    "javascript": ("function f() { return 1 }", "function f( { return 1 }"),
    "kotlin": ("fun f(): Int { return 1 }", "fun f(: Int { return 1 }"),
    "php": ("<?php function f() { return 1; }", "<?php function f( { return 1; }"),
    "python": ("def f():\n    return 1", "def f(:\n    return 1"),
    "ruby": ("def f\n  1\nend", "def f(\n  1\nend end"),
    "rust": ("fn f() -> i32 { 1 }", "fn f( -> i32 { 1 }"),
    "typescript": ("function f(): number { return 1 }", "function f(: number { return 1 }"),
}


def test_a_correction_that_adds_errors_is_dropped_in_each_language():
    languages = list(BROKEN)
    good, bad = zip(*BROKEN.values(), strict=True)
    for rejected, chosen, kept in ((good, bad, 0), (bad, good, len(good)), (bad, bad, len(bad))):
        rows = batch(language=languages, rejected=list(rejected), chosen=list(chosen))
        assert len(parsing.readable(rows, Parsing()).kept) == kept


def test_a_cap_counts_in_the_order_it_is_given():
    groups, order = np.array([0, 0, 1, -1, 0, -1]), np.array([4, 5, 3, 2, 1, 0])
    assert caps.over(groups, order, 2).tolist() == [True, False, False, False, False, False]
    assert not caps.over(groups, order, 0).any()


def test_the_objective_follows_the_edit_and_the_evidence():
    edit = np.array([100, 3_000, 3_000, 3_000, 9_000])
    sure = np.array([0.95, 0.95, 0.5, 0.5, 0.95])
    evidence = np.array(["", "", "", "tests", ""], dtype=object)
    told = routing.objectives(edit, sure, evidence, np.ones(5, bool), Routing())
    assert told.tolist() == ["sft_edit_span", "preference", "sft", "preference", "sft"]


def test_a_team_adds_a_benchmark_of_its_own(tmp_path):
    source = tmp_path / "ours.jsonl"
    source.write_text('{"prompt": "Write what we ask everybody who applies here."}\n{}\n')
    standards.add(source, "ours", tmp_path / "kept")
    known = standards.known_benchmarks(Recipe(), tmp_path / "kept")
    assert [path.name for path in known] == ["benchmarks.npz", "ours.npz"]
    rows = batch(prompt=["Write what we ask everybody who applies here."])
    assert [
        each.of for each in decontamination.clean(rows, load(known[1]), Decontamination()).dropped
    ]
    for text in ("{", "{}", "[]"):
        source.write_text(text)
        with pytest.raises(standards.NoTasks):
            standards.add(source, "ours", tmp_path)
