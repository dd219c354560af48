"""Move a row between states so that exactly one of several callers wins."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Model, QuerySet

type Moves = Mapping[str, Collection[str]]


class MoveRefused(Exception):
    """The stored row is not in a state that allows this move."""


def move[M: Model](
    row: M, to: str, moves: Moves, *, rows: QuerySet[M] | None = None, **changes: Any
) -> None:
    """Set `row.state` to `to`, unless someone else got there first.

    One UPDATE whose WHERE names the states we may leave, so PostgreSQL picks the winner and no
    caller needs a lock. `rows` narrows who may move (a lease, an owner). `changes` are plain
    values, never F() expressions: they are set on `row` too.
    """
    stored: QuerySet[M] = type(row)._default_manager.all() if rows is None else rows
    sources = [source for source, targets in moves.items() if to in targets]
    if not stored.filter(pk=row.pk, state__in=sources).update(state=to, **changes):
        raise MoveRefused(f"{row} cannot become {to}")
    for name, value in {"state": to, **changes}.items():
        setattr(row, name, value)
