"""Real corrections and events, through the API and through the command; reads ../shared."""

import json
import re
from collections import Counter
from io import StringIO
from itertools import batched

import pytest
from django.core.management import call_command

from feedback.models import Correction, Generation, Reaction
from feedback.pack import records_of
from governance.models import IngestKey
from tests.builders import make_ingest_key, make_person, make_project

pytestmark = [pytest.mark.django_db, pytest.mark.shared]
PLACEHOLDER = r"MASKED_[a-z0-9_]+_[a-z2-7]{8}"
URL = "/api/v1/feedback"


@pytest.fixture
def pack(shared):
    """The lines of a file; they end at a line feed only."""

    def lines(name):
        data = (shared / "data" / "public_pack" / name).read_bytes()
        return [json.loads(line) for line in data.split(b"\n") if line]

    return lines


def test_the_pack_goes_in_once_and_word_for_word(client, pack):
    corrections, events = pack("corrections.jsonl"), pack("telemetry.jsonl")
    assert (len(corrections), len(events)) == (1814, 2151)
    project = make_project()
    secret = make_ingest_key(project)[1]
    records = [record for line in corrections + events for record in records_of(line)]

    def send_all():
        statuses = Counter()
        for batch in batched(records, 1000):
            response = client.post(
                URL,
                json.dumps(batch),
                content_type="application/json",
                headers={"X-API-Key": secret},
            )
            assert response.status_code < 300, response.content[:2000]
            statuses.update(result["status"] for result in response.json()["results"])
        return statuses

    assert send_all() == {201: 2 * (1814 + 2151)}
    assert send_all() == {200: 2 * (1814 + 2151)}
    fixes = Correction.objects.select_related("generation__output", "generation__prompt")
    stored = {row.client_id: row for row in fixes.select_related("corrected")}
    assert stored.keys() == {line["id"] for line in corrections}
    masked = set()
    for line in corrections:
        row = stored[line["id"]]
        about = row.generation
        pairs = (row.corrected.text, line["chosen"]), (about.output.text, line["rejected"])
        for text, sent in (*pairs, (about.prompt.text, line["prompt"] or "")):
            if text != sent:
                masked.add(line["id"])
                assert re.fullmatch(re.sub(PLACEHOLDER, ".+", re.escape(text)), sent)
        assert row.category == line["category"]
        assert row.extra["provenance"] == line["provenance"]
    told = {row.client_id: row for row in Reaction.objects.select_related("generation__output")}
    for line in events:
        row = told[line["id"]]
        output = row.generation.output.text
        if output != line["suggestion"]:
            masked.add(line["id"])
            assert re.fullmatch(re.sub(PLACEHOLDER, ".+", re.escape(output)), line["suggestion"])
        assert row.after_ms == line["time_to_decision_ms"]
        assert row.generation.confidence == line["confidence"]
        assert (row.developer, row.session) == (line["user"] or "", line["session"] or "")
    assert len(masked) <= 25  # passwords in examples, mostly; few of them false


@pytest.fixture
def load():
    """Run the command for a project by somebody; what it says."""
    project, person = make_project(), make_person()

    def run(file, **options):
        out, err = StringIO(), StringIO()
        options = {"project": project.slug, "username": person.username} | options
        call_command("load_corrections", str(file), stdout=out, stderr=err, **options)
        return out.getvalue().strip(), err.getvalue()

    return run


def test_the_command_loads_what_was_refused_outright(load, shared):
    file = shared / "data" / "public_pack" / "rejects.jsonl"
    assert load(file) == ("166 stored, 0 duplicate, 0 conflict, 0 flawed", "")
    assert load(file) == ("0 stored, 166 duplicate, 0 conflict, 0 flawed", "")
    assert set(Reaction.objects.values_list("kind", flat=True)) == {"rejected"}
    assert IngestKey.objects.get().name == "load_corrections"


def test_a_dry_run_keeps_nothing(load, shared):
    said, _ = load(shared / "data" / "public_pack" / "rejects.jsonl", dry_run=True)
    assert said.startswith("166 stored")
    assert said.endswith("(a dry run: nothing is kept)")
    assert not Generation.objects.exists()
    assert not IngestKey.objects.exists()
