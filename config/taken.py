"""How much of what models suggest is taken and stays, by what it was written with and for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, gettext_noop, ngettext

from feedback.acceptance import WEEK, By, Share, Shares, accepted, share_of, survived
from feedback.exploring import NAMES, Asked, narrow
from governance.models import Project
from lib.intervals import HINT, SMALL, Column, Estimate, Estimates, estimates
from lib.scales import count, percent
from lib.trends import BROAD, Trend, Week, trend

WEEKS = 12
MOST = 8  # rows of one plot; those with the most generations
HALF = Column(width=640, left=190, right=550, row=46, ticks=5)  # of the page
FILTERS = tuple(NAMES.keys() - {"outcome", "since", "until"})  # a share has its own weeks
HEADS = {
    By.MODEL: gettext_noop("Model"),
    By.LANGUAGE: gettext_noop("Language"),
    By.CLIENT: gettext_noop("Client"),
    By.REPOSITORY: gettext_noop("Repository"),
}


@dataclass(frozen=True)
class Kept:
    """One of the two shares: over the weeks, and of all of them."""

    weeks: Trend | None
    whole: Share | None


@dataclass(frozen=True)
class Apart:
    """Both shares by one thing; `more` is how many of its names are not drawn."""

    key: str
    head: str
    accepted: Estimates | None
    survived: Estimates | None
    more_accepted: int
    more_survived: int


@dataclass(frozen=True)
class Taken:
    """What the page tells."""

    since: datetime
    accepted: Kept
    survived: Kept
    apart: Sequence[Apart]


def taken(project: Project, asked: Asked, now: datetime) -> Taken:
    """Both shares of the last weeks, among the generations that pass the filters."""
    since = now - WEEKS * WEEK
    among = narrow(project, asked) if asked else None
    took = accepted(project, tuple(By), since, now, among)
    stayed = survived(project, tuple(By), since, now, among)
    return Taken(
        since=since,
        accepted=_kept(took, since, gettext("Accepted"), gettext("Shown")),
        survived=_kept(stayed, since, gettext("Text left"), gettext("Looked at")),
        apart=[_apart(by, took, stayed) for by in HEADS],
    )


def _kept(found: Shares, since: datetime, name: str, counted: str) -> Kept:
    weeks = {int(share.name): share for share in found[By.WEEK]}
    shown = [_week(since, n, weeks.get(n)) for n in range(WEEKS)]
    whole = _whole(found[By.WEEK])
    if whole is None:
        return Kept(None, None)
    says = gettext("{name} by week: {share} of {n} generations in {weeks} weeks.").format(
        name=name, share=percent(whole.share), n=count(whole.seen), weeks=WEEKS
    )
    return Kept(trend(says, shown, counted, wide=BROAD), whole)


def _week(since: datetime, n: int, share: Share | None) -> Week:
    day = (since + n * WEEK).date()
    if share is None:
        return Week(day, None, None, None, 0)
    return Week(day, share.share, share.low, share.high, share.seen)


def _whole(found: Sequence[Share]) -> Share | None:
    seen, kept = sum(each.seen for each in found), sum(each.kept for each in found)
    return share_of("", seen, kept) if seen else None


def _apart(by: By, took: Shares, stayed: Shares) -> Apart:
    head = gettext(HEADS[by])
    return Apart(
        key=str(by),
        head=head,
        accepted=_plot(head, took[by], gettext("Accepted"), gettext_noop("Shown")),
        survived=_plot(head, stayed[by], gettext("Text left"), gettext_noop("Looked at")),
        more_accepted=max(len(took[by]) - MOST, 0),
        more_survived=max(len(stayed[by]) - MOST, 0),
    )


def _plot(head: str, found: Sequence[Share], name: str, counted: str) -> Estimates | None:
    if not found:
        return None
    most = sorted(found, key=lambda each: (-each.seen, each.name))[:MOST]
    first = most[0]
    says = gettext("{name} by {head}: {share} of {n} generations of {first}, the most.").format(
        name=name,
        head=head,
        share=percent(first.share),
        n=count(first.seen),
        first=_named(first),
    )
    heads = (head, gettext("Generations"), name)
    return estimates(says, [_estimate(each) for each in most], heads, counted=counted, wide=HALF)


def _estimate(share: Share) -> Estimate:
    """What rests on few generations says so."""
    number = count(share.seen)
    words = ngettext("{n} generation", "{n} generations", share.seen).format(n=number)
    return Estimate(
        name=_named(share),
        note=f"{number}, {gettext(HINT)}"
        if share.seen < SMALL
        else words,  # a phone has little room
        share=share.share,
        low=share.low,
        high=share.high,
        seen=share.seen,
    )


def _named(share: Share) -> str:
    return share.name or gettext("Not named")
