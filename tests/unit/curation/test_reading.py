"""A file cut into pieces says, piece by piece, what it says as a whole."""

from io import BytesIO

import pytest

from curation.stages.reading import lines, pieces

LONG = b"x" * 90
FILE = b"one\ntwo\n\n\n \nthree\n" + LONG + b"\nfour\n\n" + LONG * 9 + b"\nlast\n\n"


@pytest.mark.parametrize("end", [b"", b"no end of a line", LONG], ids=["line", "cut", "long"])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 20, 64, 100, 10_000])
def test_pieces_hold_every_line_once(size, end):
    source = BytesIO(FILE + end)
    whole = list(lines(source, 50))
    assert len([line for line in whole if line.startswith(b"\0too large ")]) == 2 + (end == LONG)
    cut = list(pieces(source, size))
    assert [start for start, _ in cut] == [0, *(end for _, end in cut[:-1])]
    assert cut[-1][1] == len(source.getvalue())
    found = []
    for start, stop in cut:
        source.seek(start)
        found += lines(source, 50, stop)
    source.seek(0)
    assert found == whole


def test_an_empty_file_has_no_piece():
    assert list(pieces(BytesIO(b""), 10)) == []
