"""What the overview counts, in a fixed number of queries whatever a project holds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import (
    Aggregate,
    Count,
    DateTimeField,
    F,
    FloatField,
    Func,
    Min,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.utils.translation import gettext_noop

from curation.models import Category, DatasetRow, DatasetVersion, Example
from deployments.models import Endpoint, LiveChange, Promotion
from feedback.models import Correction, Generation, Reaction
from feedback.records import AHEAD
from governance.models import Project
from reviews.blindness import QUALITY
from reviews.models import ReviewTask, Verdict

WEEK = timedelta(weeks=1)
WEEKS = 12
LAST_DECISIONS = 500  # the median is over so many at most
NEWEST_VERSIONS = 5


@dataclass(frozen=True)
class Period:
    """A time to look back on, in equal steps up to now."""

    key: str
    name: str
    step: timedelta
    steps: int

    def since(self, now: datetime) -> datetime:
        """When it began."""
        return now - self.step * self.steps


PERIODS = (
    Period("24h", gettext_noop("24 h"), timedelta(hours=1), 24),
    Period("7d", gettext_noop("7 days"), timedelta(days=1), 7),
    Period("12w", gettext_noop("12 weeks"), WEEK, WEEKS),
)


@dataclass(frozen=True)
class CameIn:
    """Records that clients sent: per step of the period, and in the period before it."""

    steps: tuple[int, ...]
    before: int

    @property
    def all(self) -> int:
        """In the whole period."""
        return sum(self.steps)


@dataclass(frozen=True)
class Waiting:
    """Slots of one state that wait, and since when the oldest does."""

    number: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True)
class Decided:
    """Slots decided: per step of the period, since midnight, and how long each was held."""

    steps: tuple[int, ...]
    today: int
    median_ms: float | None

    @property
    def all(self) -> int:
        """In the whole period."""
        return sum(self.steps)


@dataclass(frozen=True)
class Passage:
    """How far the period's corrections came, each number contained in the one before."""

    corrections: int
    labelled: int
    decided: int
    accepted: int
    frozen: int


@dataclass(frozen=True)
class Weekly:
    """Accepted corrections per week and top category, in the order of the tree."""

    weeks: tuple[date, ...]
    by_category: tuple[tuple[Category, tuple[int, ...]], ...]


class Median(Aggregate):
    """The middle value; of two, their mean."""

    function = "PERCENTILE_CONT"
    name = "median"
    output_field = FloatField()
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def came_in(project: Project, period: Period, now: datetime) -> CameIn:
    """Generations, reactions and corrections, by when they happened."""
    since = period.since(now)
    start = since - period.step * period.steps
    counted: Counter[datetime] = Counter()
    for model in (Generation, Reaction, Correction):
        rows = model._default_manager.filter(happened(project, start, now))
        counted.update(_per_step(rows, "occurred_at", period, start))
    steps = _steps(counted, period, since)
    return CameIn(steps, sum(counted.values()) - sum(steps))


def happened(project: Project, since: datetime, now: datetime) -> Q:
    """Reports of what happened in a time.

    Nothing is received much before it happens (ingest refuses clocks that run ahead), so the
    index on the time of receipt bounds what has to be read.
    """
    return Q(
        project=project,
        received_at__gte=since - AHEAD,
        occurred_at__gte=since,
        occurred_at__lt=now,
    )


def waiting(project: Project) -> dict[str, Waiting]:
    """What is not decided, by the state of its task."""
    rows = ReviewTask.objects.filter(project=project).exclude(state=ReviewTask.State.DECIDED)
    rows = rows.exclude(kind__in=QUALITY)
    found = rows.values_list("state").annotate(number=Count("pk"), oldest=Min("opened_at"))
    return {state: Waiting(number, oldest) for state, number, oldest in found}


def decided(project: Project, period: Period, now: datetime) -> Decided:
    """What was decided and is not undone."""
    since = period.since(now)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = ReviewTask.objects.filter(project=project, state=ReviewTask.State.DECIDED)
    rows = rows.exclude(kind__in=QUALITY)  # they measure, and decide nothing
    last = rows.filter(decided_at__gte=since).order_by("-decided_at")[:LAST_DECISIONS]
    held = Verdict.objects.filter(task__in=last.values("pk"), held_ms__isnull=False)
    return Decided(
        steps=_steps(
            _per_step(rows.filter(decided_at__gte=since), "decided_at", period, since),
            period,
            since,
        ),
        today=rows.filter(decided_at__gte=midnight).count(),
        median_ms=held.aggregate(median=Median("held_ms"))["median"],
    )


def passage(
    project: Project, newest: DatasetVersion | None, period: Period, now: datetime
) -> Passage:
    """What became of the corrections made during the period."""
    came = happened(project, period.since(now), now)
    states = dict(
        Correction.objects.filter(came).values_list("example__state").annotate(Count("pk"))
    )
    frozen = DatasetRow.objects.filter(
        version=newest, example__correction__in=Correction.objects.filter(came)
    )
    accepted = states.get(Example.State.ACCEPTED, 0)
    reviewed = accepted + states.get(Example.State.REJECTED, 0)
    return Passage(
        corrections=sum(states.values()),
        labelled=reviewed + states.get(Example.State.LABELLED, 0),
        decided=reviewed,
        accepted=accepted,
        frozen=frozen.count() if newest else 0,
    )


def weekly(project: Project, now: datetime) -> Weekly:
    """Corrections accepted in the last weeks, by when they were accepted, in weeks up to now."""
    age = max((now - project.created_at) // WEEK + 1, 1)
    period = Period("", "", WEEK, min(age, WEEKS))
    since = period.since(now)
    rows = ReviewTask.objects.filter(
        project=project,
        state=ReviewTask.State.DECIDED,
        decided_at__gte=since,
        example__state=Example.State.ACCEPTED,
    )
    binned = rows.annotate(step=_step_of("decided_at", period, since))
    counted = binned.values_list("example__category", "step")
    categories = list(Category.objects.filter(project=project))
    top = top_of(categories)
    found: dict[int, Counter[datetime]] = {pk: Counter() for pk in top.values()}
    for category, step, number in counted.annotate(Count("example", distinct=True)):
        found[top[category]][step] += number
    tops = [category for category in categories if category.parent_id is None]
    return Weekly(
        weeks=tuple((since + WEEK * n).date() for n in range(period.steps)),
        by_category=tuple((each, _steps(found[each.pk], period, since)) for each in tops),
    )


def top_of(categories: Sequence[Category]) -> dict[int, int]:
    """For each category, the top one above it."""
    parents = {category.pk: category.parent_id for category in categories}

    def climb(pk: int) -> int:
        parent = parents[pk]
        return pk if parent is None else climb(parent)

    return {pk: climb(pk) for pk in parents}


def versions(project: Project) -> list[DatasetVersion]:
    """The newest dataset versions, in any state."""
    newest = DatasetVersion.objects.filter(project=project).order_by("-number")
    return list(newest[:NEWEST_VERSIONS])


def newest_frozen(project: Project) -> DatasetVersion | None:
    """The dataset version that training would use now."""
    frozen = DatasetVersion.objects.filter(project=project, state=DatasetVersion.State.FROZEN)
    return frozen.select_related("requested_by").order_by("-number").first()


def endpoints(project: Project) -> list[Endpoint]:
    """Every endpoint with what is live on it, `changed_at` and `changed_by`."""
    last = LiveChange.objects.filter(endpoint=OuterRef("pk")).order_by("-id")
    return list(
        Endpoint.objects.filter(project=project)
        .select_related("live")
        .annotate(
            changed_at=Subquery(last.values("at")[:1]),
            changed_by=Subquery(last.values("by__username")[:1]),
        )
        .order_by("name")
    )


def proposals(project: Project, most: int) -> list[Promotion]:
    """Open promotions, the oldest first."""
    rows = Promotion.objects.filter(project=project, state=Promotion.State.PROPOSED)
    related = rows.select_related("project", "model_version__dataset_version", "endpoint")
    return list(related.order_by("id")[:most])


def _per_step[M: Model](
    rows: QuerySet[M], column: str, period: Period, start: datetime
) -> dict[datetime, int]:
    binned = rows.annotate(step=_step_of(column, period, start)).values_list("step")
    return dict(binned.annotate(Count("pk")))


def _step_of(column: str, period: Period, start: datetime) -> Func:
    """When the step of the period began that a row falls in, counted from `start`."""
    arguments = Value(period.step), F(column), Value(start)
    return Func(*arguments, function="date_bin", output_field=DateTimeField())


def _steps(counted: Mapping[datetime, int], period: Period, since: datetime) -> tuple[int, ...]:
    return tuple(counted.get(since + period.step * n, 0) for n in range(period.steps))
