from hashlib import sha256
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from feedback import originals
from feedback.clients import continue_dev, tabby
from feedback.footprint import footprints
from feedback.models import Original
from lib.clock import now
from tests.builders import make_ingest_key, make_project
from tests.curation_builders import make_correction, make_reaction

pytestmark = pytest.mark.django_db
# Nothing in it comes twice, so PostgreSQL finds nothing to compress
PROMPT = "".join(sha256(b"%d" % each).hexdigest() for each in range(30))
SIZE = len(PROMPT)


def test_a_text_counts_each_time_in_structured_once_in_hybrid_never_in_event_driven():
    project = make_project()
    [before] = (make_correction(project, prompt="a"), footprints(project))[1]
    for _ in range(3):
        make_correction(project, prompt=PROMPT)
    [after] = footprints(project)
    assert (before.events, after.events) == (2, 8)  # generations and corrections
    assert after.structured - after.event_driven > 6 * SIZE
    assert SIZE < after.hybrid - after.event_driven < 2 * SIZE
    assert after.event_driven < 8 * 600


def test_a_reaction_has_its_generations_texts_in_structured_only():
    project = make_project()
    correction = make_correction(project, prompt=PROMPT)
    [before] = footprints(project)
    make_reaction(correction, "accepted")
    [after] = footprints(project)
    assert after.structured - before.structured > SIZE
    assert after.hybrid - before.hybrid < 600


def test_what_people_wrote_is_no_part_of_event_driven():
    project = make_project()
    correction = make_correction(project)
    [before] = footprints(project)
    make_reaction(correction, "commented", comment=PROMPT, extra={"note": PROMPT})
    [after] = footprints(project)
    assert after.event_driven - before.event_driven < 600
    assert after.hybrid - before.hybrid > SIZE


def test_events_count_for_the_client_that_sent_them():
    project = make_project()
    make_correction(project)
    data = {
        "completionId": "c-1",
        "prompt": "x = ",
        "completion": "1",
        "filepath": "a.py",
        "accepted": True,
    }
    item = continue_dev.item({"name": "autocomplete", "schema": "0.2.0", "data": data}, now())
    originals.keep(make_ingest_key(project)[0], "continue", [item], now())
    own, told = footprints(project)
    assert (own.client, own.events, own.originals) == ("api", 2, 0)
    assert (told.client, told.events, told.originals) == ("continue", 2, 1)
    assert told.original_bytes >= len(Original.objects.get().body)


def test_a_client_of_which_all_waits_is_listed_with_its_originals():
    project = make_project()
    item = tabby.item({"type": "select", "completion_id": "cmpl-1", "elapsed": 9}, now())
    originals.keep(make_ingest_key(project)[0], "tabby", [item], now())
    [told] = footprints(project)
    assert (told.client, told.events, told.originals) == ("tabby", 0, 1)
    assert told.each(told.hybrid) is None
    out = StringIO()
    call_command("measure_capture", project=project.slug, stdout=out)
    assert out.getvalue().splitlines()[1].split()[:5] == ["tabby", "0", "-", "-", "-"]


def test_other_projects_weigh_nothing():
    other = make_project()
    make_correction(other)
    item = tabby.item({"type": "view", "completion_id": "cmpl-1"}, now())
    originals.keep(make_ingest_key(other)[0], "tabby", [item], now())
    assert footprints(make_project()) == []


def test_the_command_says_bytes_per_event():
    project, out = make_project(), StringIO()
    make_correction(project)
    call_command("measure_capture", project=project.slug, stdout=out)
    head, line = out.getvalue().splitlines()
    assert head.split()[:3] == ["client", "events", "event-driven"]
    [told] = footprints(project)
    assert line.split()[:3] == ["api", "2", str(told.each(told.event_driven))]


def test_an_unknown_project_is_an_error():
    with pytest.raises(CommandError):
        call_command("measure_capture", project="nobody")
