"""LiteLLM's generic callback: what any model behind the proxy was asked and answered."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from feedback.clients.messages import output_of, prompt_of
from feedback.clients.reading import (
    JSON,
    NDJSON,
    Arrived,
    Client,
    Fate,
    Item,
    Reading,
    Record,
    Reply,
    Route,
    fields_of,
    json_reply,
    unreadable,
)
from feedback.clients.telling import generation, join_key, moment

NAME = "litellm"
VERSION = "standard"  # of the payload: LiteLLM's StandardLoggingPayload
CLIENT = Client(
    name=NAME,
    title="LiteLLM",
    routes=(Route("POST", "", (JSON, NDJSON, "text/plain")),),
    versions=(VERSION,),
    retries=False,
    credentials=("bearer", "x-api-key", "path"),
)
CALLS = ("completion", "responses", "messages")  # in the name of a call that writes text


def read(arrived: Arrived) -> Reading:
    """One payload, a list of them, or one in each line."""
    sent = _payloads(arrived)
    if not sent:
        why = arrived.problem or "send payloads: one, a list, or one in each line"
        return Reading((unreadable(arrived, why),), _reply)
    return Reading(tuple(item(each, arrived.at) for each in sent), _reply)


def item(original: Any, at: datetime) -> Item:
    """One call; a failed one, or one that wrote no text, is only kept."""
    sent = fields_of(original)
    if not join_key(sent.get("id")) and not join_key(sent.get("litellm_call_id")):
        return Item(original, VERSION, problem="a payload has an id")
    return Item(original, VERSION, tuple(_records(sent, at)))


def _payloads(arrived: Arrived) -> list[Any]:
    if isinstance(arrived.value, list):
        return arrived.value
    if isinstance(arrived.value, dict):
        return [arrived.value]
    found = []
    for line in arrived.body.splitlines():
        if line.strip():
            try:
                found.append(orjson.loads(line))
            except ValueError:
                return []
    return found if all(isinstance(each, dict) for each in found) else []


def _records(sent: Mapping[str, Any], at: datetime) -> list[Record]:
    call = sent.get("call_type")
    output = output_of(sent.get("response"))
    is_text = not isinstance(call, str) or any(word in call for word in CALLS)
    if sent.get("status", "success") != "success" or output is None or not is_text:
        return []
    keys = [key for name in ("id", "litellm_call_id") if (key := join_key(sent.get(name)))]
    told = fields_of(sent.get("metadata"))
    asked = fields_of(told.get("requester_metadata"))
    return [
        generation(
            keys[0],
            output,
            aliases=[*keys[1:], *filter(None, [join_key(sent.get("trace_id"))])],
            prompt=prompt_of(sent.get("messages")),
            model_name=sent.get("model"),
            developer=sent.get("end_user") or told.get("user_api_key_user_id"),
            session=asked.get("session_id") or asked.get("session"),
            repository=asked.get("repository"),
            file_path=asked.get("file_path"),
            language=asked.get("language"),
            occurred_at=moment(sent.get("startTime"), at, per_second=1),
            tags=sent.get("request_tags") or None,
        )
    ]


def _reply(fates: Sequence[Fate]) -> Reply:
    """The proxy looks at the status alone, and sends nothing again."""
    return json_reply(Counter(fate.became.value for fate in fates))
