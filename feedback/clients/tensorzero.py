"""TensorZero's feedback: one metric, comment or demonstration of one inference or episode."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from feedback.clients.reading import (
    Arrived,
    Client,
    Item,
    Reading,
    Record,
    Route,
    always,
    fields_of,
    json_reply,
    unreadable,
)
from feedback.clients.scores import Score, delay_of, records_of
from feedback.clients.telling import fingerprint, join_key

NAME = "tensorzero"
VERSION = "2026"
CLIENT = Client(
    name=NAME,
    title="TensorZero",
    routes=(Route("POST", "/feedback"),),
    versions=(VERSION,),
    retries=False,
    credentials=("bearer", "path"),
)


def read(arrived: Arrived) -> Reading:
    """One piece of feedback; a dry run is answered and not kept."""
    if arrived.problem:
        return _refused(unreadable(arrived))
    found = item(arrived.value, arrived.at)
    if found.problem:
        return _refused(found)
    reply = always(json_reply({"feedback_id": str(_id(arrived.value))}))
    is_dry = arrived.value.get("dryrun") is True
    return Reading(() if is_dry else (found,), reply)


def item(original: Any, at: datetime) -> Item:
    """A metric, a comment or a demonstration, about exactly one inference or episode."""
    sent = fields_of(original)
    name, inference, episode = (
        sent.get(key) for key in ("metric_name", "inference_id", "episode_id")
    )
    about = join_key(inference) or join_key(episode)
    if not isinstance(name, str) or not name or sent.get("value") is None:
        return Item(original, VERSION, problem="feedback has a metric_name and a value")
    if not about or (inference is not None and episode is not None):
        return Item(original, VERSION, problem="say one inference_id or one episode_id")
    return Item(original, VERSION, tuple(_records(sent, name, about)))


def _records(sent: Mapping[str, Any], name: str, about: str) -> list[Record]:
    """Episodes are told apart by what the feedback is of; it waits under the episode's id."""
    tags = fields_of(sent.get("tags"))
    told = {
        "session": sent.get("episode_id"),
        "developer": tags.get("user_id") or tags.get("user"),
        "after_ms": delay_of(tags),
        "tags": tags or None,
    }
    value = sent["value"]
    if name == "demonstration":
        value = _text(value)
    return records_of(NAME, Score(about, name, value, told=told))


def _text(value: Any) -> str:
    """A demonstration's text: blocks of text as they read, anything else as JSON."""
    if isinstance(value, str):
        return value
    blocks = value if isinstance(value, list) else [value]
    return "\n".join(_block(each) for each in blocks)


def _block(block: Any) -> str:
    if isinstance(block, dict) and isinstance(block.get("text"), str):
        return str(block["text"])
    if isinstance(block, dict) and block.get("type") == "tool_call":
        block = block.get("arguments")
    return block if isinstance(block, str) else json.dumps(block, indent=2, sort_keys=True)


def _id(sent: Any) -> UUID:
    """The client fails without one; the same feedback has the same."""
    return UUID(fingerprint(NAME, sent).partition(":")[2][:32], version=5)


def _refused(found: Item) -> Reading:
    told = {"error": f"{found.problem}; kept in quarantine"}
    return Reading((found,), always(json_reply(told, 400)))
