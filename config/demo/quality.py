"""The demo's second opinions, disputes, gold items and repeats, so that people can be compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from config.demo.content import CONTENT, CorrectionStory, moment, toml
from config.demo.stage import Act, Refused, Stage
from curation.categories import by_slug
from curation.models import Example
from reviews import gold, policy, probes, queue, slots, verdicts
from reviews.models import ReviewTask, Verdict

Kind = ReviewTask.Kind
HALF = timedelta(seconds=30)
USUAL_MS = 45_000
TRIVIAL = Verdict.Reason.TRIVIAL


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """What one more person said of a correction; rejected where there is no category."""

    correction: str
    by: str
    category: str = ""
    days_ago: float
    held_ms: int = USUAL_MS
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Known:
    """A known answer; no category means to reject."""

    correction: str
    by: str
    category: str = ""
    days_ago: float
    why: str


def quality_acts(stage: Stage) -> Iterator[Act]:
    """People decide what others decided, what is known, and what they decided before."""
    told = toml(CONTENT / "quality.toml")
    stories = {story.slug: story for story in stage.content.corrections}
    for rule in told["rules"]:
        yield Act(moment(rule["days_ago"], stage.now), partial(_rule, stage, rule))
    for said in told["seconds"]:
        opinion = Opinion(**said)
        yield Act(_before_first(stage, stories[opinion.correction]), partial(_widen, opinion))
        yield _act(stage, opinion, Kind.PLAIN)
    for said in told["settled"]:
        yield _act(stage, Opinion(**said), Kind.ADJUDICATION)
    for known in told["known"]:
        item = Known(**known)
        yield Act(moment(item.days_ago, stage.now), partial(_mark, stage, item))
    for kind in (Kind.GOLD, Kind.AGAIN):
        for said in told[kind.value]:
            yield _act(stage, Opinion(**said), kind)


def _act(stage: Stage, opinion: Opinion, kind: str) -> Act:
    return Act(moment(opinion.days_ago, stage.now), partial(_say, stage, opinion, kind))


def _before_first(stage: Stage, story: CorrectionStory) -> datetime:
    """After the example has its slot and before its first reviewer claims it."""
    assert story.intended.days_ago is not None
    held = timedelta(milliseconds=story.intended.held_ms or USUAL_MS)
    return moment(story.intended.days_ago, stage.now) - held - HALF


def _widen(opinion: Opinion, now: datetime) -> None:
    slots.add(_example(opinion.correction), Kind.PLAIN, now)


def _rule(stage: Stage, rule: dict[str, Any], now: datetime) -> None:
    project = stage.projects[rule["project"]]
    category = by_slug(project).get(rule.get("category", ""))
    by = stage.people[rule["by"]]
    policy.add_rule(project, category, rule.get("path", ""), rule["reviewers"], by, now)


def _mark(stage: Stage, item: Known, now: datetime) -> None:
    example = _example(item.correction)
    category = by_slug(example.project).get(item.category)
    answer = "accept" if category else "reject"
    gold.mark(example, answer, category, item.why, stage.people[item.by], now)


def _say(stage: Stage, opinion: Opinion, kind: str, now: datetime) -> None:
    person = stage.people[opinion.by]
    claimed_at = now - timedelta(milliseconds=opinion.held_ms)
    slot = _slot(opinion, kind, person.pk)
    if kind in (Kind.GOLD, Kind.AGAIN):
        served = probes.serve(slot, person, kind, claimed_at)
        if served is None:
            raise Refused(f"{opinion.correction}: cannot be served to {opinion.by}")
        slot = served
    task = queue.claim_task(slot, person, claimed_at, curates=kind == Kind.ADJUDICATION)
    lease = queue.lease_of(task)
    category = by_slug(task.project).get(opinion.category)
    if category is None:
        verdicts.reject(task, lease, now, reason=TRIVIAL, note=opinion.note)
    else:
        verdicts.accept(task, lease, now, category=category, note=opinion.note)


def _slot(opinion: Opinion, kind: str, person: int) -> ReviewTask:
    """The slot to decide, or the one that a probe copies."""
    tasks = ReviewTask.objects.filter(example=_example(opinion.correction))
    if kind == Kind.GOLD:
        return tasks.get(slot=1)
    if kind == Kind.AGAIN:
        return tasks.get(kind=Kind.PLAIN, decided_by=person)
    return tasks.exclude(state=ReviewTask.State.DECIDED).get(kind=kind)


def _example(slug: str) -> Example:
    rows = Example.objects.select_related("project")
    return rows.get(correction__client_id=f"{slug}-correction")
