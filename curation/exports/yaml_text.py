"""YAML for people to read: blocks of keys and items, every value as JSON writes it."""

import json
from typing import Any


def yaml_of(value: dict[str, Any]) -> str:
    """The text of objects, arrays and what JSON has of single values; ends with a line feed."""
    return "".join(f"{line}\n" for line in _lines(value))


def _lines(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [line for key, each in value.items() for line in _entry(f"{key}:", each)]
    return [line for each in value for line in _item(each)]


def _entry(key: str, value: Any) -> list[str]:
    if _is_single(value):
        return [f"{key} {_json(value)}"]
    return [key, *(f"  {line}" for line in _lines(value))]


def _item(value: Any) -> list[str]:
    if _is_single(value):
        return [f"- {_json(value)}"]
    first, *others = _lines(value)
    return [f"- {first}", *(f"  {line}" for line in others)]


def _is_single(value: Any) -> bool:
    return not isinstance(value, dict | list) or not value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
