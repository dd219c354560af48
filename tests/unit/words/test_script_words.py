"""Scripts say only what the page brings them, and it brings nothing they do not say."""

import re

from config.script_words import SCRIPT_WORDS
from tests.house import ROOT

SCRIPTS = sorted((ROOT / "static/js").rglob("*.js"))


def said():
    for path in SCRIPTS:
        for call in re.findall(r"\bword\(([^)]*)", path.read_text()):
            if call.startswith("`said_"):
                yield from (name for name in SCRIPT_WORDS if name.startswith("said_"))
            else:
                yield from re.findall(r'"(\w+)"', call.split("{")[0].split(", ")[0])


def test_every_word_of_a_script_is_in_the_page():
    assert set(said()) - {"output"} == set(SCRIPT_WORDS)


def test_no_script_speaks_for_itself():
    sentence = re.compile(r'"[A-Z][a-z’\']+(?: [a-z’\']+){2,}[^"]*"')
    loud = [(path.name, found) for path in SCRIPTS for found in sentence.findall(path.read_text())]
    assert loud == []
