import json
import re
from pathlib import Path

import pytest

from curation import export
from curation.datasets import DEFAULT
from tests.builders import make_project
from tests.curation_builders import make_frozen

pytestmark = pytest.mark.django_db
DOC = (Path(__file__).parents[3] / "docs/dataset-format.md").read_text()


def told(title):
    """The names in the first column of the table under a title."""
    section = DOC.split(f"\n## {title}\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_the_doc_names_every_column_and_manifest_key():
    version = make_frozen(make_project())
    columns = set()
    for file in version.manifest["files"]:
        columns |= set(json.loads(next(export.lines(version, file["path"]))))
    assert told("Columns") == columns
    assert told("Manifest") == set(version.manifest)


def test_the_doc_names_every_reason_the_recipe_has():
    assert set(DEFAULT["drop"]) <= told("What gets in")
    assert all(f"`{path}`" in DOC for path in export.PATHS)


def test_the_id_can_be_computed_as_the_doc_says():
    version = make_frozen(make_project())
    files = sorted([file["path"], file["sha256"]] for file in version.manifest["files"])
    value = {"files": files, "recipe": version.manifest["recipe_sha256"]}
    written = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert export.sha256(written.encode()).hexdigest() == version.content_id
