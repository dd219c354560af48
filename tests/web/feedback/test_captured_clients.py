"""What real clients were seen to send, through their doors: kept, answered, and once only."""

import json
from collections import Counter

import pytest

from feedback.clients.registry import RouteUnknown, adapters, route_of
from feedback.models import Correction, Derived, Generation, Original, Orphan, Quarantined, Reaction
from tests.builders import make_ingest_key, make_project
from tests.clients import captured, lines

pytestmark = pytest.mark.django_db
TABLES = (Original, Derived, Generation, Reaction, Correction, Orphan, Quarantined)


@pytest.fixture
def secret():
    return make_ingest_key(make_project())[1]


def bases(method, path):
    """The clients that have this path, below their base."""
    for name, adapter in adapters().items():
        for base in ("", "/v1"):
            if not path.startswith(base):
                continue
            try:
                route_of(adapter, method, path.removeprefix(base))
            except RouteUnknown:
                continue
            yield name, path.removeprefix(base)


def rows():
    return {table.__name__: table.objects.count() for table in TABLES}


def test_every_captured_request_is_kept_once(client, secret, shared):
    def send_all():
        answers = Counter()
        for each in captured(shared, "/"):
            path = each["path"]
            for name, below in bases(each["method"], path.partition("?")[0]):
                packed = not isinstance(each["body"], dict | list)
                response = client.generic(
                    each["method"],
                    f"/k/{secret}/{name}{below}",
                    "" if packed else json.dumps(each["body"]),
                    content_type="application/json",
                )
                answers[name, response.status_code // 100] += 1
        return answers

    first = send_all()
    assert {name for name, status in first if status != 2} <= {"openai"}, first
    kept = rows()
    assert kept["Quarantined"] == first["openai", 4]  # a question, which we do not answer
    assert send_all() == first
    assert rows() == kept


def test_all_of_continues_own_events_are_kept_once(client, secret, shared):
    events = lines(shared / "fixtures/clients/continue_devdata.jsonl")
    for _ in range(2):
        for event in events:
            told = client.post(
                f"/k/{secret}/continue", json.dumps(event), content_type="application/json"
            )
            assert told.status_code == 200
        kept = rows()
    assert kept["Quarantined"] == kept["Orphan"] == 0
    # the suggestion and the rating are told in both schemas
    assert kept["Original"] == len(events) - 2
    assert kept["Generation"] == 8
    assert kept["Reaction"] == 5
