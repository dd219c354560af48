"""The near-duplicates of an item as its page shows them: what may be decided with it, what not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext

from curation.models import Cluster, ClusterMember, Example
from curation.nearness import ALIKE
from governance.models import Project, User
from reviews import rows
from reviews.batches import why_not
from reviews.blindness import measuring
from reviews.diffing import Diff, diff
from reviews.models import BatchItem, ReviewTask

SHOWN = 40  # members of a big cluster that one page shows, the likest first

State = ReviewTask.State
OUTCOMES = {Example.State.ACCEPTED: "accepted", Example.State.REJECTED: "rejected"}


@dataclass(frozen=True)
class Member:
    """One example of the cluster, and how it differs from the exemplar."""

    example: Example
    task: ReviewTask
    likeness: int  # per cent; never rounded up to the whole
    is_exemplar: bool
    is_here: bool  # the item whose page it is
    why_not: str  # why it cannot be decided here; empty if it can
    outcome: str  # what was decided; empty where nothing was
    differences: Sequence[tuple[str, Diff]]

    @property
    def is_outlier(self) -> bool:
        """Is it so unlike the exemplar that it should be looked at alone?"""
        return self.likeness < round(100 * ALIKE)

    @property
    def is_ticked(self) -> bool:
        """Whether it is decided with the others unless somebody excludes it."""
        return not self.why_not and not self.is_outlier


@dataclass(frozen=True)
class Around:
    """The item's cluster: the exemplar first, who is like it, and outliers apart."""

    cluster: Cluster
    members: Sequence[Member]
    hidden: int

    @property
    def alike(self) -> list[Member]:
        """Near the exemplar, itself among them."""
        return [each for each in self.members if not each.is_outlier]

    @property
    def outliers(self) -> list[Member]:
        """Not near enough to be decided unseen."""
        return [each for each in self.members if each.is_outlier]

    @property
    def ticked(self) -> int:
        """How many are decided together unless somebody excludes some."""
        return sum(each.is_ticked for each in self.members)

    @property
    def can_decide(self) -> bool:
        """Is there another one than the item itself to decide?"""
        return any(not each.why_not and not each.is_here for each in self.members)


def kin_of(task: ReviewTask) -> dict[str, int] | None:
    """How many near-duplicates the item's cluster has, and how many others wait; None without."""
    kin = ClusterMember.objects.filter(cluster__members=task.example_id)
    waiting = Count("pk", filter=Q(example__state=Example.State.LABELLED))
    found = kin.exclude(pk=task.example_id).aggregate(others=Count("pk"), waiting=waiting)
    return {"size": found["others"] + 1, "waiting": found["waiting"]} if found["others"] else None


def around(task: ReviewTask, person: User, project: Project) -> Around | None:
    """The near-duplicates of the item, if it has any."""
    own = ClusterMember.objects.filter(pk=task.example_id).select_related("cluster").first()
    if own is None:
        return None
    texts = ("example__output", "example__ideal", "example__category")
    kin = own.cluster.members.select_related(*texts).order_by("-likeness", "example_id")
    found = list(kin[:SHOWN])
    if own.pk not in {each.pk for each in found}:
        found[-1] = kin.get(pk=own.pk)
    tasks, free = _task_of_each(found, task, person, project)
    seen = set(
        rows.seen_by(person)
        .filter(example__in=tasks)
        .exclude(pk=task.pk)
        .values_list("example_id", flat=True)
    )
    by_example = {each.example_id: each.example for each in found}
    exemplar = by_example.get(own.cluster.exemplar_id, found[0].example)
    hidden = {task.example_id, *measuring(person)}
    members = [
        _member(
            each,
            exemplar,
            tasks[each.example_id],
            hidden,
            _why(tasks[each.example_id], person, free, seen),
            is_here=tasks[each.example_id].pk == task.pk,
        )
        for each in found
        if each.example_id in tasks
    ]
    members.sort(key=lambda each: (not each.is_exemplar, -each.likeness, each.example.pk))
    return Around(own.cluster, members, own.cluster.size - len(members))


def _task_of_each(
    members: Sequence[ClusterMember], here: ReviewTask, person: User, project: Project
) -> tuple[Mapping[int, ReviewTask], set[int]]:
    """The slot to show of each example, a free one if there is; and which are free."""
    pks = [each.example_id for each in members]
    slots = ReviewTask.objects.filter(example__in=pks, kind=ReviewTask.Kind.PLAIN)
    tasks: dict[int, ReviewTask] = {}
    for each in slots.select_related("leased_to").order_by("slot"):
        tasks.setdefault(each.example_id, each)
    free = {
        each.example_id: each
        for each in rows.free_for(project, person).exclude(author=person).filter(example__in=pks)
    }
    return tasks | free | {here.example_id: here}, {each.pk for each in free.values()}


def _why(task: ReviewTask, person: User, free: set[int], seen: set[int]) -> str:
    """Why the slot cannot be decided here; empty if it can."""
    is_held = task.state == State.LEASED and task.leased_to_id == person.pk
    if is_held or task.pk in free:
        return ""
    why = why_not(task, person, task.example_id in seen)
    return (
        gettext("not free for you now")
        if why == BatchItem.Why.BUSY
        else str(BatchItem.Why(why).label)
    )


def _member(
    row: ClusterMember,
    exemplar: Example,
    task: ReviewTask,
    hidden: Collection[int],  # examples whose decision a blind pass must not tell
    why: str,
    *,
    is_here: bool,
) -> Member:
    example = row.example
    return Member(
        example=example,
        task=task,
        likeness=int(100 * row.likeness),
        is_exemplar=example == exemplar,
        is_here=is_here,
        why_not=why,
        outcome="" if example.pk in hidden else OUTCOMES.get(Example.State(example.state), ""),
        differences=_differences(exemplar, example),
    )


def _differences(exemplar: Example, example: Example) -> list[tuple[str, Diff]]:
    """What is different on each side; a side that is the same is left out."""
    sides = (
        (gettext("The suggestion"), exemplar.output, example.output),
        (gettext("The correction"), exemplar.ideal, example.ideal),
    )
    return [
        (name, diff(before.text, after.text, language=example.language, file_path=""))
        for name, before, after in sides
        if before.pk != after.pk
    ]
