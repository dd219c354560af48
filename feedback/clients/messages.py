"""Text out of what chat APIs pass around: messages, parts of messages, choices."""

import json
from typing import Any

DEEPEST = 6  # levels of messages in messages; nobody means more
INSIDE = ("content", "parts", "text", "message", "output", "completion", "response", "code")


def prompt_of(value: Any) -> str | None:
    """Messages as one text, each under its role; any other text as it is. None for nothing."""
    if isinstance(value, dict) and isinstance(value.get("messages"), list):
        value = value["messages"]
    if not isinstance(value, list):
        return text_of(value)
    told = [_named(each) for each in value]
    return "\n\n".join(filter(None, told)) or None


def output_of(value: Any) -> str | None:
    """What a model answered: the first choice, or the last message of those it wrote."""
    if isinstance(value, dict) and isinstance(value.get("choices"), list):
        value = value["choices"][:1]
    if isinstance(value, list) and value and all(_is_message(each) for each in value):
        value = value[-1]
    return text_of(value)


def text_of(value: Any, depth: int = 0) -> str | None:
    """The text in a message, a part or a list of them; JSON of an object that holds none."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | int | float) or depth > DEEPEST:
        return json.dumps(value)
    if isinstance(value, list):
        return "\n".join(filter(None, (text_of(each, depth + 1) for each in value))) or None
    if isinstance(value, dict):
        return _inside(value, depth)
    return None


def _inside(value: dict[str, Any], depth: int) -> str | None:
    for name in INSIDE:
        if value.get(name) is not None:
            return text_of(value[name], depth + 1)
    calls = value.get("tool_calls")
    if isinstance(calls, list):
        return text_of([_call(each) for each in calls], depth + 1)
    if "arguments" in value:
        return _call(value)
    return json.dumps(value, sort_keys=True) if value else None


def _call(call: Any) -> str | None:
    """A tool call's arguments, where the code is."""
    inner = call.get("function", call) if isinstance(call, dict) else {}
    arguments = inner.get("arguments") if isinstance(inner, dict) else None
    return arguments if isinstance(arguments, str) else text_of(arguments, DEEPEST)


def _is_message(value: Any) -> bool:
    return isinstance(value, dict) and "role" in value


def _named(message: Any) -> str | None:
    text = text_of(message)
    role = message.get("role") if isinstance(message, dict) else None
    return f"{role}: {text}" if text and isinstance(role, str) else text
