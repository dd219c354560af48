"""Tabby's clients: what its agent asks of a server, and what it tells it.

The agent takes anything but a 2xx for a server that is gone, so what cannot be mapped is kept
in quarantine and answered like everything else. Emend writes no code: a completion is answered
with an id and without choices.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from feedback.clients.places import language_of, path_of
from feedback.clients.reading import (
    Arrived,
    Client,
    Item,
    Reading,
    Record,
    Reply,
    Route,
    always,
    json_reply,
    unreadable,
)
from feedback.clients.telling import (
    fingerprint,
    generation,
    join_key,
    milliseconds,
    moment,
    reaction,
)

NAME = "tabby"
API, LOG = "v1", "log"  # what a client posts, and a line of the file a Tabby server keeps
CLIENT = Client(
    name=NAME,
    title="Tabby",
    routes=(
        Route("GET", "/v1/health"),
        Route("POST", "/v1/health"),
        Route("GET", "/v1beta/server_setting"),
        Route("POST", "/v1/completions"),
        Route("POST", "/v1/events"),
    ),
    versions=(API, LOG),
    retries=False,
    credentials=("bearer", "path"),
)
KINDS = {"view": "shown", "select": "accepted", "dismiss": "rejected"}
HEALTH: dict[str, Any] = {
    "model": "emend",  # without one the agent asks for no completions
    "chat_model": None,
    "device": "cpu",
    "arch": "x86_64",
    "cpu_info": "",
    "cpu_count": 1,
    "cuda_devices": [],
    "version": {
        "build_date": "",
        "build_timestamp": "",
        "git_sha": "",
        "git_describe": "v0.32.0",  # the agent compares it with what it needs
    },
    "webserver": False,
}


def read(arrived: Arrived) -> Reading:
    """One event, or a question that is answered and not kept."""
    match arrived.path.rstrip("/"):
        case "/v1/health":
            return Reading((), always(json_reply(HEALTH)))
        case "/v1beta/server_setting":
            return Reading((), always(json_reply({"disable_client_side_telemetry": True})))
        case "/v1/completions":
            return Reading((), always(_no_completion(arrived)))
    heard = always(Reply(200))
    if arrived.problem:
        return Reading((unreadable(arrived),), heard)
    event = arrived.value
    asked = arrived.query.get("select_kind")
    if isinstance(event, dict) and asked and not event.get("select_kind"):
        event = event | {"select_kind": asked[0]}
    return Reading((item(event, arrived.at),), heard)


def item(original: Any, at: datetime) -> Item:
    """An event as the agent posts it, or a line of the file a Tabby server keeps."""
    if not isinstance(original, dict):
        return Item(original, API, problem="an event is a JSON object")
    logged = original.get("event")
    if isinstance(logged, dict):
        return _of_line(original, logged, at)
    records = _of_event(original.get("type"), original, at, {})
    if records is None:
        return Item(original, API, problem="an event has a type and a completion_id")
    return Item(original, API, tuple(records))


def _no_completion(arrived: Arrived) -> Reply:
    """An id of its own for each question, so that the same answer is never read for another."""
    asked = fingerprint(NAME, arrived.body.hex(), arrived.at.isoformat())
    made = UUID(asked.partition(":")[2][:32], version=4)
    sent = arrived.value if isinstance(arrived.value, dict) else {}
    mode = sent.get("mode") if isinstance(sent.get("mode"), str) else "standard"
    return json_reply({"id": f"cmpl-{made}", "choices": [], "mode": mode})


def _of_line(line: Mapping[str, Any], logged: Mapping[str, Any], at: datetime) -> Item:
    """`{"user", "ts", "event": {"select": {…}}}`."""
    name, told = next(iter(logged.items()), ("", None))
    shared = {"developer": line.get("user"), "occurred_at": moment(line.get("ts"), at)}
    if name == "completion" and isinstance(told, dict):
        return Item(line, LOG, tuple(_of_completion(told, shared)))
    if name == "chat_completion":
        return Item(line, LOG)
    event = told if isinstance(told, dict) else {}
    records = _of_event(name, event | {"select_kind": event.get("kind")}, at, shared)
    if records is None:
        return Item(line, LOG, problem=f"{str(name)[:60]} is no event of Tabby's")
    return Item(line, LOG, tuple(records))


def _of_event(
    type: Any, event: Mapping[str, Any], at: datetime, shared: Record
) -> list[Record] | None:
    kind = KINDS.get(type) if isinstance(type, str) else None
    choice = event.get("choice_index") or 0
    about = _choice(event.get("completion_id"), choice)
    if kind is None or not about:
        return None
    told = (event.get("view_id") or event.get("elapsed"), type, event.get("select_kind"))
    part = {"select_kind": event["select_kind"]} if event.get("select_kind") else {}
    return [
        reaction(
            fingerprint(NAME, about, *told),
            about,
            kind,
            after_ms=milliseconds(event.get("elapsed")),
            view_id=event.get("view_id"),
            **part,
            **{"occurred_at": _seen_at(event, at)} | shared,
        )
    ]


def _of_completion(told: Mapping[str, Any], shared: Record) -> list[Record]:
    """The completion a server wrote down: a generation for each of its choices."""
    segments = told.get("segments")
    segments = segments if isinstance(segments, dict) else {}
    path = path_of(segments.get("filepath"))
    choices = told.get("choices")
    listed = choices if isinstance(choices, list) else []
    return [
        generation(
            key,
            each.get("text"),
            prompt=told.get("prompt") or segments.get("prefix"),
            language=told.get("language") or language_of(path),
            file_path=path,
            repository=segments.get("git_url"),
            **shared,
        )
        for each in listed
        if isinstance(each, dict)
        and (key := _choice(told.get("completion_id"), each.get("index") or 0))
    ]


def _choice(completion: Any, index: Any) -> str:
    """The first choice goes by the completion's own id, by which other clients know it too."""
    if isinstance(index, bool) or not isinstance(index, int):
        return ""
    return join_key(completion, index) if index else join_key(completion)


def _seen_at(event: Mapping[str, Any], at: datetime) -> str | None:
    """When it happened: when it came into view, as its view_id tells, and so long after."""
    _, found, shown = str(event.get("view_id") or "").rpartition("-at-")
    since = milliseconds(event.get("elapsed")) or 0
    if not (found and shown.isascii() and shown.isdigit() and len(shown) < 16):
        return None
    return moment(int(shown) + since, at)
