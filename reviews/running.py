"""Test runs: asked for, taken by a worker under a lease, run in the sandbox, written down."""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils.translation import gettext

from feedback import blobs
from feedback.models import Blob
from governance.models import Project, User
from lib.canonical import digest_of
from lib.transitions import MoveRefused, Moves, move
from reviews.models import SandboxReport, TestResult, TestRun, TestSuite
from reviews.sandbox import box
from reviews.sandbox.limits import USUAL
from reviews.sandbox.outcomes import Broken, Outcome, outcomes
from reviews.sandbox.proof import Proof
from reviews.suites import SANDBOX, plan_of

State = TestRun.State
MOVES: Moves = {
    State.QUEUED: (State.RUNNING, State.REFUSED),
    State.RUNNING: (State.RUNNING, State.DONE, State.FAILED, State.REFUSED),
    State.DONE: (),
    State.FAILED: (State.QUEUED,),
    State.REFUSED: (State.QUEUED,),
}

LEASE = timedelta(minutes=3)  # longer than a run and the proof before it may take
ATTEMPTS = 3
AT_ONCE = 1  # runs of one machine, so that labelling and building go on
REPORT_HOLDS = timedelta(minutes=20)  # workers that live tell every REPORT_AGAIN
REPORT_AGAIN = timedelta(minutes=5)
REPORT_KEPT = timedelta(days=7)  # machines come and go
MOST_PROBLEM = 1000
MOST_OF_PERSON = 30  # runs that one person may have waiting or running in a project
MOST_OF_PROJECT = 300  # that its people may have together

NOBODY = ExpressionWrapper(Q(asked_by=None), BooleanField())  # waits for it

log = logging.getLogger(__name__)


class TooMany(Exception):
    """So many runs that were asked for have not ended that another one has to wait; says whose."""


def keep_code(project: Project, text: str) -> Blob:
    """A code to try that is neither the model's nor the developer's."""
    return blobs.keep(project, text)


def ask(suite: TestSuite, code_id: UUID, by: User | None, now: datetime) -> int:
    """Have the suite run on a code, unless that was done; 1 if a run is due now, otherwise 0.

    Raises TooMany where a person asks for what would be one more; the project's policy has no
    limit, for its runs come after those that people wait for.
    """
    known = TestRun.objects.filter(suite=suite, code_id=code_id, sandbox=SANDBOX)
    if by is not None and not known.exclude(state__in=[State.FAILED, State.REFUSED]).exists():
        _refuse_too_many(suite.project_id, by)
    run, new = TestRun.objects.get_or_create(
        suite=suite,
        code_id=code_id,
        sandbox=SANDBOX,
        defaults={"project_id": suite.project_id, "asked_by": by, "asked_at": now},
    )
    if not new and run.state in (State.FAILED, State.REFUSED):
        try:
            move(
                run,
                State.QUEUED,
                MOVES,
                asked_by=by,
                asked_at=now,
                attempts=0,
                problem="",
                finished_at=None,
            )
        except MoveRefused:
            return 0  # somebody else has asked again
    return int(run.state == State.QUEUED)


def due(now: datetime) -> QuerySet[TestRun]:
    """Runs that no worker is at: those that people wait for, then the longest waiting."""
    left = Q(state=State.RUNNING, leased_until__lte=now)
    found = TestRun.objects.filter(Q(state=State.QUEUED) | left)
    return found.order_by(NOBODY, "asked_at", "id")


def turns(now: datetime) -> QuerySet[Project]:
    """Projects with runs that are due, the one first whose turn is longest ago."""
    mine = TestRun.objects.filter(project=OuterRef("pk")).order_by()
    ended = mine.filter(finished_at__isnull=False).order_by("-finished_at").values("finished_at")
    running = mine.filter(state=State.RUNNING).order_by("-leased_until").values("leased_until")
    last = Greatest(Subquery(ended[:1]), Subquery(running[:1]))
    waiting = due(now).order_by().values("project")
    return Project.objects.filter(pk__in=waiting).order_by(last.asc(nulls_first=True), "pk")


def run_next(proof: Proof, host: str, now: datetime) -> TestRun | None:
    """Run what is due first, or refuse all where the sandbox does not hold; the run, if any."""
    report(proof, host, now)
    if not proof.holds or proof.tools is None:
        refuse_waiting(proof, now)
        return None
    run = take(host, now)
    if run is None:
        return None
    if run.attempts > ATTEMPTS:
        _fail(run, f"a worker ended {ATTEMPTS} times in the middle of it", now)
        return run
    try:
        plan = plan_of(run.suite.content, run.code.text)
        finished = box.run(proof.tools, plan, USUAL)
        told = outcomes(finished)
    except (Broken, box.Unavailable) as error:
        _fail(run, f"the sandbox gave no results: {error}", now)
        return run
    ended = now + timedelta(seconds=finished.seconds)
    finish(run, told, int(finished.seconds * 1000), proof.version, ended)
    return run


@transaction.atomic
def take(host: str, now: datetime) -> TestRun | None:
    """Lease the next run to a worker of this machine, unless it has enough to do.

    Projects take turns, so that one that asks for a thousand does not keep the others waiting.
    """
    busy = TestRun.objects.filter(state=State.RUNNING, host=host, leased_until__gt=now)
    if busy.count() >= AT_ONCE:
        return None
    free = due(now).select_for_update(skip_locked=True)
    found = (free.filter(project=project).first() for project in turns(now))
    run = next((each for each in found if each is not None), None)
    if run is None:
        return None
    attempts, until = run.attempts + 1, now + LEASE
    move(run, State.RUNNING, MOVES, host=host, leased_until=until, attempts=attempts)
    return TestRun.objects.select_related("suite", "code", "project").get(pk=run.pk)


def finish(
    run: TestRun, told: Sequence[Outcome], duration_ms: int, made_of: str, now: datetime
) -> bool:
    """Write down what came of a run; False if another worker has taken it since."""
    results = [
        TestResult(run=run, position=number, **asdict(each)) for number, each in enumerate(told)
    ]
    ended = {
        "leased_until": None,
        "finished_at": now,
        "duration_ms": duration_ms,
        "made_of": made_of,
        "results_sha256": digest_of([asdict(each) for each in told]),
    }
    try:
        with transaction.atomic():
            move(run, State.DONE, MOVES, rows=_mine(run), **ended)
            TestResult.objects.bulk_create(results)
    except MoveRefused:
        return False
    return True


@transaction.atomic
def report(proof: Proof, host: str, now: datetime) -> None:
    """Keep what the machine's workers found, for the pages."""
    found = {
        "holds": proof.holds,
        "problem": "; ".join(proof.problems)[:MOST_PROBLEM],
        "made_of": proof.version,
    }
    same = SandboxReport.objects.filter(host=host, at__gt=now - REPORT_AGAIN, **found)
    if same.exists():
        return
    SandboxReport.objects.filter(at__lt=now - REPORT_KEPT).delete()
    SandboxReport.objects.update_or_create(host=host, defaults=found | {"at": now})


def refuse_waiting(proof: Proof, now: datetime) -> int:
    """Refuse what waits, unless a machine of ours has a sandbox that holds; how many."""
    if SandboxReport.objects.filter(holds=True, at__gt=now - REPORT_HOLDS).exists():
        return 0
    why = "; ".join(proof.problems)[:MOST_PROBLEM]
    ended = {"state": State.REFUSED, "problem": why, "leased_until": None, "finished_at": now}
    return due(now).order_by().update(**ended)


def _refuse_too_many(project_id: int, by: User) -> None:
    """Raises TooMany. Two who ask at one moment may both be let in; the limit is no promise."""
    asked = TestRun.objects.filter(
        project=project_id, state__in=[State.QUEUED, State.RUNNING], asked_by__isnull=False
    )
    if asked.filter(asked_by=by).count() >= MOST_OF_PERSON:
        raise TooMany(
            gettext("{n} runs that you asked for have not ended yet").format(n=MOST_OF_PERSON)
        )
    if asked.count() >= MOST_OF_PROJECT:
        raise TooMany(
            gettext("{n} runs of the project have not ended yet").format(n=MOST_OF_PROJECT)
        )


def _fail(run: TestRun, why: str, now: datetime) -> None:
    log.warning("test run %s could not be run, attempt %s", run.pk, run.attempts)
    changes = {"leased_until": None, "finished_at": now, "problem": why[:MOST_PROBLEM]}
    try:
        move(run, State.FAILED, MOVES, rows=_mine(run), **changes)
    except MoveRefused:
        return  # another worker has it


def _mine(run: TestRun) -> QuerySet[TestRun]:
    """The row, while nobody has taken it since."""
    return TestRun.objects.filter(attempts=run.attempts)
