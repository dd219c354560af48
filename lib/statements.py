"""Queries whose SQL is written once per process, and planned once per connection.

Django takes longer to build such a query than PostgreSQL takes to answer it, and PostgreSQL longer
to plan it. Here the same code as ever builds it, once, with marks in the place of what differs from
call to call; afterwards only the values are sent.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.utils import CursorWrapper
from django.db.models import FETCH_ONE, FETCH_RAISE, Exists, Model, QuerySet
from django.db.models.query import get_related_populators
from psycopg import RawCursor, sql
from psycopg.types.numeric import Int8

FIRST_MARK = 2_000_000_000  # of whole numbers; still fits PostgreSQL's integer
EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
PLACE = re.compile("%[%s]")


type Written = tuple[str, Sequence[Any]]  # a text and its parameters, as Django writes both


class ValueIgnored(AssertionError):
    """A query does not hold a value it was built with: whatever we would put in changes nothing."""


class AskedWhileWritten(AssertionError):
    """The text would hold what the database said once, for a mark, instead of asking it."""


class EachExists(Exists):
    """An EXISTS that is asked of each row in turn, and never joined.

    For what stops at its first rows: how many there are of what is asked for changes by the minute,
    and a plan made when there were few must not read them all when there are many.
    """

    template = "EXISTS(%(subquery)s OFFSET 0)"  # PostgreSQL leaves such a query as it is


class Statement:
    """One SQL text. `write` gets a mark for each name in `kinds`, and returns text and parameters.

    A kind is int, str, datetime or a model. A model's mark has nothing but a key, and raises when
    it is asked for anything else; the others must arrive among the parameters as they were given.
    What is no mark becomes a part of the text: only so can a plan for any value use an index that
    holds some rows only.
    """

    def __init__(self, write: Callable[..., Written], **kinds: type) -> None:
        self.write, self.kinds = write, kinds

    @cached_property
    def written(self) -> tuple[str, list[str]]:
        """The text, with $1 for the first of the names, and the names."""
        marks = {name: _mark(kind, n) for n, (name, kind) in enumerate(self.kinds.items())}
        with connection.execute_wrapper(_refuse):
            text, params = self.write(**marks)
        names = {_key(mark): name for name, mark in marks.items()}
        said = [names.get(_key(value)) for value in params]
        plain = {name for name, kind in self.kinds.items() if not issubclass(kind, Model)}
        if ignored := plain - set(said):
            raise ValueIgnored(f"{sorted(ignored)} in {text}")
        order = list(dict.fromkeys(name for name in said if name))
        connection.ensure_connection()
        places = iter(
            f"${order.index(name) + 1}" if name else _literal(value)
            for name, value in zip(said, params, strict=True)
        )
        return PLACE.sub(lambda at: "%" if at[0] == "%%" else next(places), text), order

    def fetch(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows PostgreSQL answers with."""
        with _cursor() as cursor:
            cursor.execute(*self.bound(values))
            return list(cursor.fetchall())

    def asked(self, **values: Any) -> "Asked":
        """What `together` asks."""
        return Asked(self, values)

    def bound(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """The text, and what is sent with it."""
        text, names = self.written
        return text, [_sent(values[name]) for name in names]

    def made_of(self, found: list[tuple[Any, ...]]) -> list[Any]:
        """What a caller gets for the rows."""
        return found


class Query[M: Model](Statement):
    """A queryset of a model's rows, without annotations or prefetching; `fetch` is `rows`."""

    def __init__(self, build: Callable[..., QuerySet[M]], **kinds: type) -> None:
        self.build = build
        super().__init__(self._compile, **kinds)

    def rows(self, **values: Any) -> list[M]:
        """The model's rows, those of select_related with them."""
        return self.made_of(self.fetch(**values))

    def first(self, **values: Any) -> M | None:
        """The first row, if any; the queryset should be cut to one."""
        return next(iter(self.rows(**values)), None)

    def made_of(self, found: list[tuple[Any, ...]]) -> list[M]:
        """The rows as the model's."""
        return [self._row_of(row) for row in found]

    def _compile(self, **marks: Any) -> Written:
        compiler = self.build(**marks).query.get_compiler(DEFAULT_DB_ALIAS)
        text, params = compiler.as_sql()
        info, select = compiler.klass_info, compiler.select
        assert info is not None
        assert not compiler.annotation_col_map
        self._converters = compiler.get_converters(column for column, *_ in select)
        self._model, places = info["model"], info["select_fields"]
        self._span = slice(places[0], places[-1] + 1)
        self._names = [column.target.attname for column, *_ in select[self._span]]
        self._related = get_related_populators(info, select, DEFAULT_DB_ALIAS, FETCH_ONE)
        return text, params

    def _row_of(self, row: Sequence[Any]) -> M:
        if self._converters:
            row = list(row)
            for place, (converters, column) in self._converters.items():
                for convert in converters:
                    row[place] = convert(row[place], column, connection)
        found: M = self._model.from_db(DEFAULT_DB_ALIAS, self._names, row[self._span])
        for related in self._related:
            related.populate(row, found)
        return found


@dataclass(frozen=True)
class Asked:
    """A statement with its values."""

    statement: Statement
    values: Mapping[str, Any]


def together(*asked: Asked) -> list[list[Any]]:
    """What each of them answers, in one round trip: nobody waits between two of them."""
    with ExitStack() as stack:
        cursors = [stack.enter_context(_cursor()) for _ in asked]
        with connection.wrap_database_errors, connection.connection.pipeline():
            for cursor, each in zip(cursors, asked, strict=True):
                cursor.execute(*each.statement.bound(each.values))
        found = [list(cursor.fetchall()) for cursor in cursors]
    return [each.statement.made_of(rows) for each, rows in zip(asked, found, strict=True)]


def planned(text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What PostgreSQL answers to a text with $1 in it, planned once for a connection.

    The text is the same from call to call, and casts what its place leaves without a type.
    """
    with _cursor() as cursor:
        cursor.execute(text, values)
        return list(cursor.fetchall()) if cursor.description else []


class _Prepared(RawCursor[Any]):
    """Sends values apart from the text, which PostgreSQL plans once for a connection."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_Prepared":
        return super().execute(query, params, prepare=True)


@contextmanager
def _cursor() -> Iterator[CursorWrapper]:
    connection.ensure_connection()
    with connection._prepare_cursor(_Prepared(connection.connection)) as cursor:  # type: ignore[attr-defined]  # as connection.cursor() does
        yield cursor


def _refuse(execute: object, sql: str, *rest: object) -> None:
    raise AskedWhileWritten(f"{sql} — let it be a part of the statement")


def _mark(kind: type, number: int) -> Any:
    if issubclass(kind, Model):
        key, value = kind._meta.pk.attname, FIRST_MARK + number
        return kind.from_db(DEFAULT_DB_ALIAS, [key], [value], fetch_mode=FETCH_RAISE)
    if issubclass(kind, int):
        return FIRST_MARK + number
    if issubclass(kind, datetime):
        return EARLIEST + timedelta(days=number)
    return f"\x02mark {number}"


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def _sent(value: Any) -> Any:
    """The value as it is sent; a whole number always as the same type, so that one plan does."""
    key = _key(value)
    return Int8(key) if isinstance(key, int) else key


def _literal(value: Any) -> str:
    return sql.Literal(value).as_string(connection.connection)
