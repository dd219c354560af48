"""PostgreSQL is stopped at once: who never sends again is kept on disk, everybody else waits."""

import shutil
import tempfile
import time
from pathlib import Path

import pytest

from tests.crashing import Place, suggestion
from tests.feedback_builders import generation

pytestmark = pytest.mark.timeout(180)
SECRET = "ghp_" + "a1B2" * 9
COUNT = "SELECT count(*) FROM feedback_original"
OUTPUTS = "SELECT b.text FROM feedback_generation g JOIN feedback_blob b ON b.id = g.output_id"


@pytest.fixture
def start():
    home, places = Path(tempfile.mkdtemp(prefix="emend-test-")), []

    def started(**variables):
        places.append(Place(home, **variables))
        return places[-1]

    yield started
    for place in places:
        place.close()
    shutil.rmtree(home)


def eventually(check):
    deadline = time.monotonic() + 30
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def drained(place):
    eventually(lambda: not place.spooled())


def texts(place):
    return sorted(text for (text,) in place.ask(OUTPUTS))


def test_an_outage_is_bridged_on_disk_and_drained_once(start):
    place = start()
    assert place.post("/ingest/continue", suggestion("a = 1"))[0] == 200
    place.stop_postgres()
    statuses = [place.post("/ingest/continue", suggestion(f"b = {n}")) for n in range(20)]
    assert statuses == [(202, b'{"status":"spooled"}')] * 20
    assert place.post("/ingest/mlflow/api/3.0/mlflow/traces/t/assessments", {})[0] == 503
    assert place.post("/api/v1/feedback", generation())[0] == 503
    unknown = {"X-API-Key": "emk_" + "x" * 43}
    assert place.post("/ingest/continue", suggestion("c = 1"), **unknown)[0] == 503
    assert place.post("/ingest/continue", suggestion(f'token = "{SECRET}"'))[0] == 202
    [file] = place.spooled()
    assert SECRET.encode() not in file.read_bytes()
    assert b"MASKED_" in file.read_bytes()
    started = time.monotonic()
    place.post("/ingest/continue", suggestion("d = 1"))
    assert time.monotonic() - started < 5  # nobody waits for a pool any more
    place.kill_web()
    place.start_web()  # it knows no key yet, and takes over what the other left
    assert place.post("/ingest/continue", suggestion("e = 1"))[0] == 503
    place.start_postgres()
    drained(place)
    assert place.ask(COUNT) == [(24,)]
    assert [text for text in texts(place) if text.startswith(("b =", "e ="))] == sorted(
        f"b = {n}" for n in range(20)
    )
    assert place.ask("SELECT sum(count) FROM feedback_maskedcount") != [(None,)]
    eventually(lambda: place.post("/ingest/continue", suggestion("f = 1"))[0] == 200)


def test_what_came_by_a_key_since_revoked_waits_in_quarantine(start):
    place = start()
    assert place.post("/ingest/continue", suggestion("a = 1"))[0] == 200
    place.stop_postgres()
    assert place.post("/ingest/continue", suggestion("b = 1"))[0] == 202
    place.kill_web()
    place.start_postgres()
    place.ask(
        "UPDATE governance_ingestkey SET revoked_at = now(), revoked_by_id = created_by_id"
        " WHERE id = %s",
        place.key,
    )
    place.start_web()
    drained(place)
    assert texts(place) == ["a = 1", "warm", "x = 1\n"]
    [(reason,)] = place.ask("SELECT reason FROM feedback_quarantined")
    assert "revoked" in reason
    assert place.post("/ingest/continue", suggestion("c = 1"))[0] == 401


def test_a_full_disk_is_a_503_and_what_was_acknowledged_before_it_is_kept(start):
    place = start(EMEND_TEST_FILE_BYTES="20000")
    place.post("/ingest/continue", suggestion("a = 1"))
    place.stop_postgres()
    big = {f"n{n}": suggestion(f"{n} = " + "x" * 3000) for n in range(6)}
    statuses = [place.post("/ingest/continue", each)[0] for each in big.values()]
    assert statuses[0] == 202
    huge = suggestion("h = " + "x" * 30_000)
    assert place.post("/ingest/continue", huge)[0] == 503
    small = place.post("/ingest/continue", suggestion("s = 1"))[0]
    assert small == 202  # in a new file
    place.start_postgres()
    drained(place)
    kept = [text for text in texts(place) if "xxx" in text]
    assert len(kept) == statuses.count(202)
    assert place.ask(COUNT) == [(3 + statuses.count(202),)]
