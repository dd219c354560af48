"""Runs as people and programs are told of them: state, rate, what remains, and lines in words.

What a run of a build is like stands in the version's row, and is read from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_noop

from curation.models import DatasetVersion, Publication, Run, RunLine
from governance.models import Project
from lib.scales import count, duration, written

WAITING, RUNNING, CANCELLED = "waiting", "running", "cancelled"
DONE, FAILED = Run.Outcome.DONE.value, Run.Outcome.FAILED.value
BADGES = {
    WAITING: ("", "clock", gettext_noop("Waiting")),
    RUNNING: ("find", "now", gettext_noop("Running")),
    DONE: ("ok", "check", gettext_noop("Done")),
    FAILED: ("bad", "tri", gettext_noop("Failed")),
    CANCELLED: ("", "x", gettext_noop("Cancelled")),
}
LEVELS = {
    RunLine.Level.WARNING: ("warn", "tri", gettext_noop("Warning")),
    RunLine.Level.ERROR: ("bad", "tri", gettext_noop("Error")),
}
OF_VERSIONS = {
    DatasetVersion.State.REQUESTED: WAITING,
    DatasetVersion.State.BUILDING: RUNNING,
    DatasetVersion.State.FROZEN: DONE,
    DatasetVersion.State.CANCELLED: CANCELLED,
    DatasetVersion.State.FAILED: FAILED,
}
TITLES = {
    Run.Kind.BUILD: gettext_noop("Freezing version {number}"),
    Run.Kind.PUBLISH: gettext_noop("Publishing version {number}"),
}
COUNTED = {
    Run.Kind.BUILD: gettext_noop("examples"),
    Run.Kind.PUBLISH: gettext_noop("files"),
    Run.Kind.LABEL: gettext_noop("examples"),
    Run.Kind.COMPARE: gettext_noop("examples"),
    Run.Kind.TRAIN: gettext_noop("verdicts"),
}
LINES = {
    "begun": gettext_noop("Begun."),
    "begun_again": gettext_noop("Begun again, attempt {attempt}. What was written before stays."),
    "planned": gettext_noop(
        "Planned. Rows: {rows}; examples in them: {done}; accepted examples left out: {left_out}."
    ),
    "rows": gettext_noop("Examples written: {done} of {total}."),
    "frozen": gettext_noop("Frozen. Rows: {rows}; files: {files}."),
    "cancelled": gettext_noop("Cancelled. Examples written: {done} of {total}."),
    "failed": gettext_noop("Given up. Examples written: {done} of {total}."),
    "file_stored": gettext_noop("Files in the store: {files}; bytes: {bytes}."),
    "published": gettext_noop("Committed and tagged. Files: {files}; bytes: {bytes}."),
    "not_published": gettext_noop("Given up."),
    "labelled": gettext_noop("Examples labelled: {done} of {total}."),
    "compared": gettext_noop("Examples compared: {done} of {total}."),
    "trained": gettext_noop("Trained, as number {number}. Verdicts learnt from: {rows}."),
    "measured": gettext_noop(
        "Verdicts kept from it: {gold}; it says right: {right}; most of the other labelers say"
        " right: {majority}."
    ),
    "in_use": gettext_noop("It is better, and votes from now on."),
    "not_in_use": gettext_noop("It is not better, and does not vote."),
    "too_few": gettext_noop("There is nothing to learn: all verdicts are of one category."),
}


@dataclass(frozen=True)
class Told:
    """A run as it is now."""

    run: Run
    title: str
    state: str
    done: int
    total: int  # 0 where nobody knows
    counted: str  # what of
    rate: float | None  # a second
    remaining: timedelta | None
    took: timedelta | None

    @property
    def badge(self) -> tuple[str, str, str]:
        """Its state, for a page."""
        return BADGES[self.state]

    @property
    def is_open(self) -> bool:
        """Whether it has no end yet."""
        return self.state in (WAITING, RUNNING)

    @property
    def may_be_cancelled(self) -> bool:
        """Builds may; the others take seconds, or come up again by themselves."""
        return self.is_open and self.run.kind == Run.Kind.BUILD

    @property
    def percent(self) -> int:
        """How far it is."""
        return min(100, 100 * self.done // self.total) if self.total else 0

    @property
    def pace(self) -> str:
        """How fast, for a person."""
        if self.rate is None:
            return ""
        if self.rate >= 1:
            return gettext("{n} a second").format(n=count(round(self.rate)))
        return gettext("{n} a minute").format(n=written(f"{60 * self.rate:.1f}"))

    @property
    def time_left(self) -> str:
        """What remains, for a person."""
        return _span(self.remaining)

    @property
    def time_taken(self) -> str:
        """How long it took, for a person."""
        return _span(self.took)


def runs_of(project: Project, *, kind: str = "", state: str = "") -> QuerySet[Run]:
    """The project's runs, with what is shown of them; of one kind, in one state."""
    found = Run.objects.filter(project=project).select_related("version__publication", "by")
    found = found.filter(kind=kind) if kind else found
    return found.filter(_in_state(state)) if state else found


def told_of(run: Run, now: datetime) -> Told:
    """The run as it is at this moment."""
    state, done, total = state_of(run), run.done, run.total
    if run.kind == Run.Kind.BUILD:
        assert run.version is not None
        done, total = run.version.progress, run.version.total
    until = run.ended_at or now
    rate = rate_of(done - run.paced_from, until - run.paced_at) if run.paced_at else None
    left = total - done if state == RUNNING else 0
    return Told(
        run,
        title_of(run),
        state,
        done,
        total,
        gettext(COUNTED[Run.Kind(run.kind)]),
        rate,
        timedelta(seconds=left / rate) if rate and left > 0 else None,
        max(until - run.begun_at, timedelta()) if run.begun_at else None,
    )


def state_of(run: Run) -> str:
    """One of BADGES."""
    if run.kind == Run.Kind.BUILD:
        assert run.version is not None
        return OF_VERSIONS[DatasetVersion.State(run.version.state)]
    return run.outcome or RUNNING


def rate_of(done: int, span: timedelta) -> float | None:
    """How many a second; None where nothing can be said yet."""
    seconds = span.total_seconds()
    return done / seconds if done > 0 and seconds > 0 else None


def title_of(run: Run) -> str:
    """What it does, for a person."""
    title = TITLES.get(Run.Kind(run.kind))
    if title is None or run.version is None:
        return str(run.get_kind_display())
    return gettext(title).format(number=run.version.number)


def problem_of(run: Run) -> str:
    """Why it failed, in the words of who gave up."""
    if run.version is None or state_of(run) != FAILED:
        return ""
    if run.kind == Run.Kind.BUILD:
        return run.version.problem
    return getattr(run.version, "publication", Publication()).problem


def in_words(line: RunLine) -> str:
    """What the line says, in the reader's language."""
    return gettext(LINES[line.said]).format(**_counts(line.figures))


def _counts(figures: Mapping[str, int]) -> dict[str, str]:
    return {name: count(figure) for name, figure in figures.items()}


def _in_state(state: str) -> Q:
    versions = [each for each, named in OF_VERSIONS.items() if named == state]
    build = Q(kind=Run.Kind.BUILD)
    others = Q(ended_at=None) if state == RUNNING else Q(ended_at__isnull=False, outcome=state)
    return (build & Q(version__state__in=versions)) | (~build & others)


def _span(span: timedelta | None) -> str:
    if span is None:
        return ""
    return duration(span.total_seconds()) if span >= timedelta(seconds=1) else "< 1 s"
