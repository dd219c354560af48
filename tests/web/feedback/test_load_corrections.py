"""The command on files of our own."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from feedback.models import Blob, Correction
from tests.builders import make_person, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def load(tmp_path):
    """Write lines to a file and load it; what was printed, and what the command ended with."""
    project, person = make_project(), make_person()

    def run(*lines, **options):
        file = tmp_path / "some.jsonl"
        file.write_bytes(b"\n".join(lines))
        out, err, ended = StringIO(), StringIO(), ""
        options = {"project": project.slug, "username": person.username} | options
        try:
            call_command("load_corrections", str(file), stdout=out, stderr=err, **options)
        except CommandError as error:
            ended = str(error)
        return out.getvalue(), err.getvalue(), ended

    return run


def line(number, **fields):
    made = {"id": f"l-{number}", "rejected": "bad\n", "chosen": "good\n"} | fields
    return json.dumps(made).encode()


def test_a_line_ends_at_a_line_feed_only(load):
    odd = json.dumps({"id": "x", "rejected": "a\u2028b", "chosen": "c\x85"}, ensure_ascii=False)
    out, err, ended = load(odd.encode(), line(2))
    assert (out.strip(), err, ended) == ("4 stored, 0 duplicate, 0 conflict, 0 flawed", "", "")
    assert Blob.objects.filter(text="a\u2028b").exists()


def test_what_cannot_be_loaded_is_said_by_line_and_the_rest_is_kept(load):
    out, err, ended = load(
        line(1), b"{not json", b'{"id": "x"}', line(4, confidence=7), line(5, chosen="n\0l")
    )
    assert out.startswith("3 stored")
    assert "some.jsonl:2: " in err
    assert "some.jsonl:3: a line has rejected" in err
    assert "some.jsonl:4: generation l-4: confidence: " in err
    assert "some.jsonl:5: correction l-5: corrected: has a NUL character at offset 1" in err
    assert "refused" in ended
    assert Correction.objects.count() == 1


def test_a_line_that_changed_is_a_conflict(load):
    load(line(1))
    out, err, _ = load(line(1, chosen="better\n"))
    assert out.startswith("0 stored, 1 duplicate, 1 conflict")
    assert "another record with other content has this id" in err


@pytest.mark.parametrize("missing", [{"project": "nowhere"}, {"username": "nobody"}])
def test_it_needs_a_project_and_a_person(load, missing):
    assert "There is no" in load(line(1), **missing)[2]
