"""OpenAI's stored completions: what was answered, and metadata on it.

Emend writes no code. A completion is stored by sending it: the messages with the model's answer
as the last of them. Metadata on one that is known under its id is what happened to it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from feedback.clients.messages import prompt_of, text_of
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
from feedback.clients.telling import fingerprint, generation, join_key

NAME = "openai"
VERSION = "v1"
ALL = "/v1/chat/completions"
CLIENT = Client(
    name=NAME,
    title="OpenAI SDK",
    routes=(Route("POST", ALL), Route("POST", ALL + "/{completion}")),
    versions=(VERSION,),
    retries=True,
    credentials=("bearer",),
)
ABOUT = {  # metadata that says whose and where it is, and nothing of how good
    "user": "developer",
    "developer": "developer",
    "session": "session",
    "session_id": "session",
    "episode": "session",
    "repository": "repository",
    "file_path": "file_path",
    "language": "language",
}
IDS = ("completion_id", "id")
UNANSWERED = (
    "Emend keeps completions and writes none: send the model's answer as the last message, "
    "or metadata to /chat/completions/{id}."
)


def read(arrived: Arrived) -> Reading:
    """A completion to store, or metadata on one."""
    if arrived.problem:
        return _refused(unreadable(arrived))
    completion = arrived.names.get("completion")
    found = item({"completion": completion, "body": arrived.value}, arrived.at)
    if found.problem:
        return _refused(found)
    return Reading((found,), always(json_reply(_object(found.original, arrived.at))))


def item(original: Any, at: datetime) -> Item:
    """A request with the id in its path."""
    body = fields_of(fields_of(original).get("body"))
    metadata = fields_of(body.get("metadata"))
    completion = join_key(fields_of(original).get("completion"))
    if completion:
        if not metadata:
            return Item(original, VERSION, problem="metadata is an object")
        return Item(original, VERSION, tuple(_judged(metadata, completion)))
    if not _answer(body):
        return Item(original, VERSION, problem=UNANSWERED)
    return Item(original, VERSION, tuple(_made(body, metadata)))


def _made(body: Mapping[str, Any], metadata: Mapping[str, Any]) -> list[Record]:
    key = _key(body)
    made = generation(
        key,
        text_of(_answer(body)),
        prompt=prompt_of(body["messages"][:-1]),
        model_name=body.get("model"),
        **_about(metadata),
    )
    return [made, *_judged(metadata, key)]


def _judged(metadata: Mapping[str, Any], key: str) -> list[Record]:
    """Each pair that is no fact about it is a score of it."""
    told = _about(metadata) | {"after_ms": delay_of(metadata)}
    where = {name: told.get(name) for name in ("developer", "session", "after_ms")}
    found: list[Record] = []
    for name, value in metadata.items():
        if name not in ABOUT and name not in IDS and not name.endswith("_ms"):
            found += records_of(NAME, Score(key, name, value, told=where))
    return found


def _about(metadata: Mapping[str, Any]) -> Record:
    return {field: metadata[name] for name, field in ABOUT.items() if name in metadata}


def _answer(body: Mapping[str, Any]) -> Any:
    """The model's answer, where the messages end with one."""
    messages = body.get("messages")
    last = fields_of(messages[-1]) if isinstance(messages, list) and messages else {}
    return last if last.get("role") == "assistant" and text_of(last) else None


def _key(body: Mapping[str, Any]) -> str:
    metadata = fields_of(body.get("metadata"))
    named = next((key for name in IDS if (key := join_key(metadata.get(name)))), "")
    return named or f"chatcmpl-{fingerprint(NAME, body).partition(':')[2][:32]}"


def completion(key: str, body: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """A completion that was sent, as the SDK decodes it."""
    answer = _answer(body)
    choice = {"index": 0, "finish_reason": "stop", "message": answer}
    model = body.get("model")
    return {
        "id": key,
        "object": "chat.completion",
        "created": int(at.timestamp()),
        "model": model if isinstance(model, str) else "",
        "choices": [choice] if answer else [],
        "metadata": fields_of(body.get("metadata")),
    }


def _object(original: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    body = fields_of(original["body"])
    return completion(original["completion"] or _key(body), body, at)


def _refused(found: Item) -> Reading:
    why = f"{found.problem} It is kept in quarantine."
    told = {"error": {"message": why, "type": "invalid_request_error"}}
    return Reading((found,), always(json_reply(told, 400)))
