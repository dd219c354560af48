"""What happens below the reviews, told to webhooks: pulled, because nothing below knows of them.

Each source is read by the ids of its rows, each row once. Rows that several transactions write may
commit out of order, so they are told once no transaction that had a smaller id can be running: all
that began before the rows were seen are over, which PostgreSQL tells of each by its number. Where a
long one keeps us waiting, OVERLAP is the end of it, the same promise as `curation.intake` rests on.
What was there before the first reading is not told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched, groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Manager, Max, QuerySet

from curation.intake import OVERLAP
from curation.models import Example, Recall
from curation.recalls import held_by
from feedback.models import Quarantined
from governance.models import LedgerEntry, Project
from reviews.models import AnnouncementMark
from reviews.webhooks import happened

# Far longer than it takes from an id to the number of the transaction that writes it
MOMENT = timedelta(seconds=3)
AT_ONCE = 5_000  # rows of a source, in one transaction
LISTED = 100  # corrections in one event
OF_LEDGER = {
    "dataset version frozen": "dataset.frozen",
    "model version promoted": "model.live",
    "endpoint rolled back": "model.rolled_back",
}
OF_RECALLS = {True: "rows.recalled", False: "rows.recall_taken_back"}


@dataclass(frozen=True)
class Source:
    """Rows that are told of, how long one may still be on its way, and what is told of some."""

    rows: Manager[Any]
    settles: timedelta
    tell: Callable[[int, int, datetime], None]


def tell_new(name: str, now: datetime) -> None:
    """Tell of the next rows of a source. Safe to run twice, at once, and to kill."""
    source = SOURCES[name]
    with transaction.atomic():
        mark = _hold(name, source, now)
        if mark.told < mark.seen and not _is_settled(mark, source, now):
            return
        upto = _next(source, mark)
        if upto > mark.told:
            source.tell(mark.told, upto, now)
        newest = _newest(source)
        if upto == mark.seen and newest > mark.seen:
            mark.seen, mark.seen_at, mark.horizon = newest, now, None
        elif upto == mark.told:
            return  # nothing new, and nothing to write
        mark.told = upto
        mark.save(update_fields=["told", "seen", "seen_at", "horizon"])


def of_corrections(after: int, upto: int, now: datetime) -> None:
    """Corrections that came in, by the ids their clients gave them."""
    for project in _listening("corrections.received"):
        rows = _between(Example.objects.filter(project=project), after, upto)
        found = rows.values_list("pk", "correction__client_id").order_by("pk")
        for some in batched(found, LISTED):
            told = [{"example": pk, "id": client_id} for pk, client_id in some]
            happened(project, "corrections.received", now, corrections=told)


def of_quarantine(after: int, upto: int, now: datetime) -> None:
    """Events that could not be mapped: how many of which client, as reasons quote what was sent."""
    for project in _listening("events.quarantined"):
        rows = _between(Quarantined.objects.filter(project=project), after, upto)
        clients = rows.values_list("original__client").annotate(Count("pk"))
        for client, count in clients.order_by("original__client"):
            happened(project, "events.quarantined", now, client=client, count=count)


def of_ledger(after: int, upto: int, now: datetime) -> None:
    """Dataset versions frozen, and what endpoints answer with."""
    for action, event in OF_LEDGER.items():
        for project in _listening(event):
            rows = LedgerEntry.objects.filter(project=project, action=action)
            for entry in _between(rows, after, upto).order_by("pk"):
                told = {"subject": entry.subject, "digest": entry.subject_digest}
                happened(project, event, now, happened_at=entry.at.isoformat(), **told)


def of_recalls(after: int, upto: int, now: datetime) -> None:
    """Rows recalled or allowed again, those of one act together, and the versions with them."""
    for is_recalled, event in OF_RECALLS.items():
        for project in _listening(event):
            rows = Recall.objects.filter(project=project, is_recalled=is_recalled)
            found = _between(rows, after, upto).order_by("pk")
            for (at, kind), act in groupby(found, key=lambda each: (each.at, each.kind)):
                for some in batched([each.example_id for each in act], LISTED):
                    told = {"examples": list(some), "versions": _versions(some)}
                    if is_recalled:
                        told["kind"] = kind
                    happened(project, event, now, happened_at=at.isoformat(), **told)


def _versions(examples: Sequence[int]) -> list[dict[str, Any]]:
    held = held_by(examples)
    return [{"number": each.version.number, "digest": each.version.content_id} for each in held]


SOURCES = {
    # Written under one lock (curation.intake), so ids commit in their order
    "corrections": Source(Example.objects, timedelta(), of_corrections),
    "quarantine": Source(Quarantined.objects, OVERLAP, of_quarantine),
    "ledger": Source(LedgerEntry.objects, OVERLAP, of_ledger),
    "recalls": Source(Recall.objects, OVERLAP, of_recalls),
}


def _listening(event: str) -> QuerySet[Project]:
    live = Project.objects.filter(webhooks__stopped_at=None, webhooks__events__contains=[event])
    return live.distinct()


def _between[M: (Example, Quarantined, LedgerEntry, Recall)](
    rows: QuerySet[M], after: int, upto: int
) -> QuerySet[M]:
    return rows.filter(pk__gt=after, pk__lte=upto)


def _hold(name: str, source: Source, now: datetime) -> AnnouncementMark:
    """The source's mark, locked; one that is new begins at what is there already."""
    marks = AnnouncementMark.objects.select_for_update()
    mark = marks.filter(pk=name).first()
    if mark is None:
        newest = _newest(source)
        first = AnnouncementMark(source=name, told=newest, seen=newest, seen_at=now)
        AnnouncementMark.objects.bulk_create([first], ignore_conflicts=True)
        mark = marks.get(pk=name)
    return mark


def _is_settled(mark: AnnouncementMark, source: Source, now: datetime) -> bool:
    """Whether no row up to the last one seen can be on its way; a first look keeps the horizon."""
    since = now - mark.seen_at
    if since >= source.settles:
        return True
    if mark.horizon is None:
        if since >= MOMENT:
            mark.horizon = _number("pg_current_xact_id()")
            mark.save(update_fields=["horizon"])
        return False
    return _number("pg_snapshot_xmin(pg_current_snapshot())") >= mark.horizon


def _number(of: str) -> int:
    """A number of PostgreSQL's transactions: our own, or the oldest that runs."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {of}::text::bigint")
        return int(cursor.fetchone()[0])


def _next(source: Source, mark: AnnouncementMark) -> int:
    """The last id to tell of now. By rows: ids have gaps where rows were erased or rolled back."""
    if mark.told == mark.seen:
        return mark.seen
    rows = source.rows.filter(pk__gt=mark.told, pk__lte=mark.seen).order_by("pk")
    last = rows.values_list("pk", flat=True)[AT_ONCE - 1 : AT_ONCE].first()
    return mark.seen if last is None else int(last)


def _newest(source: Source) -> int:
    return int(source.rows.aggregate(newest=Max("pk"))["newest"] or 0)
