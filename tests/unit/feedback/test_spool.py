"""Files of frames: whole or not at all, whatever was cut off, by one process at a time."""

import errno
import os

import pytest

from feedback import spool
from feedback.spool import Spool, SpoolFile, SpoolFull, damage, framed, frames

CONTENTS = [b"", b"one", b"two" * 100, b"emsp emsp"]
DATA = b"".join(map(framed, CONTENTS))


def contents(data):
    return [content for _, content in frames(data)]


def test_frames_are_read_as_they_were_written():
    assert contents(DATA) == CONTENTS
    assert damage(DATA) == (0, 0)


def test_a_write_cut_off_anywhere_takes_only_itself():
    whole = DATA[: -len(framed(CONTENTS[-1]))]
    for cut in range(len(whole), len(DATA)):
        assert contents(DATA[:cut]) == CONTENTS[:-1]
        assert damage(DATA[:cut]) == (0, cut - len(whole))


def test_a_changed_byte_takes_only_the_frame_it_is_in():
    for place in range(len(framed(b""))):
        broken = DATA[:place] + bytes([DATA[place] ^ 1]) + DATA[place + 1 :]
        assert contents(broken) == CONTENTS[1:]
        assert damage(broken)[0] == len(framed(b""))


def test_without_the_checksum_a_changed_byte_would_be_stored(monkeypatch):
    """Negative control."""
    monkeypatch.setattr(spool, "_sum", lambda data: bytes(spool.SUM))
    assert contents(framed(b"one")[:-1] + b"X") == [b"onX"]


def test_a_file_is_of_one_process_and_of_the_next_once_that_died(tmp_path):
    first, second = Spool(tmp_path, 10_000), Spool(tmp_path, 10_000)
    first.put(b"one")
    assert second.next() is None
    [path] = tmp_path.iterdir()
    first._open.close()  # as the kernel does for a process that was killed
    taken = second.next()
    assert contents(taken.read()) == [b"one"]
    assert SpoolFile.take(path) is None
    second.done(taken)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", ["pwrite", "fdatasync"])
def test_what_the_disk_refuses_is_not_kept_and_nothing_else_is_lost(tmp_path, monkeypatch, call):
    kept = Spool(tmp_path, 10_000)
    kept.put(b"one")

    def full(*args):
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as disk:
        disk.setattr(os, call, full)
        with pytest.raises(OSError, match="full"):
            kept.put(b"two")
    kept.put(b"three")
    found = []
    while file := kept.next():
        found += contents(file.read())
        kept.done(file)
    assert found == [b"one", b"three"]


def test_it_holds_no_more_than_it_may(tmp_path):
    kept = Spool(tmp_path, 100)
    kept.put(b"x" * 50)
    with pytest.raises(SpoolFull):
        kept.put(b"x" * 50)
    kept.done(kept.next())
    kept.put(b"x" * 50)
