"""A project's own benchmarks keep rows out of its versions, and only of its own."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from curation import datasets, own_benchmarks, previewing
from curation.exports.card import card_of
from curation.models import ProjectBenchmark
from curation.recipe import Recipe
from governance.models import LedgerEntry
from lib.clock import now
from tests.builders import make_project
from tests.curation_builders import make_accepted, make_refrozen

pytestmark = pytest.mark.django_db

PROMPT = "Sum the ledger entries of each merchant and give the totals in order of the merchant"


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "ours.jsonl"
    file.write_text(json.dumps({"prompt": PROMPT, "solution": "def totals(): ...\n"}) + "\n")
    return file


def add(project, source, **more):
    out = StringIO()
    call_command("add_benchmark", str(source), project=project.slug, stdout=out, **more)
    return out.getvalue()


def made(project):
    """Two accepted examples, one of them a task of the benchmark."""
    return make_accepted(project), make_accepted(project, prompt=PROMPT)


def test_a_version_asked_for_later_says_why_it_holds_less(source):
    project = make_project()
    _, task = made(project)
    before = make_refrozen(project)
    assert "ours: 3 texts" in add(project, source)
    after = make_refrozen(project)
    assert (before.manifest["rows"], after.manifest["rows"]) == (2, 1)
    (fallen,) = after.left_out.all()
    assert (fallen.example, fallen.step, fallen.reason) == (task, "clean", "benchmark_exact")
    kept = ProjectBenchmark.objects.get()
    assert after.manifest["recipe"]["decontamination"]["own"] == {"ours": kept.digest}
    assert "own" not in before.manifest["recipe"]["decontamination"]
    entry = LedgerEntry.objects.get(action="benchmark added")
    assert entry.subject_digest == kept.digest


def test_a_version_says_what_was_in_which_benchmark(source):
    project = make_project()
    made(project)
    add(project, source)
    version = make_refrozen(project)
    told = {each["benchmark"]: each for each in version.manifest["leakage"]}
    assert list(told) == ["HumanEval", "MBPP", "RealHumanEval-tasks", "ours"]
    assert told["ours"] == {
        "benchmark": "ours",
        "is_own": True,
        "exact": 1,
        "words": 0,
        "alike": 0,
        "per_million": 500_000,
    }
    assert told["MBPP"]["exact"] == 0
    assert "| ours | 1 | 0 | 0 | 500,000 |" in card_of(version)


def test_a_version_that_looked_for_no_benchmark_says_so(monkeypatch):
    project = make_project()
    make_accepted(project)
    older = {name: value for name, value in datasets.DEFAULT.items() if name != "decontamination"}
    monkeypatch.setattr(datasets, "DEFAULT", older)
    version = make_refrozen(project)
    assert version.manifest["leakage"] is None
    assert "Leakage" not in card_of(version)


def test_a_benchmark_without_solutions_keeps_out_no_row_that_was_empty(source):
    project = make_project()
    make_accepted(project, output="")
    add(project, source)
    assert make_refrozen(project).manifest["rows"] == 1


def test_no_text_is_kept(source):
    project = make_project()
    add(project, source)
    assert b"merchant" not in bytes(ProjectBenchmark.objects.get().data)


def test_another_project_keeps_its_rows_and_its_recipe(source):
    project, other = make_project(), make_project()
    add(project, source)
    made(other)
    assert datasets.recipe_for(other) == datasets.DEFAULT
    assert make_refrozen(other).manifest["rows"] == 2


def test_another_project_cannot_name_it(source):
    project, other = make_project(), make_project()
    add(project, source)
    own = own_benchmarks.rule(project)
    with pytest.raises(ProjectBenchmark.DoesNotExist):
        own_benchmarks.named(other.pk, own)


def test_a_version_asked_for_before_is_built_by_what_there_was(source):
    project = make_project()
    made(project)
    add(project, source)
    version = datasets.request(project, make_refrozen(project).requested_by, now())
    source.write_text(json.dumps({"prompt": "Something else entirely"}))
    add(project, source)
    datasets.build(version)
    version.refresh_from_db()
    assert version.manifest["rows"] == 1
    assert make_refrozen(project).manifest["rows"] == 2  # the name's newest counts


def test_a_preview_holds_rows_against_it_too(source):
    project = make_project()
    made(project)
    add(project, source)
    assert previewing.effect_of(project, Recipe(), now()).rows == (1, 1)


def test_what_is_no_project_or_no_task_adds_nothing(source, tmp_path):
    with pytest.raises(CommandError, match="no project nowhere"):
        call_command("add_benchmark", str(source), project="nowhere")
    empty = tmp_path / "empty.jsonl"
    empty.write_text("{}\n")
    with pytest.raises(CommandError, match="Nothing was added"):
        add(make_project(), empty)
    assert not ProjectBenchmark.objects.exists()
