"""The database does not answer: 503, nothing half kept, and a retry stores it."""

import json

import pytest
from django.db import OperationalError

from feedback import batches, originals, rows
from feedback.models import Blob, Correction, Generation, Original
from tests.builders import make_ingest_key, make_project
from tests.feedback_builders import correction, generation

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(client):
    secret = make_ingest_key(make_project())[1]

    def send(value):
        return client.post(
            "/api/v1/feedback",
            json.dumps(value),
            content_type="application/json",
            headers={"X-API-Key": secret},
        )

    return send


def lost(*args, **options):
    raise OperationalError("the connection is lost")


@pytest.mark.parametrize("place", ["first insert", "second insert", "texts"])
def test_a_batch_cut_off_anywhere_leaves_nothing_and_can_be_sent_again(report, monkeypatch, place):
    made = generation()
    batch = [made, correction(made)]
    with monkeypatch.context() as broken:
        if place == "texts":
            broken.setattr(batches, "put", lost)
        else:
            name = {"first insert": "GENERATIONS", "second insert": "CORRECTIONS"}[place]
            broken.setattr(rows, name, Broken(name))
        response = report(batch)
    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert int(response["Retry-After"]) > 0
    assert not Generation.objects.exists()
    assert not Blob.objects.exists()
    assert report(batch).status_code == 201
    assert Correction.objects.get().generation.client_id == made["id"]


@pytest.mark.parametrize(("part", "name"), [(batches, "put"), (originals, "_derive")])
def test_an_event_and_its_records_are_kept_together_or_not_at_all(client, monkeypatch, part, name):
    secret = make_ingest_key(make_project())[1]
    event = {"name": "autocomplete", "schema": "0.2.0", "data": {"completionId": "c"}}

    def send():
        return client.post(
            f"/k/{secret}/continue", json.dumps(event), content_type="application/json"
        )

    with monkeypatch.context() as broken:
        broken.setattr(part, name, lost)
        response = send()
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert not Original.objects.exists()
    assert not Generation.objects.exists()
    assert send().json() == {"status": "stored"}
    assert Generation.objects.get().client_id == "c"


class Broken:
    """A table whose connection is lost."""

    def __init__(self, name):
        self.table = getattr(rows, name)

    def __getattr__(self, name):
        return lost if name == "insert" else getattr(self.table, name)
