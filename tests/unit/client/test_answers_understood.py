"""What the Python client makes of an answer, and how long it waits."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from emend_client import backoff
from emend_client.answers import Meaning, understood
from emend_client.transport import BadAddress, address_of, is_here

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def meaning(status, body=None, sent=2, **headers):
    return understood(status, headers, json.dumps(body).encode(), sent, NOW)


def results(*statuses):
    return {"results": [{"index": at, "status": each} for at, each in enumerate(statuses)]}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (201, results(201, 201), Meaning.SETTLED),
        (207, results(201, 409), Meaning.SETTLED),
        (422, results(422, 422), Meaning.SETTLED),
        (422, {}, Meaning.SPLIT),
        (413, {}, Meaning.SPLIT),
        (200, results(201), Meaning.LATER),  # fewer results than records
        (200, {"results": [{"status": 201, "index": 0}] * 2}, Meaning.LATER),  # one of them twice
        (200, "<html>Log in to the hotel's network", Meaning.LATER),
        (500, results(201, 201), Meaning.LATER),
        (503, {}, Meaning.LATER),
        (429, {}, Meaning.LATER),
        (401, {}, Meaning.HELD),
        (404, {}, Meaning.HELD),
        (302, {}, Meaning.HELD),
    ],
)
def test_an_answer_means(status, body, expected):
    assert meaning(status, body).meaning is expected


def test_results_come_back_in_the_order_of_the_records():
    swapped = {"results": results(201, 409)["results"][::-1]}
    assert [each["status"] for each in meaning(207, swapped).results] == [201, 409]


def test_retry_after_is_a_number_or_a_date_and_never_absurd():
    later = format_datetime(NOW + timedelta(seconds=90), usegmt=True)
    told = ["7", later, "99999999999999999999", format_datetime(NOW - timedelta(days=1)), "soon"]
    assert [backoff.asked(each, NOW) for each in told] == [7, 90, 3600, 0, None]
    assert meaning(503, {}, Retry_After="7").retry_after is None
    assert understood(503, {"Retry-After": "7"}, b"", 1, NOW).retry_after == 7


def test_waits_double_up_to_a_bound_and_differ_by_chance():
    assert [backoff.delay(attempt, 1.0) for attempt in (0, 1, 2, 50)] == [0.5, 1, 2, 60]
    assert backoff.delay(2, 0.0) == 1
    assert backoff.pause(0, 30.0, False, lambda: 0.0) == 30  # never before what was asked for
    assert backoff.pause(50, None, True, lambda: 1.0) == backoff.HELD


def test_an_address_is_completed_and_bad_ones_are_refused():
    whole = "https://emend.example.org/code/api/v1/feedback"
    assert address_of("https://emend.example.org/code/") == address_of(whole) == whole
    for bad in ("emend.example.org", "ftp://x", "https://", "https://me:secret@x", "https://x?k=1"):
        with pytest.raises(BadAddress):
            address_of(bad)


def test_only_this_machine_is_here():
    here = [f"http://{host}/" for host in ("localhost:80", "127.0.0.1", "[::1]:8000")]
    away = ["http://localhost.example.org/", "http://10.0.0.1/", "http://127.0.0.1.example.org/"]
    assert [*map(is_here, here + away)] == [True] * 3 + [False] * 3
