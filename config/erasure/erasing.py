"""The verb: one transaction that erases, lays tombstones, and writes the receipt and the ledger."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction

from config.erasure.plan import Plan, plan_from
from config.erasure.reach import Reach, key_of, reach_of
from config.erasure.requests import Older, OneGeneration, Request, Subject, name_digest
from curation import clusters, datasets, publishing, uncluster
from curation.models import DatasetRow, DatasetVersion, Example, LabelModel, LearnedVoter
from curation.tasks import prune_published
from governance import tombstones
from governance.ledger import record
from governance.models import Erasure, Project, User
from lib.append_only import ERASING
from lib.canonical import digest_of
from lib.nudge import nudge
from reviews.models import Batch

TRIES = 3  # somebody may be writing what would hang on a row that goes
CROSSED = ("40", "23503", "55P03")  # SQLSTATEs: a deadlock, such a row came first, waited too long
PATIENCE = "30s"  # for a lock
ERASED_MEANWHILE = "Something it was to hold was erased while it was built. Freeze a new version."


class NothingFound(Exception):
    """Nothing in the project is reached by the request."""


class Busy(Exception):
    """Others kept writing to what was to go; nothing was erased."""


def erase(
    project: Project, request: Request, by: User | None, now: datetime, reason: str = ""
) -> Erasure:
    """Erase what the request reaches, all or nothing; the receipt. Raises NothingFound, Busy."""
    for attempt in range(1, TRIES + 1):
        try:
            return _erase(project, request, by, now, reason)
        except (IntegrityError, OperationalError) as error:
            sqlstate = getattr(error.__cause__, "sqlstate", None) or ""
            if connection.in_atomic_block or not sqlstate.startswith(CROSSED):
                raise
            if attempt == TRIES:
                raise Busy from error
    raise AssertionError("the last try returns or raises")


@transaction.atomic
def _erase(
    project: Project, request: Request, by: User | None, now: datetime, reason: str
) -> Erasure:
    _set("lock_timeout", PATIENCE)
    tombstones.hold_shut(project.pk)
    clusters.hold_mark(project.pk)
    unfinished = _hold_unfinished(project)
    reach = reach_of(project, request, locks=True)
    plan = plan_from(reach)
    if plan.is_empty:
        raise NothingFound
    _publish_anew(reach)
    erasure = _receipt(project, request, plan, by, now, reason)
    tombstones.bury(erasure, reach.named)
    _set(ERASING, "yes")
    _fail_builds(unfinished, reach, now)
    _let_go(reach)
    for table in reach.of:
        _remove(table._meta.db_table, key_of(table), reach.of[table])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    _set(ERASING, "")
    return erasure


def _hold_unfinished(project: Project) -> list[DatasetVersion]:
    """Versions that are not frozen yet, locked: a builder waits, and then sees what is left."""
    states = (DatasetVersion.State.REQUESTED, DatasetVersion.State.BUILDING)
    versions = DatasetVersion.objects.filter(project=project, state__in=states)
    return list(versions.select_for_update(of=("self",)).select_related("project").order_by("pk"))


def _fail_builds(unfinished: list[DatasetVersion], reach: Reach, now: datetime) -> None:
    """Give up builds that have begun: they planned with what goes."""
    if not reach.ids(Example):
        return
    for version in unfinished:
        if version.state == DatasetVersion.State.BUILDING:
            datasets.fail(version, ERASED_MEANWHILE, now)


def _publish_anew(reach: Reach) -> None:
    """Versions that lose rows; before the ledger is held, as publishers do it."""
    rows = DatasetRow.objects.filter(example__in=reach.ids(Example))
    losing = set(rows.values_list("version_id", flat=True))
    if losing:
        publishing.publish_anew(losing)
        nudge(prune_published, reach.project.pk)


def _let_go(reach: Reach) -> None:
    """Part what stays from what goes."""
    examples = reach.ids(Example)
    if examples:
        LearnedVoter.objects.filter(project=reach.project).delete()
        LabelModel.objects.filter(project=reach.project).delete()
    DatasetRow.objects.filter(example__in=examples).update(example=None, decision=None)
    found = uncluster.touched(reach.project.pk, examples)
    Batch.objects.filter(cluster__in=found).update(cluster=None)
    uncluster.take_apart(found, examples)


def _remove(table: str, key: str, keys: list[Any]) -> None:
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE {key} = ANY(%s)", [keys])  # noqa: S608  our own names


def _receipt(
    project: Project, request: Request, plan: Plan, by: User | None, now: datetime, reason: str
) -> Erasure:
    lost = [
        {"number": each.version.number, "content_id": each.version.content_id, "lines": each.lines}
        for each in plan.losses
    ]
    erasure = Erasure.objects.create(
        project=project,
        kind=request.kind,
        name_digest=_digest(project, request),
        before=request.before if isinstance(request, Older) else None,
        by=by,
        at=now,
        reason=reason,
        counts=plan.counts,
        versions=lost,
        models_trained=list(plan.models),
    )
    told: dict[str, Any] = {
        "counts": plan.counts,
        "versions": lost,
        "models": list(plan.models),
        "reason": reason,
    }
    record(
        *(project, by, "feedback erased", f"erasure {erasure.pk}", now),
        subject_digest=digest_of(told | {"kind": request.kind, "name": erasure.name_digest}),
        kind=str(request.kind),
        **told,
    )
    return erasure


def _digest(project: Project, request: Request) -> str:
    if isinstance(request, Subject | OneGeneration):
        return name_digest(project, request.name)
    return ""


def _set(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
