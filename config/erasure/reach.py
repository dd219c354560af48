"""Which rows an erasure reaches, by table: from the records of a person, a generation or a time."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Model

from config.erasure.bodies import says
from config.erasure.fates import GOES, Goes, Table
from config.erasure.requests import Older, OneGeneration, Request, Subject, names_of
from curation.models import Example
from feedback.models import (
    Blob,
    Correction,
    Derived,
    Generation,
    Original,
    Orphan,
    Quarantined,
    Reaction,
)
from governance.models import Project
from reviews.models import ReviewTask, TestPlan, TestRun, TestSuite, WebhookDelivery

PAGE = 500  # raw events whose JSON is read at once


@dataclass
class Reach:
    """The rows that go, by table and key; `named` are the kinds and client ids of its records.

    `of` is a table's rows by primary key; those of `Derived` are known by their original's.
    With `locks` each row is locked when it is found, so that nothing new can come to hang on it.
    """

    project: Project
    locks: bool = False
    of: dict[Table, list[Any]] = field(default_factory=dict)
    counts: dict[Table, int] = field(default_factory=dict)
    named: set[tuple[str, str]] = field(default_factory=set)
    names: list[str] = field(default_factory=list)  # of a person, as clients say them

    def ids(self, table: Table) -> list[Any]:
        """The keys of the table's rows that go."""
        return self.of.get(table, [])

    def find(self, table: Table, where: str, values: Sequence[Any], tail: str = "") -> list[Any]:
        """Keep and return the rows for which the SQL holds."""
        name, key = table._meta.db_table, key_of(table)
        lock = " FOR UPDATE" if self.locks else ""
        found = self.ask(
            f"SELECT {key} FROM {name} WHERE {where} ORDER BY {tail or key}{lock}",  # noqa: S608  our own names
            values,
        )
        self.keep(table, [pk for (pk,) in found])
        return self.of[table]

    def keep(self, table: Table, found: list[Any]) -> None:
        """Let these be the table's rows that go."""
        self.of[table], self.counts[table] = list(dict.fromkeys(found)), len(found)

    def ask(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """What the database answers."""
        with connection.cursor() as cursor:
            cursor.execute(sql, list(values))
            return list(cursor.fetchall())


def key_of(table: Table) -> str:
    """The column that a table's rows are known by here."""
    if table is Derived:
        return "original_id"
    column = table._meta.pk.column
    assert column is not None
    return column


def reach_of(project: Project, request: Request, *, locks: bool = False) -> Reach:
    """Everything that a request reaches now; nothing is changed."""
    reach = Reach(project, locks)
    _find_records(reach, request)
    _name_records(reach, request)
    _find_waiting(reach, request)
    _find_raw(reach, request)
    for each in GOES:
        if each.by:
            _follow(reach, each)
        elif each.table in OWN_WAYS:
            OWN_WAYS[each.table](reach)
    return reach


def _find_records(reach: Reach, request: Request) -> None:
    """The generations, and what was said of them or by the person."""
    project, tail = reach.project.pk, ""
    values: list[Any]
    match request:
        case Subject(name):
            reach.names = names_of(reach.project, name)
            where, values = "developer = ANY(%s)", [reach.names]
        case OneGeneration(name):
            where = (
                "(client_id = %s OR id IN (SELECT generation_id FROM feedback_alias"
                " WHERE project_id = %s AND name = %s))"
            )
            values = [name, project, name]
        case Older(before, most):
            where, values = "received_at < %s", [before]
            tail = f"received_at, id LIMIT {most:d}"
    generations = reach.find(Generation, f"project_id = %s AND {where}", [project, *values], tail)
    said = "project_id = %s AND (generation_id = ANY(%s) OR developer = ANY(%s))"
    for table in (Reaction, Correction):
        reach.find(table, said, [project, generations, reach.names])


def _name_records(reach: Reach, request: Request) -> None:
    """The ids that the records and the generations' other names go by."""
    if isinstance(request, OneGeneration):
        reach.named.add(("generation", request.name))
    for table, kind in ((Generation, "generation"), (Reaction, "reaction")):
        _name(reach, table, kind)
    _name(reach, Correction, "correction")
    found = reach.ask(
        "SELECT name FROM feedback_alias WHERE generation_id = ANY(%s)", [reach.ids(Generation)]
    )
    reach.named |= {("generation", name) for (name,) in found}


def _name(reach: Reach, table: Table, kind: str) -> None:
    name, key = table._meta.db_table, key_of(table)
    found = reach.ask(f"SELECT client_id FROM {name} WHERE {key} = ANY(%s)", [reach.ids(table)])  # noqa: S608  our own names
    reach.named |= {(kind, client_id) for (client_id,) in found}


def _of_kind(reach: Reach, kind: str) -> list[str]:
    return sorted(name for each, name in reach.named if each == kind)


def _find_waiting(reach: Reach, request: Request) -> None:
    """What waits for its generation, or did."""
    reach.find(
        Orphan,
        "project_id = %s AND (wanted = ANY(%s) OR (type = 'reaction' AND client_id = ANY(%s))"
        " OR (type = 'correction' AND client_id = ANY(%s))"
        " OR record::jsonb ->> 'developer' = ANY(%s) OR id = ANY(%s))",
        [
            reach.project.pk,
            _of_kind(reach, "generation"),
            _of_kind(reach, "reaction"),
            _of_kind(reach, "correction"),
            reach.names,
            _oldest(reach, Orphan, request),
        ],
    )
    found = reach.ask(
        "SELECT type, client_id FROM feedback_orphan WHERE id = ANY(%s)", [reach.ids(Orphan)]
    )
    reach.named |= set(found)


def _find_raw(reach: Reach, request: Request) -> None:
    """Events in their client's words: those that became such records, and those that name them."""
    project = reach.project.pk
    came_of = reach.ask(
        "SELECT DISTINCT original_id FROM feedback_derived JOIN unnest(%s::text[], %s::text[])"
        " AS told (kind, name) ON type = told.kind AND client_id = told.name WHERE project_id = %s",
        [*_columns(reach.named), project],
    )
    found = [pk for (pk,) in came_of]
    found += _oldest(reach, Original, request)
    if not isinstance(request, Older):
        found += _that_say(project, {*reach.names, *(name for _, name in reach.named)})
    reach.find(Original, "id = ANY(%s)", [found])
    _name_raw(reach)


def _oldest(reach: Reach, table: Table, request: Request) -> list[int]:
    """The oldest rows, where their age is what is asked for."""
    if not isinstance(request, Older):
        return []
    found = reach.ask(
        f"SELECT id FROM {table._meta.db_table} WHERE project_id = %s AND received_at < %s"  # noqa: S608  our own names
        " ORDER BY received_at, id LIMIT %s",
        [reach.project.pk, request.before, request.most],
    )
    return [pk for (pk,) in found]


def _name_raw(reach: Reach) -> None:
    """Events are known by their digest; the same event again must not bring its text back."""
    found = reach.ask(
        "SELECT digest FROM feedback_original WHERE id = ANY(%s)", [reach.ids(Original)]
    )
    reach.named |= {("original", str(digest)) for (digest,) in found}


def _that_say(project: int, names: Collection[str]) -> list[int]:
    """Events in quarantine, which became nothing, in which some value is one of the names."""
    held = Quarantined.objects.filter(project=project).order_by("original_id")
    bodies = held.values_list("original_id", "original__body")
    return [pk for pk, body in bodies.iterator(chunk_size=PAGE) if says(body, names)]


def _follow(reach: Reach, each: Goes) -> None:
    """The rows that hang on rows that go."""
    columns = [(_column(each.table, name), parent) for name, parent in each.by]
    where = " OR ".join(f"{column} = ANY(%s)" for column, _ in columns)
    reach.find(each.table, where, [reach.ids(parent) for _, parent in columns])


def _column(table: Table, name: str) -> str:
    column = table._meta.get_field(name).column  # type: ignore[union-attr]  # a foreign key
    assert column is not None
    return str(column)


def _find_suites(reach: Reach) -> None:
    """Tests that came with these corrections and with no other."""
    reach.find(
        TestSuite,
        "recipe_id IS NULL AND id IN (SELECT suite_id FROM reviews_testplan WHERE id = ANY(%s))"
        " AND NOT EXISTS (SELECT FROM reviews_testplan AS other"
        " WHERE other.suite_id = reviews_testsuite.id AND other.id <> ALL(%s))",
        [reach.ids(TestPlan)] * 2,
    )


def _find_texts(reach: Reach) -> None:
    """Texts that the rows hold, or that were tested for them, and that no other row holds."""
    texts: set[Any] = set()
    for table, column in holders():
        if table in reach.of:
            sql = f"SELECT DISTINCT {column} FROM {table._meta.db_table} WHERE {key_of(table)} = ANY(%s)"  # noqa: S608, E501  our own names
            texts |= {pk for (pk,) in reach.ask(sql, [reach.ids(table)]) if pk}
    tested = reach.ask(
        "SELECT DISTINCT code_id FROM reviews_testrun WHERE suite_id IN"
        " (SELECT suite_id FROM reviews_testplan WHERE id = ANY(%s))",
        [reach.ids(TestPlan)],
    )
    texts |= {pk for (pk,) in tested}
    found = _unheld(reach, list(texts))
    if reach.locks:  # whoever is about to hold one of them waits; look again at what is left
        reach.find(Blob, "id = ANY(%s)", [found])
        found = _unheld(reach, found)
    reach.keep(Blob, found)


def _unheld(reach: Reach, texts: list[Any]) -> list[Any]:
    sql, values = "SELECT id FROM unnest(%s::uuid[]) AS wanted (id) WHERE true", [texts]
    for table, column in holders():
        name = table._meta.db_table
        sql += (
            f" AND NOT EXISTS (SELECT FROM {name} WHERE {name}.{column} = wanted.id"  # noqa: S608  our own names
            f" AND {name}.{key_of(table)} <> ALL(%s))"
        )
        values.append(reach.ids(table))
    return sorted(pk for (pk,) in reach.ask(sql, values))


def holders() -> Iterator[tuple[type[Model], str]]:
    """Every column that holds a text, but for those of test runs: a run goes with its code."""
    for relation in Blob._meta.get_fields(include_hidden=True):
        table = relation.related_model
        if relation.auto_created and isinstance(table, type) and table is not TestRun:
            yield table, str(relation.field.column)  # type: ignore[union-attr]  # it has one


def _find_deliveries(reach: Reach) -> None:
    """What webhooks were told of the examples and their items, by their numbers and ids."""
    reach.find(
        WebhookDelivery,
        "webhook_id IN (SELECT id FROM reviews_webhook WHERE project_id = %s) AND ("
        " (body::jsonb #>> '{data,example}')::bigint = ANY(%s)"
        " OR (body::jsonb #>> '{data,item}')::bigint = ANY(%s)"
        " OR EXISTS (SELECT FROM jsonb_array_elements(body::jsonb #> '{data,corrections}') AS told"
        " WHERE (told ->> 'example')::bigint = ANY(%s)))",
        [reach.project.pk, reach.ids(Example), reach.ids(ReviewTask), reach.ids(Example)],
    )


OWN_WAYS = {
    TestSuite: _find_suites,
    Blob: _find_texts,
    WebhookDelivery: _find_deliveries,
}


def _columns(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    ordered = sorted(pairs)
    return [[kind for kind, _ in ordered], [name for _, name in ordered]]
