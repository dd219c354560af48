"""The blind first pass: nobody sees others' verdicts, or the judge's opinion, before their own."""

from django.db.models import QuerySet

from curation.models import Example
from curation.voting import JUDGE
from governance.access import Ability
from governance.models import User
from reviews.models import ReviewTask, Verdict

Kind = ReviewTask.Kind
HIDDEN_LABELERS = frozenset({JUDGE})
QUALITY = (Kind.GOLD, Kind.AGAIN)


def is_blind(task: ReviewTask, reviewer: User) -> bool:
    """Whether the reviewer could not have seen a verdict on the example that is not their own."""
    if task.kind in QUALITY:
        return True
    others = Verdict.objects.filter(task__example=task.example_id).exclude(reviewer=reviewer)
    if task.kind == Kind.ADJUDICATION:
        return not others.exists()
    mine = Verdict.objects.filter(
        task__example=task.example_id, reviewer=reviewer, kind__in=Verdict.COUNTED
    )
    return not (mine.exists() and others.exists())


def may_see_verdicts(task: ReviewTask, person: User, abilities: frozenset[Ability]) -> bool:
    """Whether to show the person what others decided, and what the judge said."""
    if task.kind in QUALITY and task.state != ReviewTask.State.DECIDED:
        return False
    if Ability.REVIEW not in abilities or task.example.state != Example.State.LABELLED:
        return True
    if Ability.CURATE in abilities and (task.kind == Kind.ADJUDICATION or task.is_escalated):
        return True
    return ReviewTask.objects.filter(example=task.example_id, decided_by=person).exists()


def measuring(viewer: User) -> QuerySet[ReviewTask, int]:
    """Settled examples that wait for the viewer's word once more: their outcome stays hidden."""
    mine = ReviewTask.objects.filter(assigned_to=viewer, kind__in=QUALITY)
    return mine.exclude(state=ReviewTask.State.DECIDED).values_list("example_id", flat=True)
