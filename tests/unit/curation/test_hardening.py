import time

import pytest

from curation.findings import Finding
from curation.rules import hardening
from curation.rules.evidence import Evidence


def said(output, ideal, language="c", **more):
    return hardening.opinion(Evidence(language, "Do it", output, ideal, **more))


@pytest.mark.parametrize(
    ("output", "ideal"),
    [
        ("strcpy(to, from);", "strncpy(to, from, sizeof to);"),
        ("memset(salt, 0, 32);", "RAND_bytes(salt, 32);"),
        ("exec(`ls ${dir}`)", "execFile('ls', [dir])"),
        ("return `Hi, ${name}`", "return `Hi, ${escapeHtml(name)}`"),
        ("open(path, flags, 0660)", "open(path, flags, 0600)"),
        ("if not name:", "if not re.match(r'^[a-zA-Z0-9]+$', name):"),
        ("h = md5(data)", "h = sha256(data)"),
        ("a == b", "hmac.compare_digest(a, b)"),
    ],
)
def test_an_added_safeguard_is_security(output, ideal):
    opinion = said(output, ideal)
    assert opinion.category == "security"
    assert opinion.evidence["words"]


def test_a_safeguard_that_was_there_says_nothing():
    assert said("x = sha256(a)", "x = sha256(b)").category is None


def test_a_safeguard_in_a_comment_of_the_output_was_not_there():
    assert said("// umask(0077);\nopen(f);", "umask(0077);\nopen(f);").category == "security"


def test_a_safeguard_that_was_taken_out_says_nothing():
    assert said("escape(a)", "a").category is None


@pytest.mark.parametrize(
    "word", ["password", "token", "validate", "describe", "landscape", "basalt"]
)
def test_a_word_of_many_meanings_is_no_safeguard(word):
    assert said("a()", f"{word}()").category is None


def test_what_the_analysers_secured_is_not_said_twice():
    fixed = Finding("bandit", "B303", "MD5 is weak", 1, 0, "output", "fixed")
    assert said("md5(a)", "sha256(a)", "python", findings=(fixed,)).category is None


@pytest.mark.parametrize(
    "text",
    ["^[" * 50_000, "canonicalise" * 10_000, "_a" * 90_000, "_sanity" * 20_000, "/*\n" * 60_000],
)
def test_hostile_text_is_read_in_no_time(text):
    began = time.monotonic()
    said(text, text)
    assert time.monotonic() - began < 2
