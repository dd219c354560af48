"""Formatting is told from change by syntax: what is hidden is equal, whatever the layout."""

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.clock import TooSlow
from lib.grammars import GRAMMARS, NoGrammar, grammar_of
from reviews import syntax
from reviews.alignment import Alignment
from reviews.diffing import How, diff
from reviews.formatting import without_formatting
from reviews.syntax import tokens_of

HIDE = How(hide="format")


def kinds(language, old, new):
    alignment = Alignment(old.split("\n"), new.split("\n"))
    return [pair.kind for pair in without_formatting(alignment, language, "")]


def is_only_format(language, old, new):
    return set(kinds(language, old, new)) <= {"same", "format"}


LAID_OUT_ANEW = {
    "bash": ("if a; then b  c; fi", "if a; then\n  b c; fi"),
    "c": ("int main(){return f(1,2);}", "int main() {\n  return f(1,\n    2);\n}"),
    "cpp": ("template<class T>T f(){return {};}", "template <class T> T f() {\n  return {};\n}"),
    "csharp": ("class A{int x=1;}", "class A\n{\n  int x = 1;\n}"),
    "go": ("func f() {\nx := a+b\n}", "func f() {\n\tx := a + b\n}"),
    "java": ("class A{int x=1;}", "class A {\n  int x = 1;\n}"),
    "javascript": ("f({a:1,b:'x'})", 'f({\n  a: 1,\n  b: "x",\n})'),
    "kotlin": ("fun f(a:Int)=g(a,1)", "fun f(a: Int) = g(a, 1)"),
    "php": ("<?php\nf( 1,2 );", "<?php\nf(\n    1,\n    2\n);"),
    "python": ("x = foo(a, b)\ny={'k':1}", 'x = foo(\n    a,\n    b,\n)\n\ny = {"k": 1}'),
    "ruby": ("x = [1,2]\nputs  x", "x = [\n  1,\n  2,\n]\nputs x"),
    "rust": ("fn f() { g(1,2) }", "fn f() {\n    g(1, 2)\n}"),
    "sql": ("select a,b from t where x=1;", "select a, b\nfrom t\nwhere x = 1;"),
    "tsx": ("const a=<p b={c}>x</p>", "const a = <p b={c}>x</p>"),
    "typescript": ("const a:number=f(1)", "const a: number = f(\n  1,\n)"),
}


def test_every_grammar_has_a_case():
    assert LAID_OUT_ANEW.keys() == GRAMMARS.keys()


@pytest.mark.parametrize("language", LAID_OUT_ANEW)
def test_layout_is_formatting(language):
    assert is_only_format(language, *LAID_OUT_ANEW[language])


MEANS_SOMETHING = {
    "python indentation": ("python", "if x:\n    a()\n    b()", "if x:\n    a()\nb()"),
    "python block made deeper": ("python", "a()\nb()", "if x:\n    a()\n    b()"),
    "a blank in a string": ("python", 'x = "a  b"', 'x = "a b"'),
    "a string of lines": ("python", 'x = """\n a"""', 'x = """\n  a"""'),
    "blank lines in a string": ("python", 'x = """a\nb"""', 'x = """a\n\nb"""'),
    "a comment": ("python", "x  # a  b", "x  # a b"),
    "a comment to another line": ("python", "x = 1  # type: ignore\ny", "x = 1\n# type: ignore\ny"),
    "a tuple's comma": ("python", "x = (1,)", "x = (1)"),
    "a quote with a backslash": ("python", r"x = '\''", 'x = "\'"'),
    "a raw string": ("python", "x = 'a'", "x = r'a'"),
    "a line end in JavaScript": ("javascript", "return x", "return\nx"),
    "an elision": ("javascript", "x = [,]", "x = []"),
    "text in JSX": ("tsx", "const a = <p>hi  there</p>", "const a = <p>hi there</p>"),
    "a heredoc": ("bash", "cat <<E\n  a\nE", "cat <<E\na\nE"),
    "words in the shell": ("bash", "rm a b", "rm a\nb"),
    "a raw string in Rust": ("rust", 'f(r#"a  b"#)', 'f(r#"a b"#)'),
    "a text block in Java": (
        "java",
        'class A{String s="""\n a""";}',
        'class A{String s="""\n  a""";}',
    ),
    "a string in SQL": ("sql", "select 'a  b';", "select 'a b';"),
    "quotes in PHP": ("php", "<?php\nf('$a');", '<?php\nf("$a");'),
    "what no grammar reads": ("python", "x = = 1", "x =  = 1"),
    "a number": ("c", "int x = 10;", "int x  = 11;"),
    "a NUL": ("python", "x = 1\x00 y", "x = 1\x00  y"),
}


@pytest.mark.parametrize("name", MEANS_SOMETHING)
def test_what_means_something_is_never_hidden(name):
    assert not is_only_format(*MEANS_SOMETHING[name])


def test_a_change_beside_formatting_is_still_seen():
    old = "x = foo(a, b)\ny = 1\nz = 2\n"
    new = "x = foo(\n    a,\n    b,\n)\ny = 2\nz  = 2\n"
    found = diff(old, new, language="python", how=HIDE)
    assert (found.removed, found.added, found.quiet) == (1, 1, 5)
    assert [len(hunk.rows) for hunk in found.hunks if hunk.kind == "change"] == [1]


def test_hiding_formatting_hides_nothing_without_a_grammar_and_says_so():
    found = diff("a  b\n", "a b\n", language="cobol", how=HIDE)
    assert (found.limit, found.quiet, found.spaced) == ("no grammar", 0, 1)


def test_hiding_blanks_needs_no_grammar_and_spares_quotes():
    old = "a  b\n\nx = 'p  q'\nfour\n"
    new = "a b\nx = 'p q'\nfour\n"
    found = diff(old, new, language="cobol", how=How(hide="blanks"))
    assert (found.quiet, found.spaced, found.removed) == (2, 1, 0)


def test_hidden_differences_fold_and_the_fold_says_how_many():
    old = "".join(f"x{n}=1\n" for n in range(60)) + "end = 1\n"
    new = "".join(f"x{n} = 1\n" for n in range(60)) + "end = 2\n"
    found = diff(old, new, language="python", how=HIDE)
    assert [(hunk.kind, hunk.hidden, hunk.quiet) for hunk in found.hunks[:1]] == [("fold", 57, 57)]
    assert found.hunks[1].rows[0].css == "ctx is-quiet"


@pytest.mark.parametrize(
    ("language", "path", "grammar"),
    [
        ("Python", "", "python"),
        ("typescriptreact", "", "tsx"),
        ("C++", "", "cpp"),
        ("", "src/a.rs", "rust"),
        ("unheard of", "a/b.kt", "kotlin"),
        ("golang", "x.py", "go"),
    ],
)
def test_a_grammar_is_found_by_any_of_its_names(language, path, grammar):
    assert grammar_of(language, path) == grammar


@pytest.mark.parametrize(("language", "path"), [("", ""), ("cobol", "a.cbl"), ("", "Makefile")])
def test_what_has_no_grammar(language, path):
    with pytest.raises(NoGrammar):
        grammar_of(language, path)


HOSTILE = {
    "open brackets": "(" * 200_000,
    "open lists": "x=[" * 300_000,
    "deep and whole": "(" * 50_000 + ")" * 50_000,
    "one line": "a" * 1_000_000,
    "every character": "".join(map(chr, range(256))) * 2_000,
    "lone CR": "x = 1\r" * 50_000,
    "lines": "x = 1\n" * 20_000,
    "ladder": "\n".join(" " * n + "if x:" for n in range(1_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("language", ["python", "javascript"])
def test_a_parser_is_given_no_more_than_its_time(name, language):
    lines = HOSTILE[name].split("\n")
    before = time.process_time()
    with contextlib.suppress(TooSlow):
        tokens_of(lines, language, "", range(len(lines)))
    assert time.process_time() - before < 20 * syntax.SECONDS


def test_a_parser_that_runs_out_of_time_hides_nothing_and_says_so(monkeypatch):
    monkeypatch.setattr(syntax, "SECONDS", -1)
    text = "x=1\n" * 5_000
    found = diff(text, text + "y = 2\nz=1\n", language="python", how=HIDE)
    assert (found.limit, found.added) == ("too slow", 2)


WORDS = st.sampled_from(
    [
        "a",
        "f(x)",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "'s t'",
        "# c",
        "if x:",
        "1",
        ",",
        "\t",
        "  ",
        "\n",
        "\n    ",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, max_size=25), st.lists(WORDS, max_size=25))
def test_whatever_is_compared_every_line_is_there_once_and_in_order(old, new):
    old, new = "".join(old).split("\n"), "".join(new).split("\n")
    pairs = without_formatting(Alignment(old, new), "python", "")
    assert [pair.old for pair in pairs if pair.old is not None] == list(range(len(old)))
    assert [pair.new for pair in pairs if pair.new is not None] == list(range(len(new)))


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=20), st.lists(st.integers(0, 3), max_size=20))
def test_what_is_hidden_has_the_same_signs_in_the_same_order(words, blanks):
    """Formatting may move signs between lines; it never adds, drops or reorders one."""
    old = "".join(words)
    new = "".join(f"{word}{' ' * n}" for word, n in zip(words, [*blanks, *[0] * 20], strict=False))
    olds, news = old.split("\n"), new.split("\n")
    pairs = without_formatting(Alignment(olds, news), "python", "")
    hidden = [pair for pair in pairs if pair.kind == "format"]
    left = "".join(olds[pair.old] for pair in hidden if pair.old is not None)
    right = "".join(news[pair.new] for pair in hidden if pair.new is not None)
    assert _signs(left) == _signs(right)


def _signs(text):
    kept = "".join(text.split()).replace('"', "'")
    return kept.replace(",)", ")").replace(",]", "]").replace(",}", "}")
