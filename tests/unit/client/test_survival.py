"""How much of a suggestion is left, and when the Python client looks."""

import pytest

from emend_client.counting import Counters
from emend_client.survival import DELAYS, Sampler, file_reader, share_left

OUTPUT = "def total(prices):\n    return sum(prices) / 100\n"


@pytest.mark.parametrize(
    ("text", "share"),
    [
        (OUTPUT, 1),
        ("# mine\n" + OUTPUT.replace("    ", "\t").replace("\n", "\r\n"), 1),  # formatted
        ("", 0),
        ("class Other:\n    pass\n", 0),
        (OUTPUT.replace("100", "10"), 9 / 10),  # the last of 13 tokens: one run of ten
        (OUTPUT.replace("sum", "max"), 6 / 10),  # in the middle: four runs
    ],
)
def test_the_share_left(text, share):
    assert share_left(OUTPUT, text) == pytest.approx(share)


def test_short_and_empty_outputs():
    assert share_left("return x", "    return x\n") == 1
    assert share_left("return x", "x return") == 0
    assert share_left(" \n", "anything") is None


def test_what_occurs_twice_must_be_there_twice():
    assert share_left("a b c d e " * 2, "a b c d e ") == pytest.approx(2 / 7)


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


class Told(list):
    """What was reported: planned, elapsed, share."""

    def __call__(self, *told):
        self.append(told)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sampler(clock, monkeypatch):
    made = Sampler(Counters(), 2, clock)
    monkeypatch.setattr(made, "_thread", object())  # this test is its thread
    return made


def stats(sampler):
    return sampler._counters.stats(0, 0, "").survival


def test_it_looks_after_each_delay_and_then_no_more(sampler, clock):
    told, text = Told(), [OUTPUT]
    sampler.track(OUTPUT, lambda: text[0], told)
    for delay in DELAYS:
        clock.now = 100 + delay - 0.1
        assert sampler.sample_due() == pytest.approx(0.1)
        clock.now = 100 + delay
        sampler.sample_due()
        text[0] = ""
    assert [(planned, share) for planned, _, share in told] == [(5, 1)] + [
        (delay, 0) for delay in DELAYS[1:]
    ]
    assert sampler.sample_due() is None
    assert stats(sampler) == {"sampled": 6}


def test_a_sample_that_comes_too_late_is_not_told_as_another_moment(sampler, clock):
    told = Told()
    sampler.track(OUTPUT, lambda: OUTPUT, told)
    clock.now = 100 + 299
    assert sampler.sample_due() == pytest.approx(1)  # 5, 30 and 120 s were slept through
    clock.now = 100 + 300
    sampler.sample_due()
    assert [planned for planned, _, _ in told] == [300]
    assert stats(sampler) == {"missed": 3, "sampled": 1}


def test_a_reader_that_fails_or_does_not_know_reports_nothing_and_harms_nobody(sampler, clock):
    def broken():
        raise RuntimeError("the editor is gone")

    told = Told()
    sampler.track(OUTPUT, broken, told, (1.0, 2.0))
    sampler.track(OUTPUT, lambda: None, told, (1.0,))
    clock.now += 1
    sampler.sample_due()
    assert told == []
    assert stats(sampler) == {"unread": 2}
    assert sampler.track(OUTPUT, lambda: OUTPUT, told, (0.5,))  # one place of two is free again
    clock.now += 0.5
    sampler.sample_due()
    assert len(told) == 1


def test_there_is_a_bound_and_an_end(sampler):
    assert sampler.track(OUTPUT, str, Told())
    assert sampler.track(OUTPUT, str, Told())
    assert not sampler.track(OUTPUT, str, Told())
    sampler.stop()
    assert not sampler.track(OUTPUT, str, Told())
    assert stats(sampler) == {"untracked": 2, "missed": 12}


def test_a_file_is_read_as_it_is_now(tmp_path):
    path = tmp_path / "money.py"
    read = file_reader(path)
    assert read() == ""
    path.write_bytes(b"x = 1 # \xff\n")
    assert read() == "x = 1 # \ufffd\n"
    assert file_reader(tmp_path)() is None
