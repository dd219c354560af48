"""The Python client's ids, and the frames its spool is made of."""

from uuid import UUID

from emend_client import spool
from emend_client.ids import uuid7
from emend_client.spool import DELIVERED, RECORD, framed, frames

RECORDS = [b'{"n":%d}' % number for number in range(5)]
DATA = b"".join(framed(RECORD, each) for each in RECORDS)


def contents(data, start=0):
    return [frame.content for frame in frames(data, start) if frame.kind == RECORD]


def gaps(data):
    return sum(frame.gap for frame in frames(data))


def test_an_id_is_a_version_7_and_sorts_by_time():
    ids = [uuid7(1_795_460_400_000_000_000 + step * 1000) for step in range(2000)]
    assert sorted(ids) == ids
    assert {(UUID(each).version, UUID(each).variant) for each in ids} == {
        (7, "specified in RFC 4122")
    }
    assert int(UUID(ids[0]).hex[:12], 16) == 1_795_460_400_000
    assert len({uuid7() for _ in range(2000)}) == 2000


def test_what_was_torn_off_anywhere_leaves_the_records_before_it():
    whole = [len(b"".join(framed(RECORD, each) for each in RECORDS[:n])) for n in range(6)]
    for length in range(len(DATA) + 1):
        there = contents(DATA[:length])
        assert there == RECORDS[: sum(end <= length for end in whole[1:])]
        assert gaps(DATA[:length]) == (length not in whole)


def test_a_flipped_bit_anywhere_costs_one_record_and_is_counted():
    for place in range(len(DATA)):
        for bit in (0, 7):
            data = bytearray(DATA)
            data[place] ^= 1 << bit
            there = contents(bytes(data))
            hit = place * len(RECORDS) // len(DATA)
            assert there == RECORDS[:hit] + RECORDS[hit + 1 :]
            assert gaps(bytes(data)) == 1


def test_without_the_checksum_a_damaged_record_would_be_sent(monkeypatch):
    """Negative control: if this fails, the test above proves nothing."""
    monkeypatch.setattr(spool, "checksum", lambda kind, content: 7)
    data = bytearray(b"".join(framed(RECORD, each) for each in RECORDS))
    data[-2] ^= 1
    assert contents(bytes(data))[-1] not in RECORDS


def test_the_last_mark_says_what_was_delivered():
    marks = [framed(DELIVERED, spool.OFFSET.pack(place)) for place in (20, 40)]
    assert spool.delivered_until(DATA + marks[0] + framed(RECORD, b"{}") + marks[1]) == 40
    assert spool.delivered_until(DATA + marks[0] + marks[1][:-1]) == 20
    assert spool.delivered_until(DATA) == 0
