"""What every adapter keeps to, whatever is sent: new ones are tried without being named here."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.clients import continue_dev, otlp
from feedback.clients.reading import UNREADABLE, Became, Fate, Item, Reply, body_of, unreadable
from feedback.clients.registry import RouteUnknown, adapters, route_of
from feedback.clients.telling import fingerprint, join_key, moment
from tests.clients import AT, any_json, arrived, signed, target, words_of

ROUTES = [
    pytest.param(client, route, id=f"{client} {route.method} {route.path}")
    for client, adapter in adapters().items()
    for route in adapter.CLIENT.routes
]


def check(adapter, request):
    """An adapter never raises, maps its own originals the same again, and answers any fates."""
    reading = adapter.read(signed(request))
    for item in reading.items:
        assert isinstance(item, Item)
        json.dumps(item.original)
        if item.version != UNREADABLE:
            again = adapter.item(item.original, request.at)
            assert (again.records, again.problem) == (item.records, item.problem)
        for record in item.records:
            assert record["type"] in ("generation", "reaction", "correction")
            assert isinstance(record["id"], str)
            assert 1 <= len(record["id"]) <= 200
    for became in Became:
        assert isinstance(reading.reply([Fate(became, "why")] * len(reading.items)), Reply)


@pytest.mark.parametrize(("client", "route"), ROUTES)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_sent_is_read(client, route, data):
    adapter = adapters()[client]
    event = data.draw(st.sampled_from(sorted(words_of(client))))
    request = arrived(client, route.method, target(route), x_github_event=event)
    value = data.draw(any_json(words_of(client)))
    body = json.dumps(value).encode()
    check(adapter, replace(request, value=value, body=body, content_type=route.takes[0]))
    noise = data.draw(st.binary(max_size=40))
    check(adapter, replace(request, body=noise, problem="is not JSON"))
    check(adapter, replace(request, body=noise, content_type=route.takes[-1]))


@pytest.mark.parametrize("client", adapters())
def test_a_client_says_what_it_is(client):
    told = adapters()[client].CLIENT
    assert told.name == client
    assert told.title
    assert told.versions
    assert told.routes
    assert told.credentials


def test_a_path_is_taken_whole_and_a_slash_at_its_end_changes_nothing():
    adapter = adapters()["tabby"]
    assert route_of(adapter, "POST", "/v1/events/") == route_of(adapter, "POST", "/v1/events")
    with pytest.raises(RouteUnknown) as nowhere:
        route_of(adapter, "POST", "/v1/events/more")
    assert nowhere.value.methods == ()
    with pytest.raises(RouteUnknown) as other:
        route_of(adapter, "DELETE", "/v1/health")
    assert other.value.methods == ("GET", "POST")


def test_the_same_content_has_the_same_id_and_other_content_another():
    assert fingerprint("c", {"a": 1, "b": 2}) == fingerprint("c", {"b": 2, "a": 1})
    assert fingerprint("c", "a", "b") != fingerprint("c", "ab")
    assert fingerprint("c", "\ud800", 2**70) == fingerprint("c", "\ud800", 2**70)


def test_a_join_key_is_the_clients_own_id():
    assert join_key("cmpl-1") == "cmpl-1"
    assert join_key("trace", "span") == "trace:span"
    assert join_key("trace", None) == ""
    assert len(join_key("x" * 500)) <= 200


def test_a_moment_that_no_set_clock_says_is_none():
    assert moment("2026-11-23T19:00:00.000Z", AT) == "2026-11-23T19:00:00+00:00"
    assert moment("2026-11-23T19:00:00", AT) == "2026-11-23T19:00:00+00:00"
    assert moment(1795460400000, AT) == "2026-11-23T19:00:00+00:00"
    assert moment("1795460400000000000", AT, per_second=10**9) == "2026-11-23T19:00:00+00:00"
    for odd in ("2036-01-01T00:00:00Z", 0, "soon", True, None, float("inf"), 10**400):
        assert moment(odd, AT) is None


@pytest.mark.parametrize("body", [b'{"half": "\xc3', b"{'no': 'JSON'}", b""])
def test_a_body_that_nobody_could_read_is_kept_byte_for_byte(body):
    request = replace(arrived("tabby", "POST", "/v1/events"), body=body, problem="is not JSON")
    item = unreadable(request)
    assert item.problem == "is not JSON"
    assert body_of(json.loads(json.dumps(item.original))) == body


@pytest.mark.parametrize("odd", [[], {}, None, 1.5])
def test_a_name_may_be_anything(odd):
    assert not otlp.is_one({"signal": odd})
    assert otlp.item({"signal": odd, "record": {}}, AT).problem
    used = {"name": "toolUsage", "schema": "0.2.0", "data": {"functionName": odd}}
    assert continue_dev.item(used, AT).records == ()
