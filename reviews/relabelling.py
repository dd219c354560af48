"""Labelling again what waits, after a project's weights, rules or learned voter changed.

One run of a project at a time (a constraint); a chunk in a transaction, and how far it is stands in
the run's row, so it may be killed, told twice or stopped at any point.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet

from curation import relabelling
from curation.models import Example
from curation.relabelling import Anew
from curation.sizes import AT_ONCE, sizes_of
from governance.access import Ability, abilities_of
from governance.ledger import record
from governance.models import Project, User
from lib.portions import fitting
from reviews.models import Relabelling
from reviews.showing import show

CHUNK = 200  # examples labelled in one transaction
PREVIEWED = 200
PATIENCE = 5  # seconds of processor time that a preview takes; a curator waits for it
KEPT = 20  # runs that a page lists


@transaction.atomic
def ask(project: Project, by: User, now: datetime) -> Relabelling:
    """Ask for every waiting example to be labelled again; the run there is, if one is under way."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    open_ = Relabelling.objects.filter(project=project, ended_at=None).first()
    if open_ is not None:
        return open_
    newest = _waiting(project).aggregate(last=Max("pk"))["last"] or 0
    record(project, by, "labels made again", project.slug, now)
    return Relabelling.objects.create(project=project, by=by, at=now, up_to=newest)


@transaction.atomic
def stop(project: Project, by: User, now: datetime) -> bool:
    """End the run that is under way after its chunk, if there is one; what it changed stays."""
    run = _held(Relabelling.objects.filter(project=project, ended_at=None))
    if run is None:
        return False
    record(project, by, "labels made again, stopped", project.slug, now)
    _end(run, now, is_stopped=True)
    return True


def run(number: int, now: datetime) -> None:
    """Bring a run to its end."""
    while advance(number, now):
        continue


def advance(number: int, now: datetime) -> bool:
    """Label the next chunk; whether this worker should go on.

    The labelers are asked before anything is locked. The run's row orders workers: the one that
    finds it held, or further than it was, leaves the run to the other. A stop comes between chunks.
    """
    found = Relabelling.objects.filter(pk=number, ended_at=None)
    run = found.select_related("project", "by").first()
    if run is None:
        return False
    chunk = _chunk(run)
    asked = relabelling.ask(run.project, chunk)
    with transaction.atomic():
        held = _held(found.filter(after=run.after), skip_locked=True)
        return held is not None and _advance(held, chunk, asked, now)


def _advance(run: Relabelling, chunk: list[int], asked: relabelling.Asked, now: datetime) -> bool:
    if Ability.CURATE not in abilities_of(run.by, run.project):
        _end(run, now, is_stopped=True)  # who asked for it may not any more
        return False
    if not chunk:
        _end(run, now)
        return False
    changed = relabelling.relabel(run.project, asked, now)
    show([each.example.pk for each in changed])
    run.after, run.looked_at = chunk[-1], run.looked_at + len(chunk)
    run.changed += sum(each.is_other for each in changed)
    run.save(update_fields=["after", "looked_at", "changed"])
    return True


def due() -> QuerySet[Relabelling]:
    """Runs that are not over; a worker that is at one keeps others waiting for a chunk only."""
    return Relabelling.objects.filter(ended_at=None).order_by("id")


def left_of(run: Relabelling) -> int:
    """How many examples a run has yet to look at."""
    return _left(run).count() if run.ended_at is None else 0


def waiting(project: Project) -> int:
    """How many examples a run would look at."""
    return _waiting(project).count()


def runs_of(project: Project) -> list[Relabelling]:
    """The project's runs, the newest first."""
    mine = Relabelling.objects.filter(project=project).select_related("by")
    return list(mine.order_by("-id")[:KEPT])


def preview(project: Project, now: datetime) -> tuple[int, list[Anew]]:
    """How many of the newest waiting examples were looked at, and which would be others."""
    newest = _waiting(project).order_by("-pk")[:PREVIEWED]
    fit = fitting(sizes_of(newest, "prompt", "output", "ideal"), AT_ONCE)
    examples = Example.objects.filter(pk__in=fit).select_related("category").order_by("-pk")
    return relabelling.preview(project, list(examples), now, PATIENCE)


def _waiting(project: Project) -> QuerySet[Example]:
    return Example.objects.filter(project=project, state=Example.State.LABELLED)


def _left(run: Relabelling) -> QuerySet[Example]:
    return _waiting(run.project).filter(pk__gt=run.after, pk__lte=run.up_to)


def _chunk(run: Relabelling) -> list[int]:
    next_ = _left(run).order_by("pk")[:CHUNK]
    return fitting(sizes_of(next_, "prompt", "output", "ideal"), AT_ONCE)


def _held(found: QuerySet[Relabelling], *, skip_locked: bool = False) -> Relabelling | None:
    joined = found.select_related("project", "by")
    return joined.select_for_update(of=("self",), skip_locked=skip_locked).first()


def _end(run: Relabelling, now: datetime, *, is_stopped: bool = False) -> None:
    run.ended_at, run.is_stopped = now, is_stopped
    run.save(update_fields=["ended_at", "is_stopped"])
