"""Files that clients left on disk are read once, whatever stops the reading."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from feedback import importing
from feedback.models import (
    Correction,
    Generation,
    ImportedFile,
    Original,
    Orphan,
    Quarantined,
    Reaction,
)
from tests.builders import make_admin, make_project

pytestmark = pytest.mark.django_db


def suggestion(number, **fields):
    """An autocompletion as Continue keeps it in its own folder."""
    return {
        "eventName": "autocomplete",
        "schema": "0.2.0",
        "timestamp": "2026-11-23T19:00:00.000Z",
        "accepted": True,
        "prompt": "p",
        "completion": f"return {number}",
        "modelName": "qwen",
        "filepath": "file:///home/dev/proj/fib.py",
        "completionId": f"4c9e7f3e-3b9a-4b3e-9b1e-6a8f6c0b2{number:03d}",
    } | fields


def write(path, *values):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.writelines(
            (each if isinstance(each, str) else json.dumps(each)) + "\n" for each in values
        )
    return path


@pytest.fixture
def run():
    project = make_project()
    person = make_admin(project)

    def run(format, path):
        out, err = StringIO(), StringIO()
        options = {"project": project.slug, "username": person.username}
        call_command("import_feedback", format, path, **options, stdout=out, stderr=err)
        return out.getvalue().strip(), err.getvalue()

    return run


def test_continues_folder_is_read_and_reading_it_again_changes_nothing(run, tmp_path):
    folder = tmp_path / "dev_data"
    write(folder / "0.2.0" / "autocomplete.jsonl", suggestion(1), suggestion(2, accepted=False))
    edit = {"prompt": "p", "completion": "a = 1\n", "previousCode": "", "newCode": "a = 2\n"}
    named = {"accepted": True, "filepath": "file:///a.py", "timestamp": "2026-11-23T19:00:00Z"}
    write(folder / "0.2.0" / "editOutcome.jsonl", edit | named)
    assert run("continue", folder)[0] == "2 files: 3 stored"
    kinds = set(Reaction.objects.values_list("kind", flat=True))
    assert kinds == {"accepted", "timed_out", "edited"}
    assert Generation.objects.count() == 3
    assert Correction.objects.count() == 1
    # the time of the import says nothing about the time to decide
    assert set(Reaction.objects.values_list("after_ms", flat=True)) == {None}
    assert not Reaction.objects.filter(extra__has_key="clock_skew").exists()
    assert run("continue", folder)[0] == "2 files: nothing new"
    ImportedFile.objects.all().delete()  # read from the start, it is the same again
    assert run("continue", folder)[0] == "2 files: 3 duplicate"
    assert Generation.objects.count() == 3


def test_a_file_that_has_grown_is_read_from_there_and_a_line_being_written_is_left(run, tmp_path):
    path = write(tmp_path / "0.2.0" / "autocomplete.jsonl", suggestion(1))
    whole = json.dumps(suggestion(2))
    with path.open("a") as file:
        file.write(whole[:40])
    assert run("continue", path)[0] == "1 files: 1 stored"
    with path.open("a") as file:
        file.write(whole[40:])
    assert run("continue", path)[0] == "1 files: 1 stored"
    write(path, "", suggestion(3))
    assert run("continue", path)[0] == "1 files: 1 stored"
    row = ImportedFile.objects.get()
    assert (row.offset, row.lines, row.events) == (path.stat().st_size, 3, 3)


def test_a_file_written_anew_under_the_same_beginning_is_read_from_the_start(run, tmp_path):
    path = write(tmp_path / "0.2.0" / "autocomplete.jsonl", suggestion(1), suggestion(2))
    run("continue", path)
    path.write_text("")
    write(path, suggestion(1), suggestion(3), suggestion(4))
    assert run("continue", path)[0] == "1 files: 2 stored, 1 duplicate"


def test_bad_lines_go_into_quarantine_with_their_number_and_harm_no_other(
    run, tmp_path, monkeypatch
):
    monkeypatch.setattr(importing, "LONGEST", 2000)
    odd = suggestion(3, prompt="x" * 3000)
    path = tmp_path / "0.2.0" / "autocomplete.jsonl"
    write(path, suggestion(1), '{"torn": ', "[1, 2]", odd, suggestion(2))
    with pytest.raises(CommandError, match="1 lines are too long"):
        run("continue", path)
    assert Generation.objects.count() == 2
    torn, listed = Quarantined.objects.order_by("reason")
    assert torn.reason.startswith("autocomplete.jsonl:2: ")
    assert listed.reason.startswith("autocomplete.jsonl:3: ")
    assert ImportedFile.objects.get().quarantined == 2
    assert json.loads(torn.original.body)["text"] == '{"torn": '


def test_tabbys_events_join_their_completions(run, tmp_path):
    about = {"completion_id": "cmpl-1", "choice_index": 0}
    choices = [{"index": 0, "text": "return 1"}]
    write(
        tmp_path / "2026-11-23.json",
        {"user": "u", "ts": 1795460401000, "event": {"select": about | {"elapsed": 7}}},
        {
            "user": "u",
            "ts": 1795460400000,
            "event": {
                "completion": {
                    "completion_id": "cmpl-1",
                    "language": "python",
                    "prompt": "p",
                    "choices": choices,
                    "user_agent": "a",
                }
            },
        },
    )
    run("tabby", tmp_path)
    made = Reaction.objects.get()
    assert (made.kind, made.after_ms, made.generation.client_id) == ("accepted", 7, "cmpl-1")


def test_copilots_file_is_read_as_if_it_had_been_sent(run, tmp_path):
    named = {"event.name": "copilot_chat.edit.feedback", "outcome": "accepted", "request_id": "r1"}
    line = {"hrTime": [1795460400, 0], "resource": {"_rawAttributes": []}, "attributes": named}
    write(tmp_path / "copilot.jsonl", line, {"resource": {}, "scopeMetrics": []})
    assert run("copilot", tmp_path)[0] == "1 files: 1 waiting"
    orphan = Orphan.objects.get()
    assert (orphan.wanted, json.loads(orphan.record)["kind"]) == ("r1", "accepted")


@pytest.mark.parametrize("format", ["langfuse", "phoenix"])
def test_exports_of_other_systems_are_read(run, tmp_path, format):
    about = {"langfuse": {"traceId": "t"}, "phoenix": {"span_id": "t", "result": {"score": 1}}}
    row = {"id": "s1", "name": "accepted", "value": 1, "dataType": "BOOLEAN"} | about[format]
    write(tmp_path / "scores.jsonl", [row])
    assert run(format, tmp_path)[0] == "1 files: 1 waiting"


@pytest.mark.parametrize("killed_after", [0, 1, 2])
def test_an_import_killed_anywhere_ends_the_same(run, tmp_path, monkeypatch, killed_after):
    path = write(
        tmp_path / "0.2.0" / "autocomplete.jsonl", *[suggestion(number) for number in range(7)]
    )
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    left = iter(range(killed_after))
    move_on = importing._move_on

    def dies(*args):
        if next(left, None) is None:
            raise KeyboardInterrupt
        move_on(*args)

    with monkeypatch.context() as broken:
        broken.setattr(importing, "_move_on", dies)
        with pytest.raises(KeyboardInterrupt):
            run("continue", path)
    assert Original.objects.count() == killed_after * 2 == ImportedFile.objects.get().lines
    assert run("continue", path)[0] == f"1 files: {7 - killed_after * 2} stored"
    assert Generation.objects.count() == 7


def test_two_imports_of_one_file_do_not_both_go_on(run, tmp_path, monkeypatch):
    path = write(tmp_path / "0.2.0" / "autocomplete.jsonl", suggestion(1), suggestion(2))
    begun = importing._begun

    def overtaken(*args):
        row = begun(*args)
        ImportedFile.objects.filter(pk=row.pk).update(offset=5, prefix_sha256="x")
        return row

    monkeypatch.setattr(importing, "_begun", overtaken)
    with pytest.raises(CommandError, match="being imported by another process"):
        run("continue", path)
    assert Original.objects.count() == 0


def test_what_is_not_there_is_said(run, tmp_path):
    with pytest.raises(CommandError, match=r"There is no \*\.json at"):
        run("tabby", tmp_path)
