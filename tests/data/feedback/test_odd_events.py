"""Whatever clients send is kept: no error from PostgreSQL, nothing lost, nothing twice."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.clients.registry import adapters
from feedback.ingest import join_found
from feedback.models import Original, Quarantined
from feedback.originals import cleaned, digest_of, keep
from feedback.records import EARLIEST
from tests.builders import make_ingest_key, make_project
from tests.clients import AT, any_json, arrived, signed, target, words_of

pytestmark = pytest.mark.django_db
ODD = ["\0", "a\0b", "\ud800", "x" * 5000, 2**70, -(2**70), 1e300, [], {}, True, None, "", "gen"]


def bodies(client):
    """Objects of the fields that an adapter looks at, many of them with odd values."""
    value = st.sampled_from(ODD) | any_json(words_of(client))
    return st.dictionaries(st.sampled_from(sorted(words_of(client))), value, max_size=12)


@pytest.fixture
def key():
    return make_ingest_key(make_project())[0]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_all_that_is_sent_is_kept(key, data):
    client = data.draw(st.sampled_from(sorted(adapters())))
    adapter = adapters()[client]
    route = data.draw(st.sampled_from(adapter.CLIENT.routes))
    body = data.draw(bodies(client))
    event = data.draw(st.sampled_from(sorted(words_of(client))))
    sent = json.dumps(body).encode()
    request = signed(arrived(client, route.method, target(route), sent, x_github_event=event))
    items = cleaned(key, adapter.read(replace(request, value=body, problem="")).items)
    fates = keep(key, client, items, AT)
    assert len(fates) == len(items)
    digests = {digest_of(client, item) for item in items}
    assert Original.objects.filter(project=key.project, digest__in=digests).count() == len(digests)
    kept = Original.objects.count(), Quarantined.objects.count()
    keep(key, client, items, AT)
    assert (Original.objects.count(), Quarantined.objects.count()) == kept
    assert join_found(EARLIEST, AT) == 0


@pytest.mark.parametrize("odd", ["\0", "\ud800"])
def test_what_a_reason_quotes_is_made_plain(key, odd):
    for body in (
        {"name": odd, "data": {}, "schema": odd},
        {"name": odd, "data": {}, "schema": "0.2.0"},
        {"name": "autocomplete", "data": {"completionId": odd, odd: odd}, "schema": "0.2.0"},
    ):
        items = adapters()["continue"].read(arrived("continue", "POST", "", body)).items
        [fate] = keep(key, "continue", items, AT)
        assert fate.became == "quarantined"
    bodies = [json.loads(body) for body in Original.objects.values_list("body", flat=True)]
    assert sorted(each["name"] for each in bodies) == sorted([odd, odd, "autocomplete"])
