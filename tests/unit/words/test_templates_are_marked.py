"""No template says anything that is not marked for translation."""

import re
from html.parser import HTMLParser

import pytest

from tests.house import ROOT, templates

TRANSLATED = re.compile(
    r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|{%\s*blocktranslate.*?endblocktranslate\s*%}", re.S
)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.S)
QUIET = {"script", "style", "pre", "code", "kbd"}
SPOKEN = {"aria-label", "placeholder", "title", "alt"}
ARGUMENT = re.compile(r'(?<!_\()"([A-Za-z’\']+(?: [^"]*)?)"(?!\))')
# names, units and what stands in an address: the same in every language
SAME = {"Emend", "API", "JSON", "SHA-256", "Python", "payments", "python", "fe_", "sha256", "ms"}
WORDS = re.compile(r"[A-Za-z][\w-]+")


class Text(HTMLParser):
    """What a reader sees or hears of a template."""

    def __init__(self):
        super().__init__()
        self.open, self.found = [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag):
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]

    def handle_data(self, data):
        if not QUIET & set(self.open):
            self.found.append(data)


def unmarked(source):
    source = TRANSLATED.sub("", source)
    said = [
        words
        for tag in re.findall(r"{%\s*(?:include|badge)\b.*?%}", source, re.S)
        for words in ARGUMENT.findall(tag)
        if " " in words
    ]
    text = Text()
    text.feed(TAG.sub(" ", source))
    shown = [re.sub(r"&\w+;", "", each).strip() for each in text.found]
    return [each for each in said + shown if set(WORDS.findall(each)) - SAME]


def test_every_word_is_marked():
    found = {str(path.relative_to(ROOT)): unmarked(path.read_text()) for path in templates()}
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize(
    "source",
    [
        "<p>Nothing waits</p>",
        '<a aria-label="Close"></a>',
        '{% include "parts/empty.html" with title="Nothing waits" %}',
        '{% badge "ok" "check" "All is well" %}',
        "<b>{{ number }} items</b>",
    ],
)
def test_words_that_are_not_are_found(source):
    assert unmarked(source)
