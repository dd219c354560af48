"""Runs of background work: begun, gone on with after a kill, ended; and what they say.

Everything here is called in the transaction that does the work, so a run says what was done and
nothing else. A line has a place in its run and is said there once: whoever goes on with a run that
was killed, or gets its message twice, says nothing again.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from curation.models import DatasetVersion, Example, Run, RunLine
from governance.models import Project

Kind, Level, Outcome = Run.Kind, RunLine.Level, Run.Outcome
PARTS = 20  # lines about progress, for all the rows of a run
BEGUN, BEGUN_AGAIN = "begun", "begun_again"


def ask_for_build(version: DatasetVersion, now: datetime, *, is_scheduled: bool) -> Run:
    """The run that will build a version that was just asked for."""
    return Run.objects.create(
        project_id=version.project_id,
        kind=Kind.BUILD,
        version=version,
        by_id=version.requested_by_id,
        is_scheduled=is_scheduled,
        asked_at=now,
    )


def build_of(version: DatasetVersion) -> Run:
    """The run that builds a version; made here for one that was asked for before there were any."""
    run, _ = Run.objects.get_or_create(
        kind=Kind.BUILD,
        version=version,
        defaults={
            "project_id": version.project_id,
            "by_id": version.requested_by_id,
            "asked_at": version.requested_at,
        },
    )
    return run


@transaction.atomic
def opened(
    project: Project | int, kind: Run.Kind, now: datetime, version: DatasetVersion | None = None
) -> Run:
    """The open run of this kind, locked; a new one where there is none."""
    number = project if isinstance(project, int) else project.pk
    made = Run(project_id=number, kind=kind, version=version, asked_at=now, begun_at=now)
    Run.objects.bulk_create([made], ignore_conflicts=True)
    mine = Run.objects.filter(project=number, kind=kind, version=version, ended_at=None)
    found = mine.select_for_update(no_key=True).first()
    return found or opened(project, kind, now, version)  # another worker ended it in between


@transaction.atomic
def begin(run: Run, now: datetime) -> None:
    """Somebody is at it from now on, for the first time or again."""
    held = Run.objects.select_for_update(no_key=True).get(pk=run.pk)
    earlier = run.lines.filter(said__in=[BEGUN, BEGUN_AGAIN]).count()
    Run.objects.filter(pk=run.pk, begun_at=None).update(begun_at=now)
    pace(run, now, held.done)
    if earlier:
        say(run, BEGUN_AGAIN, now, Level.WARNING, place=earlier, attempt=earlier + 1)
    else:
        say(run, BEGUN, now)


def pace(run: Run, now: datetime, done: int = 0) -> None:
    """Measure the rate from here on; `done` rows were there already."""
    Run.objects.filter(pk=run.pk).update(paced_at=now, paced_from=done)


def say(
    run: Run,
    said: str,
    now: datetime,
    level: RunLine.Level = Level.INFO,
    *,
    place: int = 0,
    **figures: int,
) -> None:
    """Add a line, unless this run has said this at this place."""
    line = RunLine(run=run, at=now, level=level, said=said, place=place, figures=figures)
    RunLine.objects.bulk_create([line], ignore_conflicts=True)


def say_how_far(run: Run, said: str, now: datetime, before: int, done: int, total: int) -> None:
    """Add a line where another twentieth of the rows is done; a run of millions says twenty."""
    part = max(1, total // PARTS)
    if done // part > before // part or done >= total:
        say(run, said, now, place=done, done=done, total=max(done, total))


def end(run: Run, now: datetime, outcome: str = "") -> None:
    """It is over. Of a build the version's row says what came of it."""
    Run.objects.filter(pk=run.pk, ended_at=None).update(ended_at=now, outcome=outcome)


def backlog(
    project: int, kind: Run.Kind, said: str, n: int, now: datetime, waiting: QuerySet[Example]
) -> None:
    """`n` rows were done of what waits in a project, where `waiting` are left.

    What is done at once is no run; it is one from where more waits than a batch, to where nothing
    does. Locks the run, so of two workers the one that is last sees that nothing is left.
    """
    mine = Run.objects.filter(project=project, kind=kind, ended_at=None)
    # In this order: a run that commits in between has left what waits to somebody
    if not waiting.exists() and not mine.exists():
        return
    run = opened(project, kind, now)
    if not run.total:
        run.total = n + waiting.count()
        Run.objects.filter(pk=run.pk).update(paced_at=now, total=run.total)
        say(run, BEGUN, now)
    done, more = run.done + n, waiting.exists()
    total = done + waiting.count() if more and done >= run.total else max(run.total, done)
    Run.objects.filter(pk=run.pk).update(done=done, total=total if more else done)
    say_how_far(run, said, now, run.done, done, total if more else done)
    if not more:
        end(run, now, Outcome.DONE)


def prune(kept: int) -> int:
    """Forget the lines of runs that are over, but for the newest `kept` of each project; how many.

    The runs themselves stay, with when they were, who asked and what came of them.
    """
    forgotten = 0
    for project in Project.objects.order_by("id").values_list("pk", flat=True):
        over = Run.objects.filter(project=project, ended_at__isnull=False).order_by("-id")
        oldest = over.values_list("pk", flat=True)[kept : kept + 1].first()
        if oldest is not None:
            lines = RunLine.objects.filter(run__in=over.filter(pk__lte=oldest).order_by())
            forgotten += lines.delete()[0]
    return forgotten
