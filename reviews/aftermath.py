"""Whom a verdict concerns besides whoever gave it: told in the verdict's own transaction."""

from datetime import datetime
from typing import Any

from governance.access import Ability, people_who_may
from governance.models import User
from reviews import inbox, webhooks
from reviews.models import InboxEntry, ReviewTask, Verdict
from reviews.settlement import standing_verdicts, word_of

Kind = InboxEntry.Kind
State = ReviewTask.State
QUIET = (ReviewTask.Kind.GOLD, ReviewTask.Kind.AGAIN)  # nobody may notice that they measure


def of_verdict(task: ReviewTask, verdict: Verdict) -> None:
    """A verdict was stored. A plain one that nobody disputes costs no query."""
    if task.kind in QUIET:
        return
    by, now = verdict.reviewer, verdict.at
    if verdict.kind == Verdict.Kind.ESCALATE:
        inbox.tell(_curators(task), Kind.ESCALATED, task, by, now)
        _announce(task, "item.escalated", by, now)
        return
    if task.is_escalated and task.state == State.DECIDED:
        inbox.close(task.example, (Kind.ESCALATED, Kind.ASSIGNED), now)
    if verdict.decision is not None:
        outcome, category = verdict.decision.outcome, verdict.decision.category
        slug = category.slug if category else None
        _announce(task, "item.decided", by, now, outcome=outcome, category=slug)
    if task.kind == ReviewTask.Kind.ADJUDICATION and verdict.decision is not None:
        _of_ruling(task, verdict)
    elif verdict.kind in Verdict.COUNTED and verdict.decision is None:
        _of_dispute(task, by, now)


def of_undo(task: ReviewTask, verdict: Verdict, now: datetime) -> None:
    """A verdict was taken back, and with it what it had asked of others."""
    if task.kind not in QUIET:
        asked = (Kind.ESCALATED, Kind.DISPUTED, Kind.DISAGREED, Kind.OVERRULED)
        inbox.close(task.example, asked, now)
        if verdict.decision_id is not None:
            _announce(task, "item.reopened", verdict.reviewer, now)


def of_reopening(task: ReviewTask, by: User, now: datetime) -> None:
    """A curator took a decision back: those whose verdicts made it should know."""
    given = standing_verdicts(task.example).select_related("reviewer")
    inbox.tell({verdict.reviewer for verdict in given}, Kind.REOPENED, task, by, now)
    _announce(task, "item.reopened", by, now)


def _of_ruling(task: ReviewTask, ruling: Verdict) -> None:
    """A curator decided a dispute: who had said otherwise is told, and nothing is open any more."""
    asked = (Kind.DISPUTED, Kind.DISAGREED, Kind.ESCALATED, Kind.REOPENED, Kind.ASSIGNED)
    inbox.close(task.example, asked, ruling.at)
    given = standing_verdicts(task.example).select_related("reviewer")
    others = {verdict.reviewer for verdict in given if word_of(verdict) != word_of(ruling)}
    inbox.tell(others, Kind.OVERRULED, task, ruling.reviewer, ruling.at)


def _of_dispute(task: ReviewTask, by: User, now: datetime) -> None:
    """Every slot is decided and they differ: the curators decide, the reviewers may look."""
    waiting = ReviewTask.objects.filter(
        example=task.example_id, kind=ReviewTask.Kind.ADJUDICATION
    ).exclude(state__in=[State.DECIDED, State.CLOSED])
    dispute = waiting.first()
    if dispute is None:
        return
    given = standing_verdicts(task.example).select_related("reviewer")
    reviewers = {verdict.reviewer for verdict in given}
    inbox.tell(_curators(task), Kind.DISPUTED, dispute, by, now)
    webhooks.happened(task.project, "item.disputed", now, item=dispute.pk, example=task.example_id)
    inbox.tell(reviewers - set(_curators(task)), Kind.DISAGREED, dispute, by, now)


def _announce(task: ReviewTask, event: str, by: User, now: datetime, **facts: Any) -> None:
    webhooks.happened(
        task.project, event, now, item=task.pk, example=task.example_id, by=by.username, **facts
    )


def _curators(task: ReviewTask) -> list[User]:
    return list(people_who_may(task.project, Ability.CURATE))
