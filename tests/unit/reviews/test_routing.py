import re

import pytest

from reviews.routing import Malformed, owners_of, regex_of

FITS = [
    ("*", "a/b.py", True),
    ("*.js", "web/app.js", True),
    ("*.js", "web/app.json", False),
    ("/docs/", "docs/a/b.md", True),
    ("/docs/", "src/docs/b.md", False),
    ("docs/", "src/docs/b.md", True),
    ("docs/*", "docs/a.md", True),
    ("docs/*", "src/docs/a.md", False),
    ("docs/*.md", "docs/deep/a.md", False),
    ("docs/**", "docs/deep/a.md", True),
    ("**/logs", "build/deep/logs/x", True),
    ("**/logs", "logs/x", True),
    ("apps/?/main.go", "apps/x/main.go", True),
    ("apps/?/main.go", "apps/xy/main.go", False),
    ("a.b(c)+", "a.b(c)+", True),
    ("a.b(c)+", "axb(c)+", False),
]


@pytest.mark.parametrize(("pattern", "path", "fits"), FITS)
def test_a_pattern_means_what_it_means_in_codeowners(pattern, path, fits):
    assert bool(re.search(regex_of(pattern), path)) is fits


def test_comments_and_sections_are_no_routes():
    text = (
        "# team file\n\n[Payments]\n*.go @acme/go-team me@example.org # all of it\n/docs/ @wren\n"
    )
    assert [(each.pattern, each.names) for each in owners_of(text)] == [
        ("*.go", ("acme/go-team", "me@example.org")),
        ("/docs/", ("wren",)),
    ]


@pytest.mark.parametrize("line", ["!not/this @wren", "x" * 301 + " @wren"])
def test_what_is_no_pattern_is_refused_with_its_line(line):
    with pytest.raises(Malformed, match="Line 2"):
        list(owners_of(f"* @wren\n{line}\n"))
