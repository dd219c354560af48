"""A reviewer's own numbers: seen by nobody before them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, gettext_noop

from governance.models import Project, User
from lib.intervals import COEFFICIENTS, DURATIONS, Estimate, Estimates, estimates
from lib.plots import Areas, areas
from lib.scales import count, interval, percent
from lib.trends import Trend
from lib.wording import inside
from reviews import opinions
from reviews.agreement import Measure, Rating, agreement, matching
from reviews.measures import (
    Dated,
    against_key,
    decisions_in_words,
    estimate,
    per_week,
    quartiles,
    shared_ratings,
    week_days,
    weekly,
    with_peers,
)
from reviews.models import Verdict
from reviews.opinions import Answer, Compared

MEET_GOLD = gettext_noop(
    "Each gold item you decide is a point here: whether your answer was the known one."
)
COME_AGAIN = gettext_noop(
    "Each of your own decisions that comes back is a point here: whether you repeat it."
)
OVERLAP = gettext_noop(
    "Each item that you and others decide is a point here: how many of them said the same."
)
NOTHING = gettext_noop("nothing was compared yet")
SHOWN = 12  # of the items listed below the plots
KINDS = (
    (Verdict.Kind.ACCEPT.value, gettext_noop("Accepted"), 1),
    (Verdict.Kind.FIX.value, gettext_noop("Fixed"), 4),
    (Verdict.Kind.REJECT.value, gettext_noop("Rejected"), 3),
)


@dataclass(frozen=True)
class Item:
    """One compared answer as the page lists it."""

    task: int
    name: str
    at: datetime
    said: str
    right: str
    matches: bool
    why: str
    since: datetime | None


@dataclass(frozen=True)
class Drift:
    """One measure week by week; `plot` is None where nothing was measured."""

    name: str
    words: str
    empty: str
    plot: Trend | None


@dataclass(frozen=True)
class OwnNumbers:
    """Everything the page shows."""

    decided: int
    time_text: str
    time_span: str
    peers: Measure
    gold: Measure
    decisions: Areas | None
    times: Estimates | None
    shares: Estimates | None
    coefficients: Estimates | None
    drifts: tuple[Drift, ...]
    gold_items: tuple[Item, ...]
    changed: tuple[Item, ...]
    repeated: int


def own_numbers(project: Project, person: User, now: datetime) -> OwnNumbers:
    """What the person decided in the last twelve weeks, compared with whatever it can be."""
    return numbers_of(
        person.pk,
        opinions.answers(project, now),
        [each for each in opinions.compared_with_gold(project, now) if each.person == person.pk],
        [each for each in opinions.compared_with_earlier(project, now) if each.person == person.pk],
        opinions.named(project),
        now,
    )


def numbers_of(
    person: int,
    everybody: Sequence[Answer],
    gold: Sequence[Compared],
    again: Sequence[Compared],
    names: Mapping[str, str],
    now: datetime,
) -> OwnNumbers:
    """Pure: everybody's answers, and what the person's were compared with, as a page."""
    mine = [each for each in everybody if each.person == person]
    peers = with_peers(everybody, person)
    met, kept = matches(gold), matches(again)
    judged = [
        (each.at, float(each.agrees_with_judge))
        for each in mine
        if each.agrees_with_judge is not None
    ]
    times = times_of(mine)
    return OwnNumbers(
        decided=len(mine),
        time_text=time_in_words(times[0]),
        time_span=DURATIONS.interval(times[0].low, times[0].high),
        peers=_measure(peers),
        gold=_measure(met),
        decisions=decisions_plot(mine, now),
        times=times_plot(times),
        shares=_shares(peers, met, kept, judged),
        coefficients=_coefficients(shared_ratings(everybody, person), gold, again),
        drifts=(
            _drift(
                gettext("Known answers"),
                gettext("of the known answers met"),
                gettext(MEET_GOLD),
                met,
                now,
            ),
            _drift(
                gettext("Yourself, earlier"),
                gettext("of your answers given again"),
                gettext(COME_AGAIN),
                kept,
                now,
            ),
            _drift(
                gettext("Colleagues"),
                gettext("of colleagues’ answers like yours"),
                gettext(OVERLAP),
                peers,
                now,
            ),
        ),
        gold_items=tuple(_item(each, names) for each in gold[:SHOWN]),
        changed=tuple(_item(each, names) for each in again if not each.matches)[:SHOWN],
        repeated=len(again),
    )


def matches(found: Sequence[Compared]) -> list[Dated]:
    """When something was compared, and whether it was the same."""
    return [(each.at, float(each.matches)) for each in found]


def decisions_plot(found: Sequence[Answer], now: datetime) -> Areas | None:
    """Decisions per week, by what was decided."""
    kinds = [(kind, gettext(name), colour) for kind, name, colour in KINDS]
    series = per_week(kinds, [(each.kind, each.at) for each in found], now)
    says = gettext("{decisions} in {weeks} weeks: {parts}.").format(
        decisions=decisions_in_words(len(found)),
        weeks=len(week_days(now)),
        parts=", ".join(f"{inside(each.name)} {count(sum(each.values))}" for each in series),
    )
    return areas(says, week_days(now), series)


def times_of(found: Sequence[Answer]) -> list[Estimate]:
    """Median and middle half of the time from claim to decision: of all, then by decision."""
    rows = [quartiles(gettext("All"), [each.held_ms for each in found if each.held_ms is not None])]
    for key, name, _ in KINDS:
        times = [each.held_ms for each in found if each.kind == key and each.held_ms is not None]
        rows.append(quartiles(gettext(name), times))
    return rows


def time_in_words(time: Estimate) -> str:
    """A median as the page's key figure."""
    return "\u2013" if time.share is None else DURATIONS.value(time.share, 0)


def times_plot(rows: Sequence[Estimate]) -> Estimates | None:
    """The same, drawn."""
    span = DURATIONS.interval(rows[0].low, rows[0].high)
    low, _, high = span.partition("\u2013")
    says = gettext("Half of the decisions took {low} to {high} from claim to decision.").format(
        low=low, high=high
    )
    return estimates(
        says, rows, (gettext("Decision"), "", gettext("Median")), DURATIONS, gettext("Decisions")
    )


def _measure(dated: Sequence[Dated]) -> Measure:
    return matching([share for _, share in dated], NOTHING)


def _shares(
    peers: Sequence[Dated], met: Sequence[Dated], kept: Sequence[Dated], judged: Sequence[Dated]
) -> Estimates | None:
    rows = [
        estimate(gettext("Colleagues"), _measure(peers)),
        estimate(gettext("Known answers"), _measure(met)),
        estimate(gettext("Yourself, earlier"), _measure(kept)),
    ]
    if judged:
        rows.append(estimate(gettext("The judge"), _measure(judged)))
    known = [f"{each.name} {percent(each.share)}" for each in rows if each.share is not None]
    return estimates(
        gettext("How often your answer is the same as: {known}.").format(known=", ".join(known)),
        rows,
        (gettext("Compared with"), gettext("Rests on"), gettext("The same")),
        counted=gettext("Items"),
    )


def _coefficients(
    shared: Sequence[Rating], gold: Sequence[Compared], again: Sequence[Compared]
) -> Estimates | None:
    rows = [
        estimate(gettext("Colleagues, α"), agreement(shared).alpha),
        estimate(gettext("Known answers, κ"), _kappa(gold)),
        estimate(gettext("Yourself, κ"), _kappa(again)),
    ]
    known = [
        f"{each.name} {COEFFICIENTS.value(each.share, 2)}"
        for each in rows
        if each.share is not None
    ]
    return estimates(
        gettext("Agreement beyond chance, 1 is perfect and 0 is chance: {known}.").format(
            known=", ".join(known)
        ),
        rows,
        (gettext("Compared with"), gettext("Rests on"), gettext("Coefficient")),
        COEFFICIENTS,
        gettext("Items"),
    )


def _kappa(found: Sequence[Compared]) -> Measure:
    return against_key((each.task, each.said, each.right) for each in found)


def _drift(name: str, words: str, empty: str, dated: Sequence[Dated], now: datetime) -> Drift:
    measure = _measure(dated)
    share = "" if measure.value is None else f"{percent(measure.value)} {words}"
    span = interval(measure.low, measure.high)
    says = gettext("{share} in twelve weeks, 95 % interval {span}; week by week.").format(
        share=share, span=span
    )
    return Drift(name, words, empty, weekly(says, dated, now, gettext("Items")))


def _item(each: Compared, names: Mapping[str, str]) -> Item:
    return Item(
        task=each.task,
        name=each.name,
        at=each.at,
        said=names[each.said],
        right=names[each.right],
        matches=each.matches,
        why=each.why,
        since=each.since,
    )
