"""A file of corrections, curated without a database."""

import random
from hashlib import sha256

import orjson
import pytest

from curation import recipe
from curation.from_file import FILES, Asked, curate
from curation.recipe import Consent, Recipe, Split
from tests.curation_rows import QUICK, code, curated, lines_of, row

HOSTILE = [
    (b'{"id": "cut", "prompt": ', "bad_json"),
    (b"[1, 2]", "not_an_object"),
    (b'{"prompt": "no id"}', "no_id"),
    (b'{"id": 7, "prompt": "p"}', "wrong_type_id"),
    (b'{"id": "nan", "prompt": "p", "confidence": NaN}', "bad_json"),
    (b'{"id": "latin", "prompt": "\xe9"}', "not_utf8"),
    (b'{"id": "half", "prompt": "\\ud800"}', "lone_surrogate"),
    (b'{"id": "\\ud800", "prompt": "p"}', "lone_surrogate"),
    (b'{"id": "nul", "prompt": "a\\u0000b"}', "nul_byte"),
    (b'{"id": "list", "prompt": ["p"]}', "wrong_type_prompt"),
    (b'{"id": "about", "prompt": "p", "provenance": []}', "wrong_type_provenance"),
    (b'{"id": "deep", "prompt": ' + b"[" * 9_000 + b"]" * 9_000 + b"}", "bad_json"),
    (b'{"id": "huge", "prompt": "' + b"x" * 1_200_000 + b'"}', "too_large"),
    (b'{"id": "digits", "n": ' + b"9" * 5_000 + b"}", "bad_json"),
]


def test_nothing_in_a_row_stops_the_run(tmp_path):
    good = [row("first"), row("last", rejected=code(1), chosen=code(2))]
    found = curated(tmp_path, lines_of(good) + b"\n".join(line for line, _ in HOSTILE))
    assert {each["id"] for each in found["kept"]} == {"first", "last"}
    assert len(found["dropped"]) == len(HOSTILE)
    assert sorted(each["reason"] for each in found["dropped"]) == sorted(why for _, why in HOSTILE)
    assert {each["stage"] for each in found["dropped"]} == {"reading"}
    assert found["report"]["rows"] == {"read": 16, "kept": 2, "dropped": 14}


def test_a_row_comes_out_as_it_would_be_exported(tmp_path):
    data = [row(), row("other", category="style", chosen=None)]
    found = curated(tmp_path, data, gold={"r1": "logic"})
    kept = found["kept"][0]
    assert kept.items() >= row().items() - {("language", "python")}
    assert kept["cluster"] == "r1"
    assert kept["split"] in ("train", "validation", "test")
    assert kept["objective"] == "sft_edit_span"
    assert (kept["category"], kept["category_probability"]) == ("logic", 0.8889)
    assert [each["id"] for each in found["labels"]] == ["other", "r1"]
    assert {"labeler": "comment", "category": "logic", "version": 1} in found["labels"][1]["votes"]
    assert found["dropped"] == [{"id": "other", "reason": "no_code", "stage": "validity"}]
    assert found["report"]["label_quality"]["accuracy"] == 1.0


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"prompt": " "}, "no_prompt"),
        ({"chosen": row()["rejected"]}, "no_change"),
        ({"prompt": "Sum.", "rejected": "a", "chosen": "b"}, "too_short"),
        ({"chosen": "def sum_r1(items:\n    return sum(items)\n"}, "does_not_parse"),
        ({"consent": False}, "consent_refused"),
        ({"license": "GPL-3.0-only"}, "licence_denied"),
        ({"id": "erased"}, "erased"),
        ({"verified": {"chosen_passes": False}}, "tests_fail"),
    ],
)
def test_each_stage_drops_what_it_is_there_for(tmp_path, changes, why):
    recipe = QUICK.model_copy(update={"consent": Consent(tombstones=("erased",))})
    found = curated(tmp_path, [row() | changes], recipe)
    assert [each["reason"] for each in found["dropped"]] == [why]


def test_the_same_rows_give_the_same_bytes(tmp_path):
    """In another order, by other processes, whose sets have another order."""
    rows = [
        row(f"r{n}", rejected=code(n % 40), chosen=code(n % 40) + "# end\n") for n in range(300)
    ]
    rows += [row("r7", comment="Again, with another comment."), row("r8")]
    made = []
    for place, workers in enumerate((1, 2)):
        source, target = tmp_path / "in.jsonl", tmp_path / str(place)
        source.write_bytes(lines_of(rows))
        curate(Asked(source, target, QUICK, (), workers=workers), print)
        made.append({name: (target / name).read_bytes() for name in FILES})
        random.Random(5).shuffle(rows)
    assert made[0] == made[1]


def test_duplicates_stand_behind_one_row_that_says_how_many_they_are(tmp_path):
    base = {"rejected": code(3, 30), "chosen": code(4, 30)}
    rows = [
        row("a", **base),
        row("b", **base),
        row("c", **base | {"chosen": base["chosen"].replace("alpha", "omega", 1)}),
        row("d", rejected=code(5), chosen=code(6)),
        row("d", rejected=code(5), chosen=code(6)),
    ]
    rows[1]["prompt"] = rows[0]["prompt"]
    found = curated(tmp_path, rows)
    by_id = {each["id"]: each for each in found["kept"]}
    assert by_id.keys() == {"a", "d"}
    assert (by_id["a"]["support"], by_id["a"]["weight"]) == (2, 3)
    assert (by_id["a"]["duplicates"], by_id["a"]["near_duplicates"]) == (["b"], ["c"])
    told = {(each["id"], each["reason"], each.get("of")) for each in found["dropped"]}
    assert told == {
        ("b", "exact_duplicate", "a"),
        ("c", "near_duplicate", "a"),
        ("d", "duplicate_id", None),
    }


def test_what_was_test_stays_test_and_takes_its_group_along(tmp_path):
    rows = [
        row(f"r{n}", rejected=code(n), chosen=code(n + 99), session=f"s{n // 2}") for n in range(8)
    ]
    recipe = QUICK.model_copy(update={"split": Split(shares={"train": 100})})
    found = curated(tmp_path, rows, recipe, before={"r2": "test", "r5": "validation"})
    splits = {each["id"]: each["split"] for each in found["kept"]}
    assert (splits["r2"], splits["r3"]) == ("test", "test")
    assert (splits["r4"], splits["r5"]) == ("validation", "validation")
    assert splits["r0"] == splits["r7"] == "train"


def test_rows_of_the_time_holdout_are_not_trained_on(tmp_path):
    rows = [
        row(
            f"r{n}", rejected=code(n), chosen=code(n + 99), event_time=f"2026-0{n + 1}-01T00:00:00Z"
        )
        for n in range(4)
    ]
    recipe = QUICK.model_copy(update={"split": Split(holdout_from="2026-03-01T00:00:00Z")})
    found = curated(tmp_path, rows, recipe)
    late = {each["id"] for each in found["kept"] if each["split"] == "holdout"}
    assert late == {"r2", "r3"}


def test_an_empty_file_makes_four_files(tmp_path):
    found = curated(tmp_path, b"\n\n")
    assert (found["kept"], found["dropped"]) == ([], [])
    assert found["report"]["recipe_sha256"] == QUICK.digest != Recipe().digest
    assert found["report"]["recipe_differs"] == [
        {"field": "labels.analysers", "before": True, "after": False}
    ]
    assert recipe.read(orjson.dumps(found["report"]["recipe"])) == QUICK


def test_a_secret_has_one_placeholder_in_all_texts_of_a_row_and_is_in_no_file(tmp_path):
    token, mailbox = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8", "grace.hopper@navy.mil"
    secret = f'TOKEN = "{token}"\n'
    sides = {
        "prompt": row()["prompt"] + f" Log in with {token} as {mailbox}.",
        "rejected": secret + row()["rejected"],
        "chosen": secret + row()["chosen"],
        "comment": f"{mailbox} says the total starts wrong, see MASKED_email_aaaaaaab.",
        "file_path": f"home/{mailbox}/sum.py",
    }
    kept = curated(tmp_path, [row(**sides), row("r2")])["kept"][0]
    assert kept["rejected"].startswith('TOKEN = "MASKED_github_token_aaaaaaab"\n')
    assert kept["chosen"].split("\n")[0] == kept["rejected"].split("\n")[0]
    assert "MASKED_github_token_aaaaaaab as MASKED_email_aaaaaaac." in kept["prompt"]
    assert kept["comment"].startswith("MASKED_email_aaaaaaac says")
    assert kept["comment"].endswith("MASKED_email_aaaaaaab.")
    files = b"".join((tmp_path / "out" / name).read_bytes() for name in FILES)
    assert token.encode() not in files
    assert mailbox.encode() not in files


def test_of_an_id_that_comes_twice_the_same_label_is_measured_in_any_order(tmp_path):
    rows = [row(), row(comment="SQL injection through the name, a vulnerability.")]
    gold = {"r1": "security"}
    made = [curated(tmp_path, data, gold=gold)["report"] for data in (rows, rows[::-1])]
    assert made[0]["label_quality"]["accuracy"] in (0.0, 1.0)
    assert made[0] == made[1]


def test_a_run_is_named_by_what_it_kept_under_its_recipe(tmp_path):
    first = curated(tmp_path, [row(), row("r2", rejected=code(1), chosen=code(2))])["report"]
    kept = sha256((tmp_path / "out/kept.jsonl").read_bytes()).hexdigest()
    assert first["files"]["kept.jsonl"] == kept
    named = {"files": [["kept.jsonl", kept]], "recipe": QUICK.digest}
    assert (
        first["content_id"] == sha256(orjson.dumps(named, option=orjson.OPT_SORT_KEYS)).hexdigest()
    )
    others = [
        curated(tmp_path, [row()]),
        curated(tmp_path, [row(), row("r2", rejected=code(1), chosen=code(2))], Recipe()),
    ]
    assert len({first["content_id"], *(each["report"]["content_id"] for each in others)}) == 3
