"""Asking the judge about what waits for review, in projects whose admin said so.

A vote is kept with how sure the model was and has no part in the label (`curation.voting.JUDGE`).
Whatever keeps it from voting is an abstention with its reason, counted by day. Once an example has
the vote of this model and question it is not asked about again; tasks may come twice or die.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from curation import categories
from curation.judge.answer import Judged, NoAnswer, judged
from curation.judge.engine import Endpoint, ask, is_installed
from curation.judge.question import VERSION, question_of
from curation.models import Example, JudgeChoice, JudgeCount, Vote
from curation.votes import evidence_of
from curation.voting import JUDGE
from governance.ledger import record
from governance.models import Project, User

VOTED = "voted"
GIVE_UP = 3  # failures of the server in a row after which a run ends
# The server is at fault and may be better later: no vote is written, the example is asked again
PASSING = ("timeout", "overloaded", "unreachable")
PERMILLE = 1_000
TURN = timedelta(minutes=15)  # longer than a run's questions may take, each at its limit


def endpoint() -> Endpoint | None:
    """Where the judge answers; None where the deployment names nobody or lacks what it takes."""
    if not settings.JUDGE_URL or not is_installed():
        return None
    return Endpoint(
        settings.JUDGE_URL, settings.JUDGE_MODEL, settings.JUDGE_KEY, settings.JUDGE_SELECTS
    )


@transaction.atomic
def choose(project: Project, is_on: bool, by: User, now: datetime) -> None:
    """Let the judge be asked about a project's examples, or no longer."""
    JudgeChoice.objects.update_or_create(
        project=project, defaults={"is_on": is_on, "set_by": by, "set_at": now}
    )
    record(project, by, "judge switched on" if is_on else "judge switched off", project.slug, now)


def choice_of(project: Project) -> JudgeChoice | None:
    """What the project's admin said last; None where nobody ever did, and nobody is asked."""
    return JudgeChoice.objects.filter(project=project).select_related("set_by").first()


def judge_waiting(limit: int, now: datetime) -> int:
    """Ask about up to `limit` examples of every project that lets us; how many were asked about."""
    place = endpoint()
    if place is None:
        return 0
    chosen = JudgeChoice.objects.filter(is_on=True).select_related("project").order_by("project")
    asked = 0
    for choice in chosen:
        if _begin(choice, now):
            asked += _judge(choice.project, place, limit, now)
            JudgeChoice.objects.filter(pk=choice.pk).update(busy_until=None)
    return asked


def _begin(choice: JudgeChoice, now: datetime) -> bool:
    """Whether it is for this worker to ask; the turn is in the row, and runs out by itself."""
    free = Q(busy_until=None) | Q(busy_until__lt=now)
    mine = JudgeChoice.objects.filter(free, pk=choice.pk, is_on=True)
    return bool(mine.update(busy_until=now + TURN))


def counts_of(project: Project, since: date) -> list[tuple[str, int]]:
    """How often asking came to what since that day, the commonest first."""
    rows = JudgeCount.objects.filter(project=project, day__gte=since).values_list("outcome")
    return list(rows.annotate(n=Sum("count")).order_by("-n", "outcome"))


def waiting(project: Project) -> QuerySet[Example]:
    """Labelled examples of which the judge has not said anything, those that came first first."""
    said = Vote.objects.filter(example=OuterRef("pk"), labeler=JUDGE, version=VERSION)
    labelled = Example.objects.filter(project=project, state=Example.State.LABELLED)
    return labelled.filter(~Exists(said)).order_by("id")


def _judge(project: Project, place: Endpoint, limit: int, now: datetime) -> int:
    """Ask about some of a project's examples, within its budget for the day."""
    day = now.date()
    spent = JudgeCount.objects.filter(project=project, day=day).aggregate(n=Sum("count"))["n"] or 0
    room = min(limit, max(0, settings.JUDGE_DAILY - spent))
    if not room:
        return 0
    texts = ("project", "prompt", "output", "ideal", "correction")
    examples = list(waiting(project).prefetch_related(*texts)[:room])
    asked, failed = 0, 0
    for example in examples:
        asked += 1
        try:
            found: Judged | NoAnswer = judged(ask(place, question_of(evidence_of(example))))
        except NoAnswer as error:
            found = error
        outcome = _kept(example, found, place, now)
        failed = failed + 1 if outcome in PASSING else 0
        if failed >= GIVE_UP:
            break
    return asked


@transaction.atomic
def _kept(example: Example, found: Judged | NoAnswer, place: Endpoint, now: datetime) -> str:
    """Write the vote or the abstention, unless another worker has, and count it; the outcome."""
    outcome = found.kind if isinstance(found, NoAnswer) else VOTED
    if outcome not in PASSING:
        Vote.objects.bulk_create([_vote(example, found, place, now)], ignore_conflicts=True)
    row, _ = JudgeCount.objects.get_or_create(
        project=example.project, day=now.date(), outcome=outcome
    )
    JudgeCount.objects.filter(pk=row.pk).update(count=F("count") + 1)
    return outcome


def _vote(example: Example, found: Judged | NoAnswer, place: Endpoint, now: datetime) -> Vote:
    vote = Vote(example=example, labeler=JUDGE, version=VERSION, at=now)
    told: dict[str, Any] = {"model": place.model}
    if isinstance(found, NoAnswer):
        vote.reason = f"No answer: {found.kind.replace('_', ' ')}."
        vote.evidence = told | {"kind": found.kind}
        return vote
    sure = found.probability
    vote.category = categories.by_slug(example.project)[found.category]
    vote.reason = (found.why or f"It says {found.category}.")[:300]
    vote.evidence = told | {
        "permille": None if sure is None else round(PERMILLE * sure),
        "confidence_from": found.confidence_from,
    }
    return vote
