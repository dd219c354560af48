"""The diff of one example, as somebody reads it."""

from collections.abc import Sequence

from curation.findings import Finding
from curation.models import Example
from feedback.models import Correction
from reviews.diffing import Diff, diff, is_long
from reviews.lines import OnLine, Span
from reviews.painting import Marks
from reviews.reading import Reading


def diff_of(
    example: Example,
    correction: Correction,
    findings: Sequence[Finding],
    reading: Reading,
    threads: Sequence[OnLine] = (),
) -> Diff:
    """Compare its two texts; findings that are filtered away are not marked in the code."""
    shown = [finding for finding in findings if reading.wanted.shows(finding)]
    return diff(
        example.output.text,
        example.ideal.text,
        language=example.language,
        file_path=example.file_path,
        marks=Marks(
            span=span_of(correction),
            findings=findings,
            underlined=shown,
            threads=threads,
            blanks=reading.blanks == "shown",
        ),
        how=reading.how,
    )


def comes_later(example: Example, reading: Reading) -> bool:
    """Whether the page is sent without the diff, which follows when it is on the screen.

    Whoever asks for a row gets the diff in the page: that is how it is read without a script.
    """
    return reading.first is None and is_long(example.output.text, example.ideal.text)


def span_of(correction: Correction) -> Span | None:
    """The block that the developer marked as wrong."""
    start, end = correction.start_line, correction.end_line
    if start is None or end is None:
        return None
    return Span(start, correction.start_column or 0, end, correction.end_column or 0)
