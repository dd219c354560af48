"""What the overview says: its figures turned into plots and sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from config import figures
from config.figures import CameIn, Decided, Passage, Period, Waiting, Weekly
from config.waits import Group, groups
from curation.categories import OTHER
from curation.models import DatasetVersion
from deployments.models import Endpoint
from feedback.acceptance import Share, by_model
from governance.models import Project, User
from lib.intervals import Estimate, Estimates, estimates
from lib.plots import Areas, Bar, Series, Spark, Step, areas, funnel, spark
from lib.scales import Table, count, interval, percent
from reviews.models import ReviewTask

State = ReviewTask.State
GREY = 6  # the plot colour of everything else


@dataclass(frozen=True)
class Overview:
    """Everything the page shows of a project at one moment."""

    period: Period
    since: datetime
    now: datetime
    came_in: CameIn
    came_in_was: str
    came_in_spark: Spark | None
    waiting: Waiting
    held: Waiting
    decided: Decided
    decided_was: str
    decided_spark: Spark | None
    best_live: Estimate | None
    best_live_interval: str
    categories: Areas | None
    accepted: Estimates | None
    passage: Passage
    steps: tuple[Bar, ...]
    steps_table: Table
    versions: list[DatasetVersion]
    newest: DatasetVersion | None
    endpoints: list[Endpoint]
    groups: list[Group]


def overview(project: Project, user: User, period: Period, now: datetime) -> Overview:
    """Count and say everything; `project` comes from project_for and carries its abilities."""
    since = period.since(now)
    came_in = figures.came_in(project, period, now)
    waiting = figures.waiting(project)
    decided = figures.decided(project, period, now)
    versions = figures.versions(project)
    newest = figures.newest_frozen(project)
    passage = figures.passage(project, newest, period, now)
    endpoints = figures.endpoints(project)
    rows = shares(by_model(project, since, now), endpoints)
    best = most_seen_live(rows)
    bars = steps(passage, newest)
    return Overview(
        period=period,
        since=since,
        now=now,
        came_in=came_in,
        came_in_was=compared(came_in.all, came_in.before, gettext(period.name)),
        came_in_spark=spark(came_in.steps),
        waiting=waiting.get(State.OPEN, Waiting()),
        held=waiting.get(State.LEASED, Waiting()),
        decided=decided,
        decided_was=pace(decided),
        decided_spark=spark(decided.steps),
        best_live=best,
        best_live_interval=interval(best.low, best.high) if best else "",
        categories=categories_plot(figures.weekly(project, now)),
        accepted=estimates(
            finding(rows), rows, (gettext("Model"), gettext("State"), gettext("Accepted"))
        ),
        passage=passage,
        steps=bars,
        steps_table=steps_table(bars),
        versions=versions,
        newest=newest,
        endpoints=endpoints,
        groups=groups(project, user, waiting),
    )


# ---- sentences ------------------------------------------------------------------------------


def compared(number: int, before: int, words: str) -> str:
    """How a number compares with the period before: up 6 % on the 7 days before."""
    if not before:
        return gettext("nothing in the {words} before").format(words=words) if number else ""
    change = round((number - before) * 100 / before)
    if not change:
        return gettext("as much as in the {words} before").format(words=words)
    return (
        gettext("up {change} % on the {words} before")
        if change > 0
        else gettext("down {change} % on the {words} before")
    ).format(change=abs(change), words=words)


def pace(decided: Decided) -> str:
    """What was reviewed today and how long a decision takes."""
    today = gettext("{today} reviewed today").format(today=count(decided.today))
    if decided.median_ms is None:
        return today
    seconds = round(decided.median_ms / 1000)
    each = f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"
    return gettext("{today}, median {each} each").format(today=today, each=each)


def finding(rows: Sequence[Estimate]) -> str:
    """What the intervals say: who is ahead, or that nobody can tell yet."""
    known = sorted(
        (row for row in rows if row.share is not None), key=lambda row: -(row.share or 0)
    )
    if not known:
        return ""
    best = gettext("{name} leads with {value} accepted").format(
        name=known[0].name, value=percent(known[0].share or 0, 1)
    )
    if len(known) == 1:
        return gettext("{best}; its 95 % interval is {low}.").format(
            best=best, low=interval(known[0].low, known[0].high)
        )
    if (known[0].low or 0) > (known[1].high or 0):
        return gettext("{best}; its 95 % interval lies above that of {name}.").format(
            best=best, name=known[1].name
        )
    return gettext("{best}; the 95 % intervals of it and {name} overlap.").format(
        best=best, name=known[1].name
    )


# ---- plots ----------------------------------------------------------------------------------


def categories_plot(weekly: Weekly) -> Areas | None:
    """Accepted corrections per week, each top category in the colour of its place."""
    totals = [(sum(values), category.title) for category, values in weekly.by_category]
    most, name = max(totals, key=lambda pair: pair[0], default=(0, ""))
    return areas(
        gettext(
            "Corrections accepted per week, {weeks} weeks: {value} in all, most of"
            " them {name} ({most})."
        ).format(
            weeks=len(weekly.weeks),
            value=count(sum((total for total, _ in totals))),
            name=name,
            most=count(most),
        ),
        weekly.weeks,
        [
            Series(category.title, values, GREY if category.slug == OTHER else place)
            for place, (category, values) in enumerate(weekly.by_category, start=1)
        ],
    )


def shares(found: Sequence[Share], endpoints: Sequence[Endpoint]) -> list[Estimate]:
    """The share accepted of each model, the most accepted first; live ones without data too."""
    live = {
        str(each.live): gettext("live on {name}").format(name=each.name)
        for each in endpoints
        if each.live
    }
    rows = [
        Estimate(
            name=each.name or gettext("Not named"),
            note=live.get(each.name, ""),
            share=each.share,
            low=each.low,
            high=each.high,
            live=each.name in live,
            seen=each.seen,
        )
        for each in sorted(found, key=lambda each: -each.share)
    ]
    silent = live.keys() - {each.name for each in found}
    return rows + [
        Estimate(name, live[name], None, None, None, live=True) for name in sorted(silent)
    ]


def most_seen_live(rows: Sequence[Estimate]) -> Estimate | None:
    """The live model that was shown most."""
    live = [row for row in rows if row.live]
    return max(live, key=lambda row: row.seen or 0, default=None)


def steps(passage: Passage, newest: DatasetVersion | None) -> tuple[Bar, ...]:
    """From the corrections that came in to the rows of the newest dataset version."""
    unlabelled = passage.corrections - passage.labelled
    undecided = passage.labelled - passage.decided
    rejected = passage.decided - passage.accepted
    left_out = passage.accepted - passage.frozen
    found = [
        Step(gettext("Corrections"), passage.corrections),
        Step(
            gettext("Labelled"),
            passage.labelled,
            _why(unlabelled, gettext("waiting for the labelers")),
        ),
        Step(gettext("Decided"), passage.decided, _why(undecided, gettext("not decided yet"))),
        Step(gettext("Accepted"), passage.accepted, _why(rejected, gettext("rejected"))),
    ]
    if newest is not None:
        why = _why(left_out, gettext("accepted since, or left out by the recipe"))
        found.append(
            Step(
                gettext("In dataset version {number}").format(number=newest.number),
                passage.frozen,
                why,
            )
        )
    return funnel(found)


def steps_table(bars: Sequence[Bar]) -> Table:
    """The figures behind the bars."""
    return Table(
        (gettext("Step"), gettext("Kept"), gettext("Dropped"), gettext("Share of corrections")),
        tuple((bar.name, bar.kept, bar.lost, bar.width.replace("%", " %")) for bar in bars),
    )


def _why(number: int, words: str) -> str:
    return f"{count(number)} {words}" if number > 0 else ""
