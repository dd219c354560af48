"""Other ids that generations go by."""

from collections.abc import Iterable, Mapping

from django.db import connection

from feedback.models import Alias


def take(project_id: int, wanted: Mapping[str, int]) -> None:
    """Give generations these names, as far as they are free; in order, so that none cross."""
    if not wanted:
        return
    marks = ", ".join(["(%s, %s, %s)"] * len(wanted))
    values = [each for name in sorted(wanted) for each in (project_id, name, wanted[name])]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Alias._meta.db_table} (project_id, name, generation_id)"  # noqa: S608  our own names
            f" VALUES {marks} ON CONFLICT (project_id, name) DO NOTHING",
            values,
        )


def named(project_id: int, names: Iterable[str]) -> dict[str, int]:
    """The generations that go by these names."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT name, generation_id FROM {Alias._meta.db_table}"  # noqa: S608  our own names
            " WHERE project_id = %s AND name = ANY(%s::text[])",
            [project_id, wanted],
        )
        return dict(cursor.fetchall())
