"""All 1,814 real corrections: taken in, labelled, a sample decided, frozen, and loaded back."""

import json
import re
from collections import Counter

import pytest
from django.core.management import call_command

from curation import datasets, intake, labeling
from curation.models import Category, DatasetVersion, Example
from feedback import ingest
from lib.clock import now
from tests.builders import make_curator, make_ingest_key, make_person, make_project
from tests.loading import load_back

pytestmark = [pytest.mark.django_db, pytest.mark.shared, pytest.mark.timeout(600)]

PLACEHOLDER = r"MASKED_[a-z0-9_]+_[a-z2-7]{8}"  # a few examples hold passwords


def records_of(rows):
    for row in rows:
        yield {
            "type": "generation",
            "id": f"g-{row['id']}",
            "prompt": row["prompt"],
            "output": row["rejected"],
            "language": row["language"],
            "file_path": row["file_path"],
            "repository": row["provenance"]["source_repo"],
        }
        yield {
            "type": "correction",
            "id": row["id"],
            "generation": f"g-{row['id']}",
            "corrected": row["chosen"],
            "comment": row["comment"] or "",
        }


@pytest.fixture
def pack(shared):
    text = (shared / "data/public_pack/corrections.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


@pytest.fixture
def labelled(pack):
    """The pack's project, every example labelled without the pack's own category."""
    project = make_project()
    key, _ = make_ingest_key(project)
    records = list(records_of(pack))
    for start in range(0, len(records), ingest.MOST):
        outcomes = ingest.receive(key, records[start : start + ingest.MOST], now())
        assert {each.state for each in outcomes} == {ingest.State.STORED}
    assert intake.pull(now()) == len(pack) == 1_814
    assert labeling.label_waiting(5_000, now()) == len(pack)
    return project


def test_real_corrections_are_labelled_decided_frozen_and_loaded_back(pack, labelled, tmp_path):
    category_of = {row["id"]: row["category"] for row in pack}
    check_labels(labelled, category_of)
    accept_every_third(labelled, category_of)
    version = datasets.request(labelled, make_curator(labelled), now())
    datasets.build(version)
    version.refresh_from_db()
    assert version.state == "frozen"
    check_splits(version)
    call_command(
        "export_dataset", project=labelled.slug, version=1, out=tmp_path / "data", verbosity=0
    )
    for objective in ("sft", "dpo"):
        check_loaded(version, tmp_path / "data", objective, tmp_path / "home", pack)


def check_labels(project, category_of):
    """docs/labels.md has the figures; these are floors under them."""
    examples = Example.objects.filter(project=project).select_related("category", "correction")
    points = [
        (each.probability, each.category.slug == category_of[each.correction.client_id])
        for each in examples
    ]
    assert share(points) > 0.70
    sure = [point for point in points if point[0] >= 0.9]
    assert len(sure) > 400
    assert share(sure) > 0.90
    unsure = [point for point in points if 0.5 <= point[0] < 0.7]
    assert share(unsure) < share(sure) - 0.2


def share(points):
    return sum(right for _, right in points) / len(points)


def accept_every_third(project, category_of):
    person = make_person()
    categories = {each.slug: each for each in Category.objects.filter(project=project)}
    examples = Example.objects.filter(project=project).select_related("ideal", "correction")
    for example in examples.order_by("id")[::3]:
        labeling.accept(
            example,
            by=person,
            category=categories[category_of[example.correction.client_id]],
            severity="",
            ideal=example.ideal,
            now=now(),
        )


def check_splits(version):
    splits = {}
    rows = version.rows.values_list("example__repository", "split")
    for repository, split in rows:
        assert splits.setdefault(repository, split) == split
    assert version.manifest["grouping"]["rows"] == version.manifest["rows"]


def check_loaded(version, folder, objective, home, pack):
    found = load_back(str(folder), objective, home)
    chosen_of = {f"fe_{row['id']}": row["chosen"] for row in pack}
    good = "completion" if objective == "sft" else "chosen"
    for split, rows in found.items():
        lines = (folder / objective / f"{split}.jsonl").read_text("utf-8").split("\n")
        assert rows == [json.loads(line) for line in lines if line]
        for row in rows:
            told, sent = row[good][0]["content"], chosen_of[row["feedback_ids"][0]]
            assert told == sent or re.fullmatch(re.sub(PLACEHOLDER, ".+", re.escape(told)), sent)
    counts = {split: len(rows) for split, rows in found.items()}
    assert Counter(counts) == Counter(version.manifest["splits"])
    assert DatasetVersion.objects.count() == 1
