import json
from datetime import timedelta

import pytest

from curation import datasets, export, labeling
from curation.datasets import ATTEMPTS, MOVES, QUIET
from curation.models import DatasetRow, DatasetVersion, Example
from curation.planning import planned
from curation.splits import bucket
from feedback.blobs import keep
from governance.models import LedgerEntry
from lib.clock import now
from lib.transitions import MoveRefused, move
from tests.builders import make_curator, make_person, make_project
from tests.curation_builders import make_accepted, make_frozen, make_labelled

pytestmark = pytest.mark.django_db
State = DatasetVersion.State


def freeze(project, **changes):
    version = datasets.request(project, make_curator(project), now(), **changes)
    datasets.build(version)
    version.refresh_from_db()
    return version


def rows_of(version, objective="sft"):
    return [
        json.loads(line)
        for split in export.SPLITS
        for line in export.lines(version, f"{objective}/{split}.jsonl")
    ]


def funnel_of(version):
    return {step["step"]: (step["kept"], step["dropped"]) for step in version.manifest["funnel"]}


def test_a_version_holds_what_was_accepted():
    version = make_frozen(make_project(), rows=3)
    assert (version.state, version.number, version.progress, version.total) == ("frozen", 1, 3, 3)
    assert len(version.content_id) == 64
    assert version.manifest["rows"] == 3
    assert funnel_of(version)["distinct"] == (3, {})
    splits = {row.split for row in version.rows.all()}
    assert {file["path"] for file in version.manifest["files"]} == {
        f"{objective}/{split}.jsonl" for objective in export.OBJECTIVES for split in splits
    }
    assert (
        LedgerEntry.objects.get(action="dataset version frozen").subject_digest
        == version.content_id
    )


def test_a_row_says_what_was_decided_and_where_it_comes_from():
    project = make_project()
    example = make_labelled(project, client_id="abc", repository="acme/api")
    fixed = keep(project, "the reviewer's own\n")
    labeling.accept(
        example,
        by=make_person(),
        category=example.category,
        severity="low",
        ideal=fixed,
        now=now(),
    )
    (row,) = rows_of(freeze(project))
    assert row["prompt"] == [{"role": "user", "content": example.prompt.text}]
    assert row["completion"] == [{"role": "assistant", "content": fixed.text}]
    assert (row["category"], row["severity"], row["repository"]) == ("security", "low", "acme/api")
    assert (row["feedback_ids"], row["support"]) == (["fe_abc"], 1)
    assert row["row_id"] == DatasetRow.objects.get().row_id
    (pair,) = rows_of(DatasetVersion.objects.get(), "dpo")
    assert pair["chosen"] == row["completion"]
    assert pair["rejected"] == [{"role": "assistant", "content": example.output.text}]
    assert "completion" not in pair


def test_every_row_has_every_key():
    project = make_project()
    make_accepted(project, language="", repository="")
    make_accepted(project, severity="high")
    assert len({tuple(row) for row in rows_of(freeze(project))}) == 1


def test_rows_are_in_the_order_of_their_ids_over_many_pages(monkeypatch):
    monkeypatch.setattr(export, "PAGE", 2)
    monkeypatch.setattr(datasets, "BATCH", 2)
    version = make_frozen(make_project(), rows=9)
    for split in export.SPLITS:
        ids = [
            row["row_id"] for row in map(json.loads, export.lines(version, f"sft/{split}.jsonl"))
        ]
        assert ids == sorted(ids)
    assert len(rows_of(version)) == 9


def test_exact_duplicates_become_one_row_that_counts_them():
    project = make_project()
    same = {"prompt": "p", "output": "bad\n", "ideal": "good\n"}
    first = make_accepted(project, **same, client_id="b", repository="one")
    second = make_accepted(project, **same, client_id="a", repository="two")
    other = make_accepted(project, repository="two", client_id="c")
    version = freeze(project)
    row = next(row for row in rows_of(version) if row["support"] == 2)
    assert row["feedback_ids"] == ["fe_a", "fe_b"]
    assert funnel_of(version)["distinct"] == (2, {"exact_duplicate": 1})
    rows = {row.example_id: row for row in DatasetRow.objects.all()}
    assert rows[first.pk].row_id == rows[second.pk].row_id
    assert [rows[first.pk].leads, rows[second.pk].leads] == [False, True]
    # both repositories stand behind the row, so neither may be on another side of a split
    assert len({row.split for row in rows.values()}) == 1
    assert rows[other.pk].leads


def test_of_duplicates_with_different_labels_the_commonest_leads():
    project = make_project()
    same = {"prompt": "p", "output": "bad\n", "ideal": "good\n"}
    make_accepted(project, **same, client_id="a", category="style")
    make_accepted(project, **same, client_id="b", category="logic")
    make_accepted(project, **same, client_id="c", category="logic")
    (row,) = rows_of(freeze(project))
    assert (row["category"], row["support"]) == ("logic", 3)


def test_what_cannot_be_learnt_from_is_dropped_with_its_reason():
    project = make_project()
    make_accepted(project)
    make_accepted(project, output="same\n", ideal="same\n")
    make_accepted(project, ideal="")
    make_accepted(project, prompt="")
    version = freeze(project)
    kept, dropped = funnel_of(version)["usable"]
    assert (kept, dropped) == (1, {"no_change": 1, "no_code": 1, "no_prompt": 1})
    assert version.manifest["rows"] == 1


def test_an_empty_output_is_an_answer_to_learn_but_nothing_to_reject():
    project = make_project()
    make_accepted(project, output="")
    version = freeze(project)
    assert (len(rows_of(version)), len(rows_of(version, "dpo"))) == (1, 0)


def test_the_funnel_says_why_the_others_are_not_in():
    project = make_project()
    make_accepted(project)
    make_labelled(project)
    rejected = make_labelled(project)
    labeling.reject(rejected, by=make_person(), reason="trivial", now=now())
    withdrawn = make_accepted(project)
    labeling.withdraw(withdrawn, by=make_person(), now=now())
    funnel = funnel_of(freeze(project))
    assert funnel["corrections"] == (4, {})
    assert funnel["accepted"] == (1, {"rejected_trivial": 1, "waiting": 2})


def test_decisions_after_the_cutoff_do_not_count():
    project = make_project()
    changed = make_accepted(project, client_id="changed")
    make_accepted(project)
    version = datasets.request(project, make_curator(project), now())
    labeling.withdraw(changed, by=make_person(), now=now())
    make_accepted(project, client_id="too late")
    datasets.build(version)
    ids = {name for row in rows_of(version) for name in row["feedback_ids"]}
    assert "fe_changed" in ids
    assert "fe_too late" not in ids


def test_another_project_is_not_in_it():
    project, other = make_project(), make_project()
    make_accepted(project)
    make_accepted(other)
    assert len(rows_of(freeze(project))) == 1


def test_building_twice_gives_the_same_id():
    project = make_project()
    first = make_frozen(project)
    second = freeze(project)
    assert (first.number, second.number) == (1, 2)
    assert first.content_id == second.content_id
    assert first.manifest["files"] == second.manifest["files"]


def test_the_order_in_which_things_arrived_does_not_change_the_id():
    ids = set()
    for order in (range(12), reversed(range(12))):
        project = make_project()
        for number in order:
            make_accepted(
                project,
                number=1000 + number,
                client_id=f"c{number}",
                repository=f"r{number % 5}",
                session=f"s{number % 7}",
            )
        ids.add(freeze(project).content_id)
    assert len(ids) == 1


@pytest.mark.parametrize("change", [{"client_id": "x"}, {"repository": "r"}, {"ideal": "other\n"}])
def test_other_content_is_another_id(change):
    ids = set()
    for changes in ({}, change):
        project = make_project()
        make_accepted(project, **{"number": 5, "client_id": "c"} | changes)
        ids.add(freeze(project).content_id)
    assert len(ids) == 2


def test_another_recipe_is_another_id():
    project = make_project()
    make_accepted(project)
    recipe = datasets.DEFAULT | {"note": "tried"}
    assert freeze(project).content_id != freeze(project, recipe=recipe).content_id


def test_nothing_accepted_is_refused_at_once():
    project = make_project()
    make_labelled(project)
    with pytest.raises(datasets.NothingToFreeze, match="no example"):
        datasets.request(project, make_curator(project), now())
    assert not DatasetVersion.objects.exists()
    assert not LedgerEntry.objects.filter(subject__startswith="dataset").exists()


def test_a_version_without_a_row_fails_and_says_why():
    project = make_project()
    make_accepted(project, output="same\n", ideal="same\n")
    version = freeze(project)
    assert version.state == "failed"
    assert "no_change 1" in version.problem
    assert LedgerEntry.objects.filter(action="dataset version failed").exists()


def test_one_repository_for_everything_is_told_in_the_manifest():
    project = make_project()
    for _ in range(3):
        make_accepted(project, repository="mono")
    grouping = freeze(project).manifest["grouping"]
    assert grouping == {"groups": 1, "largest": 3, "rows": 3, "one_group_dominates": True}


def test_a_cancelled_build_stops_and_stays_cancelled():
    project = make_project()
    make_accepted(project)
    curator = make_curator(project)
    version = datasets.request(project, curator, now())
    datasets.cancel(version, curator, now())
    with pytest.raises(MoveRefused):
        datasets.build(version)
    assert DatasetVersion.objects.get().state == "cancelled"
    assert LedgerEntry.objects.filter(action="dataset version cancelled", actor=curator).exists()


def test_a_frozen_version_cannot_be_cancelled():
    version = make_frozen(make_project())
    with pytest.raises(MoveRefused):
        datasets.cancel(version, version.requested_by, now())


def test_a_build_that_never_ends_is_given_up():
    project = make_project()
    make_accepted(project)
    version = datasets.request(project, make_curator(project), now())
    DatasetVersion.objects.update(state=State.BUILDING, attempts=ATTEMPTS)
    datasets.build(version)
    version.refresh_from_db()
    assert version.state == "failed"
    assert "never came to its end" in version.problem


def test_versions_that_wait_or_were_left_are_due():
    project = make_project()
    make_accepted(project)
    version = datasets.request(project, make_curator(project), now())
    moment = now()
    assert list(datasets.due(moment)) == [version]
    DatasetVersion.objects.update(state=State.BUILDING, touched_at=moment)
    assert not datasets.due(moment + QUIET)
    assert list(datasets.due(moment + QUIET + timedelta(seconds=1))) == [version]


@pytest.mark.parametrize("source", State.values)
@pytest.mark.parametrize("target", State.values)
def test_a_version_moves_only_as_the_table_says(source, target):
    project = make_project()
    make_accepted(project)
    version = datasets.request(project, make_curator(project), now())
    whole = {"content_id": "0" * 64, "frozen_at": now()}
    as_frozen = whole if source == State.FROZEN else {}
    DatasetVersion.objects.update(state=source, **as_frozen)
    changes = whole if target == State.FROZEN else {}
    if target in MOVES[source]:
        move(version, target, MOVES, **changes)
    else:
        with pytest.raises(MoveRefused):
            move(version, target, MOVES, **changes)
        assert DatasetVersion.objects.get().state == source


def test_an_example_decided_before_it_arrived_by_our_clock_still_counts():
    """A demo tells its past: its cutoffs lie before the rows were written."""
    project = make_project()
    make_accepted(project)
    version = datasets.request(project, make_curator(project), now() - timedelta(days=30))
    datasets.build(version)
    assert Example.objects.get().arrived_at > version.cutoff
    assert len(rows_of(version)) == 1


def test_what_was_for_testing_is_never_learnt_from_later():
    """A session that ties a test repository to one that is named before it moved both to train."""
    project = make_project()
    split = datasets.DEFAULT["split"]
    names = [f"repo-{n}" for n in range(200)]
    goes = {name: bucket(f"repository\0{name}", split["shares"], split["salt"]) for name in names}
    held = next(name for name in names if goes[name] == "test")
    pulls = next(name for name in names if goes[name] == "train" and name < held)
    make_accepted(project, repository=held, client_id="held")
    first = freeze(project)
    assert [row.split for row in first.rows.all()] == ["test"]
    for number, name in enumerate([held, pulls]):
        make_accepted(project, repository=name, session="s", client_id=f"new-{number}")
    second = freeze(project)
    assert second.earlier == [1]
    assert {row.split for row in second.rows.all()} == {"test"}
    made_alone = DatasetVersion(
        project=project, recipe=second.recipe, cutoff=second.cutoff, number=9
    )
    made_alone.last_decision = second.last_decision
    plan = planned(made_alone, lambda: None)
    assert {row.split for row in plan.rows} == {"train"}  # negative control: nothing held them
