"""What real clients sent, changed at random places, through their doors: no 500, and nothing lost.

Each request ends stored, in quarantine or refused with a 4xx that says so; the same again changes
nothing.
"""

import copy
import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.clients.arriving import arrive, read
from feedback.clients.reading import JSON
from feedback.clients.registry import adapters
from feedback.models import Correction, Derived, Generation, Original, Orphan, Quarantined, Reaction
from tests.builders import make_ingest_key, make_project
from tests.clients import AT, CAPTURED, any_json, lines, odd, scalars, target, words_of
from tests.web.feedback.test_captured_clients import bases

pytestmark = pytest.mark.django_db
TABLES = (Original, Derived, Generation, Reaction, Correction, Orphan, Quarantined)
NAMES = sorted(adapters())
LIMITS = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="session")
def seeds(shared):
    """Per client: methods, paths below its base and bodies, captured or as its routes have it."""
    found = {
        name: [
            (route.method, target(route), {})
            for route in adapter.CLIENT.routes
            if route.method not in ("GET", "HEAD")
        ]
        for name, adapter in adapters().items()
    }
    for each in lines(shared / CAPTURED):
        for name, below in bases(each["method"], each["path"].partition("?")[0]):
            if isinstance(each["body"], dict | list):
                found[name].append((each["method"], below, each["body"]))
    found["continue"] += [
        ("POST", "", body) for body in lines(shared / "fixtures/clients/continue_devdata.jsonl")
    ]
    return found


def places(value, path=()):
    """Every place in a JSON value."""
    yield path
    pairs = value.items() if isinstance(value, dict) else ()
    for key, inner in pairs or (enumerate(value) if isinstance(value, list) else ()):
        yield from places(inner, (*path, key))


def changed(data, body, names):
    """The body with up to four places dropped, doubled, renamed, or given another value."""
    body = copy.deepcopy(body)
    for _ in range(data.draw(st.integers(0, 4))):
        path = data.draw(st.sampled_from(list(places(body))))
        new = data.draw(any_json(names) | scalars)
        if not path:
            body = data.draw(st.sampled_from([body, [body], [body, body], new]))
            continue
        holder = body
        for key in path[:-1]:
            holder = holder[key]
        match data.draw(st.sampled_from(["replace", "drop", "rename", "double"])):
            case "replace":
                holder[path[-1]] = new
            case "drop":
                del holder[path[-1]]
            case "rename" if isinstance(holder, dict):
                holder[data.draw(odd)] = holder.pop(path[-1])
            case _ if isinstance(holder, list):
                holder.append(copy.deepcopy(holder[path[-1]]))
    return body


def rows():
    return {table: table.objects.count() for table in TABLES}


def check(client, secret, name, method, path, body):
    """Send it, twice; what its adapter made of it is in the tables, or the answer is a 4xx."""
    sent = json.dumps(body).encode()
    address = f"/k/{secret}/{name}{path}"
    before = rows()
    response = client.generic(method, address, sent, content_type=JSON)
    assert response.status_code < 500, (response.status_code, response.content)
    arrived = arrive(name, method, path, sent, AT, content_type=JSON, secret=secret)
    items = read(arrived).items
    kept = rows()
    if response.status_code < 300 and items:
        assert kept[Original] > before[Original], (name, path, sent)
    if kept[Original] == before[Original]:
        assert not items or response.status_code >= 400, (name, path, sent)
    again = client.generic(method, address, sent, content_type=JSON)
    assert again.status_code < 500
    assert rows() == kept


@pytest.mark.parametrize("name", NAMES)
@LIMITS
@given(data=st.data())
def test_a_changed_request_is_stored_held_or_refused(client, seeds, name, data):
    method, path, body = data.draw(st.sampled_from(seeds[name]))
    body = changed(data, body, words_of(name))
    with transaction.atomic():
        secret = make_ingest_key(make_project())[1]
        check(client, secret, name, method, path, body)
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", NAMES)
@settings(LIMITS, max_examples=15)
@given(data=st.data())
def test_any_bytes_of_any_type_are_no_fault_of_ours(client, seeds, name, data):
    method, path, _ = data.draw(st.sampled_from(seeds[name]))
    types = [JSON, "application/x-protobuf", "application/x-ndjson", "text/plain", ""]
    with transaction.atomic():
        secret = make_ingest_key(make_project())[1]
        response = client.generic(
            method,
            f"/k/{secret}/{name}{path}",
            data.draw(st.binary(max_size=200)),
            content_type=data.draw(st.sampled_from(types)),
            headers={"Content-Encoding": data.draw(st.sampled_from(["", "gzip", "zstd", "br"]))},
        )
        assert response.status_code < 500
        transaction.set_rollback(True)


def test_a_door_that_loses_an_event_is_found_out(client, seeds, monkeypatch):
    """Negative control."""
    monkeypatch.setattr("feedback.originals._insert", lambda *told: {})
    secret = make_ingest_key(make_project())[1]
    with pytest.raises(AssertionError):
        check(client, secret, "continue", *seeds["continue"][-1])
