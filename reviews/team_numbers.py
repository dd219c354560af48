"""The team's numbers: alphabetical, and without the time of any single person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.utils.translation import gettext, gettext_noop

from governance.models import Project, User
from lib.intervals import COEFFICIENTS, DURATIONS, HINT, Estimates, estimates
from lib.plots import Areas, Bar, areas
from lib.scales import Table, count, interval, percent
from reviews import opinions
from reviews.agreement import Agreement, Measure, agreement, matching, one_against_rest
from reviews.measures import (
    estimate,
    per_week,
    week_days,
    with_peers,
)
from reviews.models import ReviewTask
from reviews.opinions import Answer, Compared
from reviews.own_numbers import decisions_plot, matches, time_in_words, times_of, times_plot

DAY = timedelta(days=1)
AGES = (
    (gettext_noop("Under a day"), timedelta(0), DAY),
    (gettext_noop("1 to 3 days"), DAY, 3 * DAY),
    (gettext_noop("3 to 7 days"), 3 * DAY, 7 * DAY),
    (gettext_noop("1 to 2 weeks"), 7 * DAY, 14 * DAY),
    (gettext_noop("Over 2 weeks"), 14 * DAY, None),
)


@dataclass(frozen=True)
class Member:
    """One person's row: what they measured up to, never how fast."""

    name: str
    decided: int
    peers: str
    gold: str
    again: str


@dataclass(frozen=True)
class Backlog:
    """What waits, by how long it has waited."""

    number: int
    oldest: datetime | None
    bars: tuple[Bar, ...]
    table: Table


@dataclass(frozen=True)
class TeamNumbers:
    """Everything the page shows."""

    decided: int
    time_text: str
    time_span: str
    whole: Agreement
    backlog: Backlog
    decisions: Areas | None
    times: Estimates | None
    overall: Estimates | None
    by_category: Estimates | None
    measures: Table
    categories: Areas | None
    members: tuple[Member, ...]


def team_numbers(project: Project, now: datetime) -> TeamNumbers:
    """What the team decided in the last twelve weeks, and what waits now."""
    found = opinions.answers(project, now)
    names = opinions.named(project)
    times = times_of(found)
    whole = agreement(opinions.ratings(found))
    each = {value: one_against_rest(opinions.ratings(found), value) for value in names}
    return TeamNumbers(
        decided=len(found),
        time_text=time_in_words(times[0]),
        time_span=DURATIONS.interval(times[0].low, times[0].high),
        whole=whole,
        backlog=backlog(project, now),
        decisions=decisions_plot(found, now),
        times=times_plot(times),
        overall=_overall(whole),
        by_category=_by_category(each, names),
        measures=_measures(each, names),
        categories=categories_plot(found, names, now),
        members=members(project, found, now),
    )


def backlog(project: Project, now: datetime) -> Backlog:
    """Slots that wait for a reviewer or a curator, by age."""
    waiting = ReviewTask.objects.filter(
        project=project,
        state__in=[ReviewTask.State.OPEN, ReviewTask.State.ESCALATED],
        kind__in=[ReviewTask.Kind.PLAIN, ReviewTask.Kind.ADJUDICATION],
    )
    counted = waiting.aggregate(
        oldest=Min("opened_at"),
        **{
            f"age{n}": Count("pk", filter=_aged(now, low, high))
            for n, (_, low, high) in enumerate(AGES)
        },
    )
    numbers = [counted[f"age{n}"] for n in range(len(AGES))]
    most = max(*numbers, 1)
    names = [gettext(name) for name, _, _ in AGES]
    return Backlog(
        number=sum(numbers),
        oldest=counted["oldest"],
        bars=tuple(
            Bar(name, f"{100 * number / most:.1f}%", count(number), "", "")
            for name, number in zip(names, numbers, strict=True)
        ),
        table=Table(
            (gettext("Waiting for"), gettext("Items")),
            tuple((name, count(number)) for name, number in zip(names, numbers, strict=True)),
        ),
    )


def categories_plot(
    found: Sequence[Answer], names: Mapping[str, str], now: datetime
) -> Areas | None:
    """Answers per week, by category; rejections are an answer like any other."""
    named = [(value, name, n) for n, (value, name) in enumerate(names.items(), start=1)]
    series = per_week(named, [(each.value, each.at) for each in found], now)
    most = max(series, key=lambda one: sum(one.values))
    says = gettext("Answers per week: most of them {name} ({values}).").format(
        name=most.name, values=count(sum(most.values))
    )
    return areas(says, week_days(now), series)


def members(project: Project, found: Sequence[Answer], now: datetime) -> tuple[Member, ...]:
    """Everybody who decided something, by name."""
    gold = opinions.compared_with_gold(project, now)
    again = opinions.compared_with_earlier(project, now)
    people = {each.person for each in found} | {each.person for each in (*gold, *again)}
    rows = User.objects.filter(pk__in=people).order_by("username")
    return tuple(
        Member(
            name=person.username,
            decided=sum(each.person == person.pk for each in found),
            peers=in_words(matching([share for _, share in with_peers(found, person.pk)])),
            gold=in_words(_matching(gold, person.pk)),
            again=in_words(_matching(again, person.pk)),
        )
        for person in rows
    )


def in_words(measure: Measure) -> str:
    """A share with its interval and what it rests on, in one cell."""
    if measure.value is None:
        return "\u2013"
    hint = f", {gettext(HINT)}" if measure.is_small else ""
    of = gettext("of {n}").format(n=count(measure.items)) + hint
    return f"{percent(measure.value)} ({interval(measure.low, measure.high)}) {of}"


def _matching(found: Sequence[Compared], person: int) -> Measure:
    mine = matches([each for each in found if each.person == person])
    return matching([share for _, share in mine])


def _aged(now: datetime, low: timedelta, high: timedelta | None) -> Q:
    aged = Q(opened_at__lte=now - low) if low else Q()
    return aged if high is None else aged & Q(opened_at__gt=now - high)


def _overall(whole: Agreement) -> Estimates | None:
    rows = [
        estimate(gettext("Krippendorff’s α"), whole.alpha),
        estimate(gettext("Fleiss’ κ"), whole.fleiss),
        estimate(gettext("Cohen’s κ"), whole.cohen),
    ]
    value = whole.alpha.value
    says = gettext("Agreement beyond chance") + (
        "."
        if value is None
        else gettext(": Krippendorff’s α is {value}.").format(value=COEFFICIENTS.value(value, 2))
    )
    return estimates(
        says,
        rows,
        (gettext("Measure"), gettext("Rests on"), gettext("Value")),
        COEFFICIENTS,
        gettext("Items"),
    )


def _by_category(each: Mapping[str, Agreement], names: Mapping[str, str]) -> Estimates | None:
    rows = [estimate(names[value], found.alpha) for value, found in each.items()]
    known = [(row.share, row.name) for row in rows if row.share is not None]
    says = ""
    if known:
        least, name = min(known)
        says = gettext("People agree least on {name}, α {least}.").format(
            name=name, least=COEFFICIENTS.value(least, 2)
        )
    return estimates(
        says,
        rows,
        (gettext("Answer"), gettext("Rests on"), "α"),
        COEFFICIENTS,
        gettext("Items"),
    )


def _measures(each: Mapping[str, Agreement], names: Mapping[str, str]) -> Table:
    """Every measure of every answer, for whoever wants the others."""

    def cells(measure: Measure, share: bool) -> str:
        if measure.value is None:
            return gettext("undefined: {why}").format(why=gettext(measure.why))
        span = (
            interval(measure.low, measure.high)
            if share
            else COEFFICIENTS.interval(measure.low, measure.high)
        )
        value = percent(measure.value) if share else COEFFICIENTS.value(measure.value, 2)
        return f"{value} ({span})" if span else f"{value} ({gettext(measure.why)})"

    return Table(
        (
            gettext("Answer"),
            gettext("Percent"),
            gettext("Cohen’s κ"),
            gettext("Fleiss’ κ"),
            gettext("Krippendorff’s α"),
            gettext("Items"),
        ),
        tuple(
            (
                names[value],
                cells(found.percent, True),
                cells(found.cohen, False),
                cells(found.fleiss, False),
                cells(found.alpha, False),
                count(found.percent.items),
            )
            for value, found in each.items()
        ),
    )
