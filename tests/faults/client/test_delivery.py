"""The Python client against a server that fails: everything arrives once, or is accounted for."""

import threading
import time

import pytest

from emend_client import Emend, Limits, backoff
from tests.scripted import answers, scripted, stores, stores_and_breaks_off

QUICK = {"linger": 5.0, "adoption": 0.1}  # a flush does not linger


@pytest.fixture
def server():
    with scripted() as running:
        yield running


@pytest.fixture
def connect(server, tmp_path, monkeypatch):
    """Make clients that wait hardly at all."""
    monkeypatch.setattr(backoff, "FIRST", 0.02)
    clients = []

    def make(**options):
        limits = Limits(**QUICK | options.pop("limits", {}))
        asked = {"url": server.url, "key": "emk_test", "spool_dir": tmp_path / "spool"}
        clients.append(Emend(limits=limits, **asked | options))
        return clients[-1]

    yield make
    for each in clients:
        each.close(1)


def stored(server, type):
    return [each for each in server.stored.values() if each["type"] == type]


def sums_up(stats):
    told = stats.delivered + stats.refused + stats.pending - stats.adopted
    return stats.recorded == told + stats.dropped.get("spool_full", 0)


def test_everything_that_is_said_arrives_in_order_with_a_key_and_packed(connect, server):
    emend = connect()
    made = emend.generation(
        prompt="p" * 2000, output="x = 1\n", model_name="m", file_path="a.py", session="s", mine=1
    )
    made.shown().accepted().edited().copied().rated(True).rated(-0.5, "meh").commented("hm")
    made.rejected().timed_out().reverted()
    made.corrected("x = 2\n", span=((1, 4), (1, 5)), category="logic", severity="low", comment="2")
    assert emend.flush(5) == 0
    path, headers, records = server.requests[0]
    assert (path, headers["Authorization"]) == ("/api/v1/feedback", "Bearer emk_test")
    assert headers["Content-Encoding"] == "gzip"
    generation, *others = records
    assert generation["id"] == made.id
    assert {generation[name] for name in ("model_name", "file_path", "session")} == {
        "m",
        "a.py",
        "s",
    }
    assert generation["mine"] == 1  # a field the API may not know is kept
    assert [each["kind"] for each in others[:-1]] == [
        *("shown", "accepted", "edited", "copied", "rated", "rated", "commented"),
        *("rejected", "timed_out", "reverted"),
    ]
    assert [each["value"] for each in others if each.get("kind") == "rated"] == [1, -0.5]
    assert "after_ms" not in others[0]
    assert all(each["after_ms"] >= 0 for each in others[1:])
    assert others[-1]["span"] == {
        "start": {"line": 1, "column": 4},
        "end": {"line": 1, "column": 5},
    }
    assert len({each["id"] for each in records}) == len(records) == emend.stats().delivered


@pytest.mark.parametrize(
    "failure",
    [
        answers(503, Retry_After="0"),
        answers(429, Retry_After="0"),
        answers(500, b"<html>"),
        answers(200, b"<html>Log in to the hotel's network"),
        stores_and_breaks_off,
        lambda handler, records: handler.connection.close(),
    ],
    ids=["503", "429", "500", "portal", "broken off", "reset"],
)
@pytest.mark.parametrize("spooled", [True, False], ids=["disk", "memory"])
def test_a_failure_is_tried_again_until_it_is_stored_once(
    connect, server, tmp_path, failure, spooled
):
    server.script = [failure, failure, stores]
    emend = connect(spool_dir=tmp_path if spooled else False)
    emend.generation(output="x").shown()
    assert emend.flush(5) == 0
    assert len(server.order) == 2
    stats = emend.stats()
    assert (stats.delivered, stats.failures, stats.requests) == (2, 2, 3)
    assert stats.duplicates == (2 if failure is stores_and_breaks_off else 0)


def test_retry_after_is_honoured_and_a_flush_does_not_cut_it_short(connect, server):
    server.script = [answers(503, Retry_After="1")]
    emend = connect()
    emend.generation(output="x")
    started = time.monotonic()
    assert emend.flush(0.3) == 1  # what is left
    assert emend.flush(5) == 0
    assert time.monotonic() - started >= 1


def test_what_the_server_refuses_is_told_and_counted_and_sent_only_once(connect, server, caplog):
    told = []
    emend = connect(on_refused=lambda record, problem: told.append((record, problem)) or 1 / 0)
    server.stored["taken"] = {"id": "taken", "output": "other"}
    emend.generation(output="secret code", id="taken")
    emend.generation(output="x")
    assert emend.flush(5) == 0
    stats = emend.stats()
    assert (stats.refused, stats.delivered, stats.errors) == (1, 1, 1)
    assert len(server.requests) == 1
    assert [(record["id"], problem["status"]) for record, problem in told] == [("taken", 409)]
    assert "taken" in caplog.text
    assert "secret code" not in caplog.text


def test_a_body_that_is_too_large_is_halved_until_the_one_is_found(connect, server):
    def small_only(handler, records):
        if any(len(each["output"]) > 100 for each in records):
            handler.answer(413)
        else:
            stores(handler, records)

    server.script = [small_only] * 20
    emend = connect()
    for number in range(8):
        emend.generation(output="x" * (1000 if number == 5 else 1))
    assert emend.flush(5) == 0
    assert (emend.stats().delivered, emend.stats().refused) == (7, 1)


def test_a_redirect_is_not_followed_and_a_refused_key_loses_nothing(connect, server):
    with scripted() as elsewhere:
        there = elsewhere.url + "/api/v1/feedback"
        server.script = [answers(302, Location=there), answers(308, Location=there), answers(401)]
        emend = connect()
        emend.generation(output="x")
        assert emend.flush(5) == 0
        assert elsewhere.requests == []
    assert emend.stats().failures == 3
    assert "401" in emend.stats().last_trouble


def test_batches_are_cut_by_number_and_by_size(connect, server):
    server.script = [answers(503)]
    emend = connect(limits={"batch": 10, "batch_bytes": 4000})
    for _ in range(25):
        emend.generation(output="x")
    emend.generation(output="y" * 9000)
    assert emend.flush(5) == 0
    sizes = [len(records) for _, _, records in server.requests[1:]]
    assert sum(sizes) == 26
    assert max(sizes) <= 10
    assert sizes[-1] == 1
    assert stored(server, "generation")[-1]["output"] == "y" * 9000


def test_a_slow_server_holds_up_nobody_and_full_is_counted(connect, server):
    go_on = threading.Event()
    server.script = [lambda handler, records: go_on.wait(10) and stores(handler, records)]
    emend = connect(spool_dir=False, limits={"queue": 50}, timeout=10)
    slowest = 0.0
    for _ in range(60):
        started = time.monotonic()
        emend.generation(output="x")
        slowest = max(slowest, time.monotonic() - started)
    stats = emend.stats()
    assert slowest < 1  # the server answers only after this
    assert (stats.recorded, stats.dropped) == (50, {"full": 10})
    go_on.set()
    assert emend.flush(5) == 0
    assert emend.stats().delivered == 50


def test_the_spool_is_bounded_and_says_what_it_dropped(connect, server):
    server.script = [answers(401)]
    emend = connect(limits={"spool_bytes": 20_000})
    for _ in range(40):
        emend.generation(output="x" * 1000)
        emend.sync(5)
    dropped = emend.stats().dropped["spool_full"]
    assert 15 < dropped < 40
    assert emend.flush(5) == 0
    assert sums_up(emend.stats())
    assert len(server.order) == 40 - dropped


def test_a_disk_that_fails_leaves_records_in_memory(connect, server, monkeypatch, tmp_path):
    emend = connect()
    emend.generation(output="first")
    emend.flush(5)

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("emend_client.spool.os.fsync", full)
    made = emend.generation(output="second")
    made.shown()
    assert emend.flush(5) == 0
    assert len(server.order) == 3
    (tmp_path / "file").write_text("no folder can be made in here")
    homeless = connect(spool_dir=tmp_path / "file")
    homeless.generation(output="third")
    assert homeless.flush(5) == 0
    assert "memory only" in homeless.stats().last_trouble


def test_what_one_leaves_the_next_delivers_in_order_and_the_folder_is_empty_then(
    connect, server, tmp_path
):
    server.script = [answers(503)] * 3
    first = connect(limits={"batch": 3})
    ids = [first.generation(output=str(number)).id for number in range(10)]
    assert first.close(0.01) == 10
    assert first.generation(output="too late") is not None
    assert first.stats().dropped == {"closed": 1}
    server.script.clear()
    other_key = connect(key="emk_other")
    assert other_key.flush(5) == 0
    assert server.stored == {}  # another project's records are not its business
    second = connect()
    last = second.generation(output="last").id
    assert second.flush(5) == 0
    assert server.order == [*ids, last]
    assert second.stats().adopted == 10
    assert sums_up(second.stats())
    second.close()
    other_key.close()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_survival_is_reported(connect, server):
    emend = connect(survival_at=(0.01, 0.02))
    emend.generation(output="return sum(prices)").accepted().track_survival(lambda: "return 1")
    deadline = time.monotonic() + 5
    while emend.stats().survival != {"sampled": 2}:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    emend.flush(5)
    told = [each for each in stored(server, "reaction") if each["kind"] == "survived"]
    assert [(each["value"], each["planned_s"], each["measure"]) for each in told] == [
        (0, 0.01, "token-4-gram"),
        (0, 0.02, "token-4-gram"),
    ]


def test_nothing_reaches_the_caller(connect, caplog, monkeypatch):
    monkeypatch.delenv("EMEND_URL", raising=False)
    for silent in (Emend(), Emend("not a url", "k"), Emend("https://x", "clé"), Emend(7, 7)):
        made = silent.generation(output="x", weird=object())
        assert made.shown().corrected("y", span=((1, 2), 3)).track_survival(None) is made
        assert silent.flush(1) == silent.sync(1) == silent.close(1) == 0
        assert silent.stats().disabled
    emend = connect()
    made = emend.generation(output="x", weird={1, 2})
    assert made.rated(float("nan")).corrected("y", span=5) is made
    assert emend.stats().dropped == {"not_json": 2}
    assert emend.stats().errors == 1
    emend.generation(output="x" * (9 * 1024 * 1024))
    assert emend.stats().dropped["too_large"] == 1


def test_many_threads_lose_nothing(connect, server):
    emend = connect(limits={"batch": 50})
    crowd = [
        threading.Thread(target=lambda: [emend.generation(output="x") for _ in range(50)])
        for _ in range(8)
    ]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    assert emend.flush(10) == 0
    assert len(server.order) == emend.stats().delivered == 400


def test_the_environment_says_where(server, monkeypatch, tmp_path):
    monkeypatch.setenv("EMEND_URL", server.url)
    monkeypatch.setenv("EMEND_INGEST_KEY", "emk_from_env")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with Emend() as emend:
        emend.generation(output="x")
    assert server.requests[0][1]["Authorization"] == "Bearer emk_from_env"
    [folder] = (tmp_path / "emend").iterdir()
    assert folder.stat().st_mode & 0o077 == 0  # what is in it is code
