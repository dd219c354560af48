"""ruff and bandit for real, on code that tries things."""

import subprocess
import sys

import pytest

from curation.rules import analysers, tools
from curation.rules.evidence import Evidence

RISKY = {
    "S301": "def f(b):\n    return pickle.loads(b)\n",
    "S311": "def f():\n    return random.random()\n",
    "S324": "def f(b):\n    return hashlib.md5(b).hexdigest()\n",
    "S506": "def f(t):\n    return yaml.load(t)\n",
    "S602": "def f(c):\n    return subprocess.run(c, shell=True)\n",
}


def findings_of(output, ideal="pass\n", language="python"):
    evidence = Evidence(language=language, prompt="", output=output, ideal=ideal)
    return analysers.findings({7: evidence}).get(7)


def rules_of(found, state="fixed"):
    return {finding.rule for finding in found if finding.state == state}


@pytest.mark.parametrize("rule", RISKY)
def test_a_bare_function_is_understood_by_an_import_header(rule):
    found = [finding for finding in findings_of(RISKY[rule]) if finding.rule == rule]
    assert [(finding.line, finding.column > 0) for finding in found] == [(2, True)]


def test_without_the_header_they_would_be_missed(monkeypatch):
    """Negative control: if this fails, the test above proves nothing."""
    monkeypatch.setattr(tools, "header_for", lambda undefined: "")
    assert "S301" not in rules_of(findings_of(RISKY["S301"]))


def test_ruff_and_bandit_say_the_same_thing_once():
    assert rules_of(findings_of(RISKY["S301"])) & {"S301", "B301"} == {"S301"}


def test_a_forgotten_import_was_fixed():
    found = findings_of(
        "def f(t):\n    return json.loads(t)\n",
        "import json\n\n\ndef f(t):\n    return json.loads(t)\n",
    )
    assert "F821" in rules_of(found)


def test_an_import_that_neither_side_shows_is_no_fault():
    found = findings_of(RISKY["S301"], "def f(b):\n    return json.loads(b)\n")
    assert not {finding for finding in found if finding.rule == "F821"}


def test_an_import_taken_away_was_introduced():
    used = "def f(t):\n    return json.loads(t)\n"
    assert "F821" in rules_of(findings_of(f"import json\n\n\n{used}", used), "introduced")


def test_a_name_from_the_rest_of_the_file_is_no_fault():
    assert "F821" not in rules_of(findings_of("def f():\n    return SETTINGS\n"))


@pytest.mark.parametrize("silencer", ["# noqa", "# noqa: S307", "# nosec", "# ruff: noqa"])
def test_comments_silence_nobody(silencer):
    found = findings_of(f"{silencer}\nx = eval(y)  {silencer}\n")
    assert rules_of(found) & {"S307", "B307"}


def test_asserts_are_ignored():
    assert not rules_of(findings_of("assert x\n")) & {"S101", "B101"}


def test_code_cut_out_of_a_block_keeps_its_columns():
    found = findings_of("        x = eval(y)\n")
    assert {(finding.line, finding.column) for finding in found if "307" in finding.rule} == {
        (1, 12)
    }


def test_nothing_is_run_or_imported(tmp_path):
    mark = tmp_path / "ran"
    hostile = f"import pathlib\npathlib.Path({str(mark)!r}).touch()\nimport antigravity\n"
    findings_of(hostile)
    assert not mark.exists()


@pytest.mark.parametrize(
    "hostile", ["(" * 3_000, "x\n" * 50_000, "def f(:", "", "\ufeff", "\r\r\n", "é = 1\n"]
)
def test_hostile_code_leaves_its_neighbours_their_findings(hostile):
    batch = {
        1: Evidence(language="python", prompt="", output=hostile, ideal="pass\n"),
        2: Evidence(language="python", prompt="", output=RISKY["S301"], ideal="pass\n"),
    }
    assert "S301" in rules_of(analysers.findings(batch)[2])


def test_languages_without_rules_are_left_alone():
    assert findings_of("eval(x)", language="cobol") is None


def test_a_tool_that_hangs_is_given_up(monkeypatch):
    def hangs(*args, **kwargs):
        raise subprocess.TimeoutExpired("ruff", 1)

    monkeypatch.setattr(subprocess, "run", hangs)
    with pytest.raises(tools.ToolFailed, match="ruff"):
        findings_of("x = 1\n")


def test_the_tools_see_no_environment_of_ours(monkeypatch):
    seen = {}
    run = subprocess.run

    def watched(*args, **kwargs):
        seen.update(kwargs["env"])
        return run(*args, **kwargs)

    monkeypatch.setattr(subprocess, "run", watched)
    findings_of("x = 1\n")
    assert set(seen) == {"HOME", "LC_ALL"}
    assert sys.executable
