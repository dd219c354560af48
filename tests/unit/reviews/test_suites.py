import pytest

from reviews.suites import (
    LONGEST,
    NoSuite,
    Suite,
    code_path,
    files_of,
    fits,
    is_safe,
    own_suite,
    plan_of,
    words_of,
    written,
)

CODE = "def test_it():\n    assert True\n"


def own(told, language="python", path="money/sums.py"):
    return own_suite({"tests": told}, language, path)


def test_no_tests_no_suite():
    assert own_suite({}, "python", "a.py") is None
    assert own(None) is None


@pytest.mark.parametrize("framework", ["", "python", "python-check", "pytest", "unittest", "plain"])
def test_python_tests_run_beside_the_code_at_its_own_path(framework):
    suite = own({"framework": framework, "code": CODE, "entry_point": "total"})
    assert (suite.kind, suite.code_path, suite.entry_point) == ("python", "money/sums.py", "total")
    assert suite.tests[0][1] == CODE


def test_node_tests_are_a_program():
    suite = own({"framework": "node", "code": "assert(1)"}, "javascript", "web/a.js")
    assert (suite.kind, suite.command) == ("command", ("node", "{test}"))


@pytest.mark.parametrize(
    "told",
    [
        {"framework": "junit", "code": "class X {}"},
        {"framework": "pytest (CWEval)", "code": CODE},
        {"framework": ["python"], "code": CODE},
        {"framework": "python", "code": "  "},
        {"framework": "python", "code": ["x"]},
        {"framework": "python"},
        {"framework": "python", "code": "x" * (LONGEST + 1)},
        "assert True",
        [CODE],
        7,
        True,
    ],
)
def test_what_cannot_be_run_says_why(told):
    with pytest.raises(NoSuite, match="tests"):
        own(told)


def test_python_tests_of_another_language_cannot_be_run():
    with pytest.raises(NoSuite):
        own({"framework": "python", "code": CODE}, "go", "a.go")


@pytest.mark.parametrize(
    "path",
    ["../x.py", "/etc/x.py", "a/../../x.py", "a//b.py", "./x.py", "a\\b.py", "a/\x00.py", "", "x/"],
)
def test_a_path_that_leads_elsewhere_is_not_used(path):
    assert not is_safe(path)
    assert code_path(path, ".py") == "candidate.py"


def test_a_path_with_another_ending_is_not_used():
    assert code_path("notes.ipynb", ".py") == "candidate.py"
    assert code_path("billing/a.py", ".py") == "billing/a.py"


def test_every_part_of_a_suite_is_in_its_digest():
    base = {"kind": "python", "code_path": "a.py", "tests": (("t.py", CODE),)}
    changes = [
        {"kind": "command"},
        {"code_path": "b.py"},
        {"tests": (("t.py", CODE + "\n"),)},
        {"tests": (("u.py", CODE),)},
        {"files": (("x", "y"),)},
        {"entry_point": "f"},
        {"command": ("sh",)},
        {"seconds": 6},
    ]
    digests = {Suite(**base | each).digest for each in [{}, *changes]}
    assert len(digests) == 1 + len(changes)


def test_the_code_lies_over_a_file_of_the_same_path():
    suite = Suite(kind="python", code_path="a.py", tests=(), files=(("a.py", "old"),))
    assert plan_of(suite.content(), "new")["files"][-1] == ["a.py", "new"]


def test_files_in_one_text_and_back():
    files = (("a.py", "x = 1\n"), ("b/c.txt", "\n=\n"))
    assert files_of(written(files), "t.py") == files
    assert files_of("x = 1\n", "t.py") == (("t.py", "x = 1\n"),)
    assert files_of(" \n", "t.py") == ()


def test_a_recipe_fits_by_language_and_path():
    assert fits("", "", "go", "a.go")
    assert fits("go", "cmd/*.go", "go", "cmd/a/b.go")
    assert not fits("go", "", "python", "a.py")
    assert not fits("", "cmd/*", "go", "pkg/a.go")


def test_words_are_split_as_a_shell_would_without_being_run_by_one():
    assert words_of("node --test '{test} x' $HOME;id") == ("node", "--test", "{test} x", "$HOME;id")
