import json
from collections import Counter

import pytest

from curation import clusters, datasets, export, labeling, near_rows
from curation.models import Cluster, DatasetRow
from lib.clock import now
from tests.builders import make_curator, make_person, make_project
from tests.cluster_builders import code
from tests.curation_builders import make_accepted

pytestmark = pytest.mark.django_db


def accept(project, name, topic, *changed, **changes):
    told = {"output": code(topic, *changed), "ideal": code(topic, *changed) + "check(limit)\n"}
    told |= {"prompt": f"Write {topic} for {name}.", "client_id": name, "repository": f"r-{name}"}
    return make_accepted(project, **told | changes)


def frozen(project, recipe=None):
    version = datasets.request(project, make_curator(project), now(), recipe)
    datasets.build(version)
    version.refresh_from_db()
    assert version.state == "frozen", version.problem
    return version


def lines_of(version):
    return {
        line["feedback_ids"][0]: line
        for file in version.manifest["files"]
        if file["path"].startswith("sft/")
        for line in map(json.loads, export.lines(version, file["path"]))
    }


def old_recipe():
    since = ("near_duplicates", "decontamination")
    kept = {name: value for name, value in datasets.DEFAULT.items() if name not in since}
    return kept | {"format": 1}


def test_however_little_text_fits_in_memory_the_rows_are_the_same(monkeypatch):
    project = make_project()
    for n in range(5):
        accept(project, f"n{n}", "invoice", n)
    accept(project, "z", "session")
    whole = frozen(project)
    monkeypatch.setattr(near_rows, "PAGE_BYTES", 1)
    again = frozen(project)
    assert [file["sha256"] for file in again.manifest["files"]] == [
        file["sha256"] for file in whole.manifest["files"]
    ]


def test_near_duplicates_become_one_row_with_their_weight():
    project = make_project()
    accept(project, "a", "invoice", 2)
    accept(project, "b", "invoice")
    accept(project, "c", "invoice", 7)
    accept(project, "d", "session")
    version = frozen(project)
    lines = lines_of(version)
    assert set(lines) == {"fe_b", "fe_d"}
    assert lines["fe_b"]["near_feedback_ids"] == ["fe_a", "fe_c"]
    assert (lines["fe_b"]["support"], lines["fe_b"]["weight"]) == (1, 3)
    assert (lines["fe_d"]["support"], lines["fe_d"]["weight"]) == (1, 1)
    last = version.manifest["funnel"][-1]
    assert last == {"step": "gathered", "kept": 2, "dropped": {"near_duplicate": 2}}
    assert (version.manifest["rows"], version.manifest["examples"]) == (2, 4)


def test_copies_count_when_the_leader_is_chosen_and_in_its_weight():
    project = make_project()
    accept(project, "a", "invoice")
    for name in ("b", "c", "d"):
        accept(project, name, "invoice", 2, 3, prompt="Write it.")
    lines = lines_of(frozen(project))
    assert lines["fe_b"]["feedback_ids"] == ["fe_b", "fe_c", "fe_d"]
    assert lines["fe_b"]["near_feedback_ids"] == ["fe_a"]
    assert (lines["fe_b"]["support"], lines["fe_b"]["weight"]) == (3, 4)


def test_every_example_behind_a_row_leads_back_to_it():
    project = make_project()
    near = accept(project, "a", "invoice", 2)
    leader = accept(project, "b", "invoice")
    accept(project, "c", "invoice", 7)
    version = frozen(project)
    rows = {row.example_id: row for row in version.rows.all()}
    assert len({row.row_id for row in rows.values()}) == 1
    assert [rows[leader.pk].leads, rows[leader.pk].is_near] == [True, False]
    assert [rows[near.pk].leads, rows[near.pk].is_near] == [False, True]


def test_kin_that_are_not_near_to_the_leader_keep_their_line_and_share_its_split():
    project = make_project()
    for number in range(0, 13, 2):
        accept(project, f"n{number}", "order", *range(number))
    version = frozen(project)
    lines = lines_of(version)
    assert 1 < len(lines) < 7
    assert sum(line["weight"] for line in lines.values()) == 7
    assert version.manifest["grouping"]["groups"] == 1
    assert len(Counter(version.rows.values_list("split", flat=True))) == 1


def test_examples_that_are_not_in_the_version_tie_nothing():
    project = make_project()
    accept(project, "a", "order")
    accept(project, "e", "order", *range(6))
    between = accept(project, "c", "order", *range(3))
    labeling.withdraw(between, by=make_person(), now=now())
    clusters.join_waiting(10, now())
    assert Cluster.objects.get().size == 3
    assert frozen(project).manifest["grouping"]["groups"] == 2
    labeling.reject(between, by=make_person(), reason="wrong", now=now())
    assert frozen(project).manifest["grouping"]["groups"] == 2


def test_the_content_does_not_depend_on_the_order_examples_came_in():
    made = []
    for names in ("abcdef", "fedcba", "dbface"):
        project = make_project()
        for name in names:
            at = "abcdef".index(name)
            accept(project, name, "fee" if at % 2 else "tax", at, severity="")
        made.append(frozen(project).content_id)
    assert len(set(made)) == 1


def test_a_version_of_the_old_format_keeps_its_lines_and_its_id():
    project = make_project()
    accept(project, "a", "invoice", 2)
    accept(project, "b", "invoice")
    version = frozen(project, old_recipe())
    lines = lines_of(version)
    assert set(lines) == {"fe_a", "fe_b"}
    assert not {"weight", "near_feedback_ids"} & set(lines["fe_a"])
    assert [step["step"] for step in version.manifest["funnel"]][-1] == "distinct"
    assert not DatasetRow.objects.filter(is_near=True).exists()
    for file in version.manifest["files"]:
        digest = export.sha256(b"".join(export.lines(version, file["path"]))).hexdigest()
        assert digest == file["sha256"]


def test_a_build_that_is_cancelled_while_it_looks_for_near_ones_stops(monkeypatch):
    project = make_project()
    accept(project, "a", "invoice")
    version = datasets.request(project, make_curator(project), now())

    def cancelled(rows, alive, near):
        datasets.cancel(version, make_curator(project), now())
        alive()

    monkeypatch.setattr(datasets.near_rows, "gathered", cancelled)
    with pytest.raises(datasets.MoveRefused):
        datasets.build(version)
    assert not version.rows.exists()
