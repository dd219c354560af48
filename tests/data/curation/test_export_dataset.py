import hashlib
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from curation.exports import hugging_face
from curation.exports.catalogue import BY_NAME
from tests.builders import make_project
from tests.curation_builders import make_frozen

pytestmark = pytest.mark.django_db


def write(version, out, number=1):
    call_command(
        "export_dataset", project=version.project.slug, version=number, out=out, verbosity=0
    )


def test_a_version_is_written_with_its_manifest(tmp_path):
    version = make_frozen(make_project())
    write(version, tmp_path / "data")
    manifest = json.loads((tmp_path / "data/manifest.json").read_bytes())
    assert manifest["content_id"] == version.content_id
    for file in manifest["files"]:
        body = (tmp_path / "data" / file["path"]).read_bytes()
        assert hashlib.sha256(body).hexdigest() == file["sha256"]
    written = sorted(path.name for path in (tmp_path / "data").rglob("*") if path.is_file())
    listed = [file["path"].split("/")[1] for file in manifest["files"]]
    assert written == sorted(["README.md", "croissant.json", "manifest.json", *listed])


@pytest.mark.parametrize("format", BY_NAME)
def test_it_writes_every_export(tmp_path, format):
    version = make_frozen(make_project())
    call_command(
        *("export_dataset", "--project", version.project.slug, "--version", "1"),
        *("--out", str(tmp_path), "--format", format),
        verbosity=0,
    )
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {file.path for file in BY_NAME[format].files(version)}


def test_it_is_called_as_documented(tmp_path):
    version = make_frozen(make_project())
    words = ["--project", version.project.slug, "--version", "1", "--out", str(tmp_path / "x")]
    call_command("export_dataset", *words, verbosity=0)
    assert (tmp_path / "x/manifest.json").exists()


def test_a_changed_line_is_noticed_and_not_kept(tmp_path, monkeypatch):
    version = make_frozen(make_project())
    monkeypatch.setattr(hugging_face, "lines", lambda version, path: iter([b"{}\n"]))
    with pytest.raises(CommandError, match="was frozen"):
        write(version, tmp_path)
    assert not list(tmp_path.rglob("*.jsonl"))
    assert not list(tmp_path.rglob("*.part"))


def test_an_unknown_version_is_refused(tmp_path):
    version = make_frozen(make_project())
    with pytest.raises(CommandError, match="no frozen version 7"):
        write(version, tmp_path, number=7)
