"""What a reviewer learns right after deciding an item that only measured."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from governance.models import Project, User
from lib.wording import inside
from reviews import opinions
from reviews.blindness import QUALITY
from reviews.models import ReviewTask, Verdict


@dataclass(frozen=True)
class Hindsight:
    """What was compared with what, in words; `why` is the curator's reason for a known answer."""

    task: int
    name: str
    is_gold: bool
    said: str
    right: str
    matches: bool
    why: str
    earlier_at: datetime | None

    @property
    def words(self) -> str:
        """In one sentence."""
        if self.is_gold:
            told = (
                gettext("{name} had a known answer: {right}, and so did you.")
                if self.matches
                else gettext("{name} had a known answer: {right}, you said {said}.")
            )
        else:
            told = (
                gettext("You had decided {name} before: {right}, as now.")
                if self.matches
                else gettext("You had decided {name} before: {right}, now you said {said}.")
            )
        return told.format(name=self.name, right=inside(self.right), said=inside(self.said))


def hindsight(project: Project, person: User, number: int | None) -> Hindsight | None:
    """On the person's verdict of this number. None unless its slot only measured and is decided."""
    if number is None:
        return None
    own = Verdict.objects.filter(reviewer=person, task__project=project, task__kind__in=QUALITY)
    compared = own.exclude(kind__in=[*Verdict.PUT_OFF, Verdict.Kind.UNDO])
    verdict = compared.select_related("task__probe__gold", "task__probe__earlier").filter(pk=number)
    return next((_of(project, each) for each in verdict), None)


def _of(project: Project, verdict: Verdict) -> Hindsight:
    names = opinions.named(project)
    top = opinions.top_slugs(project)
    probe = verdict.task.probe
    said = opinions.value_of(verdict.kind, verdict.category_id, top)
    answered = verdict.kind in opinions.ANSWERING
    right = opinions.value_of(*probe.answer, top)
    return Hindsight(
        task=verdict.task_id,
        name=verdict.task.name,
        is_gold=verdict.task.kind == ReviewTask.Kind.GOLD,
        said=names[said] if answered else verdict.get_kind_display(),
        right=names[right],
        matches=answered and said == right,
        why=probe.gold.why if probe.gold else "",
        earlier_at=probe.earlier.at if probe.earlier else None,
    )
