"""A version's manifest in words and figures for a page; and what became of a person's feedback."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext, gettext_noop

from curation import consent, remains
from curation.export import OBJECTIVES, SPLITS, whole
from curation.models import DatasetRow, DatasetVersion, Example
from governance.models import Project, User
from lib.histograms import Histogram, histogram
from lib.plots import Bar, Step, funnel
from lib.scales import count

SHAPES = {
    "sft": gettext_noop("TRL SFT: prompt, completion"),
    "dpo": gettext_noop("TRL DPO: prompt, chosen, rejected"),
}
STEPS = {
    "corrections": gettext_noop("Corrections"),
    "accepted": gettext_noop("Accepted by a person"),
    "allowed": gettext_noop("From repositories that may be learnt from"),
    "usable": gettext_noop("With something to learn"),
    "distinct": gettext_noop("Distinct rows"),
    "clean": gettext_noop("In no benchmark"),
    "fit": gettext_noop("Of the right size, and parsed"),
    "gathered": gettext_noop("Near-duplicates gathered"),
    "capped": gettext_noop("Not too many from one source"),
    "rows": gettext_noop("Rows"),
}
REASONS = {
    "waiting": gettext_noop("waiting for a decision"),
    "rejected_wrong": gettext_noop("the correction was wrong too"),
    "rejected_unclear": gettext_noop("could not be judged"),
    "rejected_not_a_fault": gettext_noop("the output was fine"),
    "rejected_trivial": gettext_noop("nothing to learn"),
    "rejected_private": gettext_noop("secrets or personal data"),
    **consent.WORDS,
    "recalled": gettext_noop("recalled"),
    "no_change": gettext_noop("accepted code equals the output"),
    "no_code": gettext_noop("no code left"),
    "no_prompt": gettext_noop("no prompt"),
    "exact_duplicate": gettext_noop("say what another row says; counted in its support"),
    "benchmark_exact": gettext_noop("have a text of a benchmark"),
    "benchmark_words": gettext_noop("share words in a row with a benchmark"),
    "benchmark_alike": gettext_noop("are nearly a task of a benchmark"),
    "near_duplicate": gettext_noop("say nearly what another row says; counted in its weight"),
    "benchmark": gettext_noop("in a benchmark"),
    "too_short": gettext_noop("too short"),
    "too_long": gettext_noop("too long"),
    "does_not_parse": gettext_noop("the code to learn is no Python"),
    "adds_parse_errors": gettext_noop("the code to learn has parse errors the output had not"),
    "parser_gave_up": gettext_noop("the parser gave up on it"),
    "over_cap_cluster": gettext_noop("too many of one cluster"),
    "over_cap_repository": gettext_noop("too many of one repository"),
    "over_cap_user": gettext_noop("too many of one developer"),
    "not_there": gettext_noop("had not come in yet"),
    "not_known": gettext_noop("not known"),
}
BADGES = {
    "requested": ("", "clock", gettext_noop("Waiting to be built")),
    "building": ("find", "now", gettext_noop("Being built")),
    "frozen": ("ok", "lock", gettext_noop("Frozen")),
    "cancelled": ("", "x", gettext_noop("Cancelled")),
    "failed": ("bad", "tri", gettext_noop("Failed")),
}
UNITS = {
    "characters": gettext_noop("Characters"),
    "lines": gettext_noop("Lines"),
    "tokens": gettext_noop("Tokens"),
}
RANKS = ("median", "p95", "most")
TEXTS = {
    "prompt": gettext_noop("Prompt"),
    "chosen": gettext_noop("Code to learn"),
    "rejected": gettext_noop("Output"),
}
EXAMPLE_BADGES = {
    "arrived": ("", "clock", gettext_noop("Arrived")),
    "labelled": ("", "clock", gettext_noop("Waits for review")),
    "accepted": ("ok", "check", gettext_noop("Accepted")),
    "rejected": ("", "x", gettext_noop("Rejected")),
}


@dataclass(frozen=True)
class Composition:
    """One category's rows in each split, and its share of the largest for the bar."""

    category: str
    rows: int
    width: str
    by_split: tuple[int, ...]


@dataclass(frozen=True)
class Length:
    """How long rows are in one unit."""

    unit: str
    plot: Histogram


@dataclass(frozen=True)
class Listed:
    """One file as the page lists it."""

    path: str
    shape: str
    split: str
    rows: int
    bytes: int
    sha256: str


def steps_of(manifest: Mapping[str, Any]) -> tuple[Bar, ...]:
    """From corrections to rows, as bars with the reasons in words."""
    return funnel(
        [
            Step(gettext(STEPS[step["step"]]), step["kept"], _reasons(step["dropped"]))
            for step in manifest.get("funnel", [])
        ]
    )


def composition_of(manifest: Mapping[str, Any]) -> list[Composition]:
    """Rows by category and split, the largest first."""
    counts: dict[str, dict[str, int]] = {}
    for each in manifest.get("categories", []):
        counts.setdefault(each["category"], {})[each["split"]] = each["rows"]
    most = max((sum(splits.values()) for splits in counts.values()), default=0)
    found = [
        Composition(
            category=category,
            rows=sum(splits.values()),
            width=f"{100 * sum(splits.values()) / most:.0f}%",
            by_split=tuple(splits.get(split, 0) for split in SPLITS),
        )
        for category, splits in counts.items()
    ]
    return sorted(found, key=lambda each: (-each.rows, each.category))


def files_of(version: DatasetVersion) -> list[Listed]:
    """The files as they are served, in the order people look for them."""
    found = {file["path"]: file for file in remains.files_of(version)}
    return [
        Listed(
            path=path,
            shape=gettext(SHAPES[objective]),
            split=split,
            rows=found[path]["rows"],
            bytes=found[path]["bytes"],
            sha256=found[path]["sha256"],
        )
        for objective in OBJECTIVES
        for split in SPLITS
        if (path := f"{objective}/{split}.jsonl") in found
    ]


def lengths_of(manifest: Mapping[str, Any]) -> list[Length]:
    """How long rows are, a plot a unit; none of a version that was frozen unmeasured."""
    found = []
    told = manifest.get("lengths", {}).get("histograms", {})
    for unit in [each for each in UNITS if each in told]:  # a stored object has an order of its own
        bins = told[unit]
        most = max(bins, key=lambda each: each[1], default=[0, 0])
        says = gettext("{unit} of a row: most rows, {n}, have {start} to {end}.").format(
            unit=gettext(UNITS[unit]), n=count(most[1]), start=most[0], end=max(1, 2 * most[0])
        )
        plot = histogram(says, gettext("Rows"), [(start, n) for start, n in bins])
        if plot is not None:
            found.append(Length(gettext(UNITS[unit]), plot))
    return found


def texts_of(manifest: Mapping[str, Any]) -> list[tuple[str, list[int]]]:
    """Each text's median, 95th percentile and longest, unit by unit."""
    told = manifest.get("lengths", {}).get("texts", {})
    return [
        (gettext(name), [told[text][unit][key] for unit in UNITS for key in RANKS])
        for text, name in TEXTS.items()
        if text in told
    ]


def totals_of(manifest: Mapping[str, Any]) -> tuple[int, ...]:
    """Rows of each split, in order."""
    return tuple(manifest.get("splits", {}).get(split, 0) for split in SPLITS)


def progress_of(version: DatasetVersion) -> int:
    """How far a build is, in whole percent."""
    return 100 * version.progress // version.total if version.total else 0


def versions_of(project: Project) -> QuerySet[DatasetVersion]:
    """The project's versions with who asked for them."""
    return DatasetVersion.objects.filter(project=project).select_related("requested_by")


def categories_of(manifest: Mapping[str, Any]) -> list[str]:
    """The categories of its rows, by slug."""
    return sorted({each["category"] for each in manifest.get("categories", [])})


def rows_of(version: DatasetVersion, split: str = "", category: str = "") -> QuerySet[DatasetRow]:
    """The version's rows as its files have them, each with how many examples it stands for.

    Of one split and of one category (its slug), where they are named.
    """
    texts = ("example__prompt", "example__correction", "decision__category", "decision__ideal")
    same = {"version": version, "split": OuterRef("split"), "row_id": OuterRef("row_id")}
    behind = DatasetRow.objects.filter(**same).order_by().values("row_id")
    weight = Subquery(behind.annotate(rows=Count("id")).values("rows"))
    rows = whole(version).filter(leads=True).select_related(*texts)
    rows = rows.annotate(weight=weight)
    rows = rows.filter(decision__category__slug=category) if category else rows
    return rows.filter(split=split) if split in SPLITS else rows


def reason_in_words(reason: str) -> str:
    """Why an example is not in a version, for a person."""
    return gettext(REASONS.get(reason, reason.replace("_", " ")))


def reported_by(project: Project, person: User) -> QuerySet[Example]:
    """Examples of the corrections that a client reported under the person's name or address."""
    return (
        Example.objects.filter(project=project, developer__in=person.names)
        .select_related("category", "correction")
        .annotate(versions=Count("dataset_rows__version"))
    )


def _reasons(dropped: Mapping[str, int]) -> str:
    ranked = sorted(dropped.items(), key=lambda each: (-each[1], each[0]))
    return " · ".join(f"{reason_in_words(why)} {count(n)}" for why, n in ranked)
