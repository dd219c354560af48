"""Private keys in their own armour: the lines between, whole or cut short, line by line."""

import re
from collections.abc import Iterator

from feedback.masking.placeholders import SHAPE
from feedback.masking.rules import Family, Found, compiled

KIND = "private_key"
HINT = "PRIVATE KEY|Private-Lines:"
BEGIN = compiled(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|Private-Lines: ?[0-9]{1,3}"
)
END = compiled(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY|Private-MAC:")
LONGEST = 40_000  # characters of one key
# A key that is cut short goes on as long as lines look like one
GOES_ON = compiled(
    r"(?:(?:\\[nr]|[\s\"'+,.\\])*[A-Za-z0-9+/=]{16,})*(?:(?:\\[nr]|[\s\"'+,])*[A-Za-z0-9+/=]{1,15}\s*\z)?"
)
PIECE = re.compile(r"\\[nrt]|([A-Za-z0-9+/=]{4,}|[A-Za-z0-9+/]{1,3}=)")


def find(text: str) -> Iterator[Found]:
    """The lines of every key. A key in several lines is one, and has one placeholder."""
    begins = list(BEGIN.finditer(text))
    bounds = [*(match.start() for match in begins[1:]), len(text)][: len(begins)]
    for begin, bound in zip(begins, bounds, strict=True):
        body = _body(text[begin.end() : min(bound, begin.end() + LONGEST)])
        if SHAPE.search(body):
            continue  # masked earlier
        pieces = [match.span(1) for match in PIECE.finditer(body) if match.group(1)]
        value = "".join(body[start:end] for start, end in pieces)
        for place, (start, end) in enumerate(pieces):
            at = begin.end()
            yield Found(at + start, at + end, KIND, KIND, value, counts=place == 0)


def _body(rest: str) -> str:
    """What of the text behind a beginning is the key."""
    if end := END.search(rest):
        return rest[: end.start()]
    goes_on = GOES_ON.match(rest)
    return rest[: goes_on.end()] if goes_on else ""


FAMILY = Family((find,), (HINT,))
