"""What clients, workers, reviewers and curators do in the demo's stories, and when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from config.demo.content import CorrectionStory, DatasetStory, moment
from config.demo.reports import Batch, batches
from config.demo.stage import Act, Refused, Stage
from config.demo.suggestions import suggestions
from curation import clusters, datasets, intake, labeling
from curation.categories import by_slug
from curation.models import Category, DatasetVersion, Example
from feedback.ingest import State, receive
from feedback.models import Correction
from reviews import queue, slots, verdicts
from reviews.models import ReviewTask, Verdict

AT_ONCE = 1_000
USUAL_MS = 30_000  # how long a reviewer holds an item, where the story does not say
SETTLED = timedelta(minutes=1)  # an item is labelled this long before someone claims it


def catch_up(now: datetime) -> None:
    """What workers do all the time: pull, label, open review tasks."""
    intake.pull(now)
    # The column is filled by the server's clock, which nobody can replay
    Example.objects.filter(arrived_at__gt=now).update(arrived_at=now)
    labeling.label_waiting(AT_ONCE, now)
    clusters.join_waiting(AT_ONCE, now)
    slots.open_tasks(now)
    _date_back(now)


def _date_back(now: datetime) -> None:
    """Workers keep up with what is reported, so nothing waited for the next act of a story."""
    reported = Subquery(
        Correction.objects.filter(pk=OuterRef("correction")).values("occurred_at")[:1]
    )
    fresh = Example.objects.filter(labelled_at=now)
    fresh.update(arrived_at=reported, labelled_at=reported + SETTLED)
    labelled = Subquery(Example.objects.filter(pk=OuterRef("example")).values("labelled_at")[:1])
    ReviewTask.objects.filter(opened_at=now).update(opened_at=labelled)


def report_acts(stage: Stage) -> Iterator[Act]:
    """Clients report."""
    for batch in batches(stage.content.corrections, suggestions(), stage.now):
        yield Act(batch.at, partial(_report, stage, batch))


def _report(stage: Stage, batch: Batch, now: datetime) -> None:
    outcomes = receive(stage.keys[batch.project], batch.reports, now)
    for report, outcome in zip(batch.reports, outcomes, strict=True):
        if outcome.state != State.STORED:
            raise Refused(f"{report['id']}: {outcome}")


def review_acts(stage: Stage) -> Iterator[Act]:
    """Reviewers claim and decide what workers have labelled before."""
    for story in stage.content.corrections:
        if story.intended.days_ago is not None:
            decided_at = moment(story.intended.days_ago, stage.now)
            claimed_at = decided_at - timedelta(milliseconds=story.intended.held_ms or USUAL_MS)
            yield Act(claimed_at - SETTLED, partial(_prepare, stage, story))
            yield Act(decided_at, partial(_review, stage, story, claimed_at))


def _prepare(stage: Stage, story: CorrectionStory, now: datetime) -> None:
    if not _tasks(stage, story).exists():
        catch_up(now)


def _review(stage: Stage, story: CorrectionStory, claimed_at: datetime, now: datetime) -> None:
    reviewer = stage.people[story.intended.reviewer]
    first = _tasks(stage, story).get(slot=1)
    task = queue.claim_task(first, reviewer, claimed_at)
    _decide(task, story, by_slug(task.project)[story.intended.category], now)


def _tasks(stage: Stage, story: CorrectionStory) -> QuerySet[ReviewTask]:
    return ReviewTask.objects.filter(
        project=stage.projects[story.project],
        example__correction__client_id=f"{story.slug}-correction",
    )


def _decide(task: ReviewTask, story: CorrectionStory, category: Category, now: datetime) -> Verdict:
    answer, lease = story.intended, queue.lease_of(task)
    said: dict[str, Any] = {"category": category, "severity": answer.severity, "note": answer.note}
    match answer.verdict:
        case Verdict.Kind.ACCEPT:
            return verdicts.accept(task, lease, now, **said)
        case Verdict.Kind.FIX:
            assert story.fixed is not None
            return verdicts.fix(task, lease, now, code=story.fixed, **said)
        case Verdict.Kind.REJECT:
            return verdicts.reject(task, lease, now, reason=answer.reason, **said)
        case Verdict.Kind.ESCALATE:
            return verdicts.escalate(task, lease, now, note=answer.note)
    raise Refused(f"{story.slug}: no verdict is called {answer.verdict}")


def dataset_acts(stage: Stage) -> Iterator[Act]:
    """A curator freezes a version."""
    for story in stage.content.datasets:
        yield Act(moment(story.days_ago, stage.now), partial(_freeze, stage, story))


def _freeze(stage: Stage, story: DatasetStory, now: datetime) -> None:
    project = stage.projects[story.project]
    version = datasets.request(project, stage.people[story.by], now)
    datasets.build(version)
    version.refresh_from_db()
    if (version.number, version.state) != (story.number, DatasetVersion.State.FROZEN):
        raise Refused(f"{version} is {version.state}: {version.problem}")
