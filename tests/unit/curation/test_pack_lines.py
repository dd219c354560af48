"""Git's lines, read from what a stranger sends."""

import pytest

from curation.dvc.pack_lines import Unreadable, line, lines_of


def test_lines_come_without_what_only_parts_them():
    body = line("want a") + b"0000" + line("have b") + b"0001" + line("done")
    with pytest.raises(Unreadable, match="ends where none can"):
        list(lines_of(body))
    assert list(lines_of(body.replace(b"0001", b"0000"))) == ["want a", "have b", "done"]


@pytest.mark.parametrize(
    "body", [b"+01fwant", b"0x08want", b" 008want", b"00", b"0008\xff\xfe\xff\xff", b"00ffwant"]
)
def test_what_is_no_line_is_refused(body):
    with pytest.raises(Unreadable):
        list(lines_of(body))


def test_many_lines_are_not_copied_once_each():
    """A copy of the rest for each line made a request of 1 MiB take seconds."""
    copied: list[int] = []
    body = counting(copied)(line("x") * 20_000)
    assert sum(1 for _ in lines_of(body)) == 20_000
    assert sum(copied) < 2 * len(body)


def counting(copied):
    """Bytes of which each slice notes how long it is, and so do slices of slices."""

    class Counting(bytes):
        def __getitem__(self, key):
            found = super().__getitem__(key)
            if isinstance(key, slice):
                copied.append(len(found))
                return Counting(found)
            return found

    return Counting
