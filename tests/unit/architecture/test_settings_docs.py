import re

from tests.house import ROOT, calls_of, sources

READERS = ("text", "flag", "number", "words", "secret", "url", "hosts", "place", "web")


def test_every_variable_is_documented_and_none_that_is_gone():
    rows = (ROOT / "docs" / "settings.md").read_text().splitlines()
    told = [found[1] for row in rows if (found := re.match(r"\| `([A-Z_]+)` \|", row))]
    read = {name for path in sources() for name in calls_of(path, *READERS) if str(name).isupper()}
    assert sorted(told) == sorted(read)
