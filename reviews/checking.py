"""What the analysers say of code that a reviewer is writing, next to the developer's correction."""

import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from django.utils.translation import gettext

from curation.findings import Finding, compare, shortened
from curation.rules import layout, tools
from curation.rules.analysers import about_both
from curation.rules.evidence import Evidence
from curation.rules.layout import NoParser, ParseError
from lib.clock import TooSlow
from lib.grammars import NoGrammar
from reviews import syntax

LONGEST = 60_000  # characters that are checked while somebody types
SECONDS = 6  # of each tool
AT_ONCE = BoundedSemaphore(2)  # in this process: typing must not starve whoever decides


class TooBusy(Exception):
    """Enough checks are running; ask again in a moment."""


@dataclass(frozen=True)
class Check:
    """What was found. None says that nothing here can tell, and `words` says why."""

    parses: bool | None
    error: ParseError | None = None
    formatted: bool | None = None
    findings: list[Finding] = field(default_factory=list)
    words: str = ""

    def to_json(self) -> dict[str, Any]:
        """As the editor reads it."""
        return asdict(self)


def check(code: str, correction: str, language: str, file_path: str = "") -> Check:
    """Does it parse, is it formatted, and which findings are new against the correction?

    Raises TooBusy. Nothing of the code is ever run.
    """
    if len(code) > LONGEST or len(correction) > LONGEST:
        return Check(None, words=gettext("Too long to be checked while you type."))
    try:
        error = layout.parse_error(code, language)
    except NoParser:
        return _by_grammar(code, correction, language, file_path)
    if error is not None:
        return Check(False, error)
    if language.casefold() not in layout.PYTHON:
        return Check(True)
    if not AT_ONCE.acquire(blocking=False):
        raise TooBusy
    try:
        return _analysed(code, correction, language)
    finally:
        AT_ONCE.release()


def _by_grammar(code: str, correction: str, language: str, file_path: str) -> Check:
    """Whether it is a program, by a grammar made for editors (`reviews.syntax`).

    Such a grammar stumbles over some that are: where it does over the correction, it says nothing.
    """
    try:
        error = syntax.first_unread(code, language, file_path)
        if error is not None and syntax.first_unread(correction, language, file_path) is not None:
            return Check(
                None, words=gettext("The parser does not understand the correction either.")
            )
    except NoGrammar:
        return Check(
            None,
            words=gettext("No parser here reads {value}.").format(
                value=language or gettext("this language")
            ),
        )
    except TooSlow:
        return Check(None, words=gettext("The parser did not answer in time."))
    if error is None:
        return Check(True)
    return Check(False, ParseError(error.line, error.column, error.message))


def _analysed(code: str, correction: str, language: str) -> Check:
    try:
        with tempfile.TemporaryDirectory(prefix="emend-format-") as folder:
            formatted = layout.is_formatted(code, Path(folder))
        said = tools.remarks({"a": correction, "b": code}, seconds=SECONDS)
    except tools.ToolFailed:
        return Check(True, words=gettext("The analysers did not answer in time."))
    both = Evidence(language, "", correction, code)
    found = compare(correction, code, *about_both(both, said.get("a", []), said.get("b", [])))
    new = [finding for finding in found if finding.state == "introduced"]
    return Check(True, formatted=formatted, findings=shortened(new))
