"""OpenAI's stored completions read back: as they were kept, with what was said of them since."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db.models import Func, IntegerField, Q, QuerySet

from feedback.clients import openai
from feedback.clients.reading import fields_of
from feedback.clients.telling import join_key
from feedback.json_text import value_of
from feedback.models import Derived, Original, Reaction
from governance.models import Project
from lib.portions import fitting

BYTES = 8 * 1024 * 1024  # of bodies in memory at once
SIZE = Func("body", function="octet_length", output_field=IntegerField())

type Completion = dict[str, Any]


class NoSuchCompletion(Exception):
    """The project has no stored completion of this id."""


@dataclass(frozen=True)
class Asked:
    """What a list asks for. The filters look at what a completion was stored with."""

    limit: int = 20
    after: str = ""
    is_descending: bool = False
    model: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """Some completions, and whether there are more after them."""

    completions: Sequence[Completion]
    has_more: bool


def one(project: Project, key: str) -> Completion:
    """The completion of this id. Raises NoSuchCompletion."""
    return _told(project, [_stored(project, key)])[0]


def some(project: Project, asked: Asked) -> Found:
    """Those that were asked for: at least one where there is any, fewer where they are long.

    Raises NoSuchCompletion for one to begin after that is not there.
    """
    last = _stored(project, asked.after) if asked.after else None
    while True:
        rows = _after(_wanted(project, asked), last, is_descending=asked.is_descending)
        sizes = list(rows.values_list("pk", SIZE)[: asked.limit + 1])
        fits = fitting(sizes[: asked.limit], BYTES)
        kept = Original.objects.in_bulk(fits)
        found = [kept[pk] for pk in fits]
        has_more = len(sizes) > len(fits)
        right = [each for each in found if _is_asked_for(each, asked)]
        if right or not has_more:
            return Found(_told(project, right), has_more)
        last = found[-1]


def _wanted(project: Project, asked: Asked) -> QuerySet[Original]:
    """Narrowed by the text of the filters' pairs; whether they stand in their place is seen later.

    Not by jsonb: a body may hold a NUL, which jsonb does not take.
    """
    rows = Original.objects.filter(project=project, client=openai.NAME, derived__type="generation")
    pairs = [*asked.metadata.items(), *([("model", asked.model)] if asked.model else [])]
    for name, value in pairs:
        brief = orjson.dumps({name: value})[1:-1].decode()
        rows = rows.filter(
            Q(body__contains=brief) | Q(body__contains=json.dumps({name: value})[1:-1])
        )
    return rows


def _after(
    rows: QuerySet[Original], last: Original | None, *, is_descending: bool
) -> QuerySet[Original]:
    sign, beyond = ("-", "lt") if is_descending else ("", "gt")
    if last:
        rows = rows.filter(
            Q(received_at=last.received_at, **{f"pk__{beyond}": last.pk})
            | Q(**{f"received_at__{beyond}": last.received_at}),
            **{f"received_at__{beyond}e": last.received_at},  # a plain bound, for the index
        )
    return rows.order_by(f"{sign}received_at", f"{sign}id")


def _is_asked_for(original: Original, asked: Asked) -> bool:
    body = _body_of(original)
    metadata = fields_of(body.get("metadata"))
    is_right_model = not asked.model or body.get("model") == asked.model
    return (
        is_right_model
        and asked.metadata.items()
        <= {name: value for name, value in metadata.items() if isinstance(value, str)}.items()
    )


def _stored(project: Project, key: str) -> Original:
    if "\0" in key:  # PostgreSQL has no text with one
        raise NoSuchCompletion(key)
    rows = Derived.objects.filter(
        project=project,
        client_id=join_key(key),
        type="generation",
        original__client=openai.NAME,
    )
    found = rows.select_related("original").order_by("original_id").first()
    if found is None:
        raise NoSuchCompletion(key)
    return found.original


def _told(project: Project, originals: Iterable[Original]) -> list[Completion]:
    """The completions, with metadata that was sent for them later over what they came with."""
    held = list(originals)
    rows = Derived.objects.filter(original__in=held, type="generation")
    keys = dict(rows.values_list("original_id", "client_id"))
    later = _later(project, list(keys.values()))
    told = []
    for each in held:
        key, body = keys[each.pk], _body_of(each)
        metadata = fields_of(body.get("metadata")) | later.get(key, {})
        told.append(openai.completion(key, body | {"metadata": metadata}, each.received_at))
    return told


def _later(project: Project, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """By a completion's id, the metadata of the requests that judged it, the newest on top."""
    about = Reaction.objects.filter(
        generation__project=project, generation__client_id__in=keys
    ).values("client_id")
    requests = Original.objects.filter(
        pk__in=Derived.objects.filter(project=project, client_id__in=about).values("original_id"),
        client=openai.NAME,
    )
    found: dict[str, dict[str, Any]] = {}
    for body in requests.order_by("received_at", "id").values_list("body", flat=True):
        value = fields_of(value_of(body.encode()))
        key = join_key(value.get("completion"))
        if key in keys:
            metadata = fields_of(fields_of(value.get("body")).get("metadata"))
            found.setdefault(key, {}).update(metadata)
    return found


def _body_of(original: Original) -> dict[str, Any]:
    return fields_of(fields_of(value_of(original.body.encode())).get("body"))
