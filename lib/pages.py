"""Keyset paging: the next page starts after a row, not after a count.

A deep page costs what the first one costs (docs/decisions), and nothing is ever counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext

SIGNER = Signer(salt="lib.pages")


class BadCursor(ValueError):
    """The cursor in the address was not made by us."""


@dataclass(frozen=True)
class Page[M: Model]:
    """Rows of one page, and the cursors of its neighbours (None where there are none)."""

    rows: Sequence[M]
    after: str | None
    before: str | None


def page_of[M: Model](
    rows: QuerySet[M], order: Sequence[str], size: int, *, after: str = "", before: str = ""
) -> Page[M]:
    """One page of `rows` in `order`.

    `order` names columns that are never null, "-" for descending, the last one unique.
    Raises BadCursor for a cursor that is not ours or belongs to another order.
    """
    backwards = bool(before) and not after
    cursor = before if backwards else after
    steps = [_flip(step) for step in order] if backwards else list(order)
    wanted = rows.order_by(*steps)
    if cursor:
        wanted = wanted.filter(_beyond(steps, _read(cursor, order)))
    found = list(wanted[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next = more if not backwards else bool(cursor)
    has_previous = more if backwards else bool(cursor)
    return Page(
        rows=found,
        after=_write(found[-1], order) if found and has_next else None,
        before=_write(found[0], order) if found and has_previous else None,
    )


def first_page[M: Model](found: Sequence[M], order: Sequence[str], size: int) -> Page[M]:
    """The first page, of rows that were fetched in `order`: `size` and one more, if there are."""
    rows = found[:size]
    return Page(rows, _write(rows[-1], order) if len(found) > size else None, None)


def _flip(step: str) -> str:
    return step[1:] if step.startswith("-") else f"-{step}"


def _beyond(steps: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows after `values`; the first column alone is a plain bound, which an index can use."""
    first = steps[0]
    bound = Q(**{f"{first.lstrip('-')}__{'lte' if first.startswith('-') else 'gte'}": values[0]})
    tie, beyond = Q(), Q(pk__in=[])
    for step, value in zip(steps, values, strict=True):
        name = step.lstrip("-")
        beyond |= tie & Q(**{f"{name}__{'lt' if step.startswith('-') else 'gt'}": value})
        tie &= Q(**{name: value})
    return bound & beyond


def _write(row: Model, order: Sequence[str]) -> str:
    values = [getattr(row, step.lstrip("-")) for step in order]
    return SIGNER.sign_object([list(order), values], serializer=_Json)


def _read(cursor: str, order: Sequence[str]) -> list[Any]:
    try:
        made_for, values = SIGNER.unsign_object(cursor, serializer=_Json)
    except (BadSignature, ValueError) as error:
        raise BadCursor(gettext("This page address is damaged.")) from error
    if made_for != list(order):
        raise BadCursor(gettext("This page address belongs to another order."))
    return list(values)


class _Json:
    def dumps(self, obj: Any) -> bytes:
        return orjson.dumps(obj)

    def loads(self, data: bytes) -> Any:
        return orjson.loads(data)
