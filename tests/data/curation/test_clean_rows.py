"""A dataset version holds no row of a public benchmark."""

import json

import pytest

from curation import datasets
from tests.builders import make_curator, make_project
from tests.curation_builders import make_accepted

pytestmark = pytest.mark.django_db


def frozen(project, **changes):
    version = datasets.request(project, make_curator(project), datasets.clock.now(), **changes)
    datasets.build(version)
    version.refresh_from_db()
    return version


@pytest.mark.shared
def test_a_row_of_a_benchmark_is_kept_out_and_counted(shared):
    lines = (shared / "data" / "public_pack" / "tasks.jsonl").read_text("utf-8").split("\n")
    task = json.loads(lines[0])
    project = make_project()
    make_accepted(project)
    make_accepted(project, prompt=task["prompt"], ideal="def mine(): ...\n")
    make_accepted(project, ideal=task["prompt"] + task["reference_solution"])
    version = frozen(project)
    assert version.manifest["rows"] == 1
    told = {step["step"]: step for step in version.manifest["funnel"]}["clean"]
    assert (told["kept"], sum(told["dropped"].values())) == (1, 2)
    assert set(told["dropped"]) <= {"benchmark_exact", "benchmark_words"}


@pytest.mark.shared
def test_a_recipe_from_before_keeps_what_it_kept(shared):
    lines = (shared / "data" / "public_pack" / "tasks.jsonl").read_text("utf-8").split("\n")
    project = make_project()
    make_accepted(project, prompt=json.loads(lines[0])["prompt"])
    old = {name: value for name, value in datasets.DEFAULT.items() if name != "decontamination"}
    assert frozen(project, recipe=old).manifest["rows"] == 1
