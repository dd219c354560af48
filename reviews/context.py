"""What surrounds an item: decisions on others like it, the same file, and what accepting it does.

Only what is settled about other items is shown, never a verdict on this one: the first pass
stays blind. Every question is bounded, so that a page costs the same in a full project.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import md5

from django.db.models.functions import MD5
from django.utils.translation import gettext, ngettext

from curation import consent
from curation.models import Category, ClusterMember, DatasetVersion, Example
from governance.models import User
from lib.scales import count
from reviews.blindness import measuring
from reviews.models import ReviewTask

WINDOW = 400  # decisions looked through for some like this one
SINCE = 1_000  # decisions counted since the last dataset version; more is "1,000+"
SHOWN = 6
ALIKE = 50  # members of a cluster that are looked at
SETTLED = (Example.State.ACCEPTED, Example.State.REJECTED)


@dataclass(frozen=True)
class Near:
    """Another item, as a line of a list."""

    task: int
    path: str
    outcome: str
    at: datetime
    why: str


@dataclass(frozen=True)
class Effect:
    """What accepting the item does, in three lines at most."""

    balance: str
    alike: str
    problem: str


def similar(task: ReviewTask, viewer: User) -> list[Near]:
    """Settled items most like this one: of its cluster, its file, its category and language."""
    decided = ReviewTask.objects.filter(
        project=task.project_id, state=ReviewTask.State.DECIDED, example__state__in=SETTLED
    )
    decided = decided.exclude(example=task.example_id).exclude(example__in=measuring(viewer))
    decided = decided.select_related("example__category")
    cluster = _cluster_of(task)
    alike = list(decided.filter(example__in=cluster)[:ALIKE]) if cluster else []
    recent = decided.order_by("-decided_at")[:WINDOW]
    best: dict[int, tuple[int, ReviewTask]] = {}
    for each in [*alike, *recent]:
        score = _likeness(task, each, cluster)
        if score >= 2 and each.example_id not in best:
            best[each.example_id] = (score, each)
    ranked = sorted(best.values(), key=lambda pair: (-pair[0], -pair[1].pk))[:SHOWN]
    return [_near(each, _why(task, each, cluster)) for _, each in ranked]


def same_file(task: ReviewTask, viewer: User) -> list[Near]:
    """Other corrections of the same file, the newest first."""
    if not task.file_path:
        return []
    digest = md5(task.file_path.encode(), usedforsecurity=False).hexdigest()
    others = (
        Example.objects.alias(path_md5=MD5("file_path"))
        .filter(project=task.project_id, path_md5=digest, repository=task.repository)
        .exclude(pk=task.example_id)
        .exclude(pk__in=measuring(viewer))
        .exclude(state=Example.State.ARRIVED)
        .order_by("-id")[:SHOWN]
    )
    slots = ReviewTask.objects.filter(example__in=list(others.values_list("pk", flat=True)))
    first: dict[int, ReviewTask] = {}
    for slot in slots.select_related("example__category", "example__correction").order_by("slot"):
        first.setdefault(slot.example_id, slot)
    found = sorted(first.values(), key=lambda slot: -slot.example_id)
    return [_near(slot, slot.example.correction.comment) for slot in found]


def effect(task: ReviewTask, category: Category | None) -> Effect:
    """What the next dataset version gains by it."""
    return Effect(_balance(task, category), _duplicates(task), _fault(task.example))


def _balance(task: ReviewTask, category: Category | None) -> str:
    if category is None:
        return gettext("Choose a category to see how many the next dataset version has of it.")
    frozen = DatasetVersion.objects.filter(
        project=task.project_id, state=DatasetVersion.State.FROZEN
    )
    last = (
        frozen.order_by("-number").values_list("number", "cutoff", "manifest__categories").first()
    )
    number, cutoff, rows = last or (0, None, [])
    held: Counter[str] = Counter()
    for each in rows or []:
        held[each["category"]] += each["rows"]
    since = ReviewTask.objects.filter(project=task.project_id, state=ReviewTask.State.DECIDED)
    if cutoff is not None:
        since = since.filter(decided_at__gt=cutoff)
    accepted = list(
        since.order_by("-decided_at").values_list(
            "example_id", "example__state", "example__category__slug"
        )[: SINCE + 1]
    )
    new = {pk: slug for pk, state, slug in accepted if state == Example.State.ACCEPTED}
    held.update(new.values())
    mine, more = held[category.slug], "+" if len(accepted) > SINCE else ""
    whole = held.total()
    return gettext("v{version} so far: {category} {mine} → {then} of {whole}").format(
        version=number + 1,
        category=category.title,
        mine=f"{count(mine)}{more}",
        then=f"{count(mine + 1)}{more}",
        whole=f"{count(whole + 1)}{more}",
    )


def _duplicates(task: ReviewTask) -> str:
    member = ClusterMember.objects.filter(example=task.example_id).select_related("cluster").first()
    if member is None:
        return gettext("Nothing like it was reported yet: a row of its own")
    others = member.cluster.size - 1
    return ngettext(
        "{n} near-duplicate: together one row, with their weight",
        "{n} near-duplicates: together one row, with their weight",
        others,
    ).format(n=count(others))


def _fault(example: Example) -> str:
    if refusal := consent.refusal_of(example):
        return gettext("It stays out of dataset versions: {why}").format(why=gettext(refusal))
    if example.ideal_id == example.output_id:
        return gettext("It changes nothing, so it would be left out")
    return gettext("The code differs from the output, so there is something to learn")


def _cluster_of(task: ReviewTask) -> set[int]:
    mine = ClusterMember.objects.filter(example=task.example_id).values("cluster")[:1]
    members = ClusterMember.objects.filter(cluster=mine).exclude(example=task.example_id)
    return set(members.values_list("example", flat=True)[:ALIKE])


def _likeness(task: ReviewTask, other: ReviewTask, cluster: Iterable[int]) -> int:
    """How alike, from 0. Pure."""
    score = 8 if other.example_id in cluster else 0
    score += 4 if _is_same_file(task, other) else 0
    score += 2 if other.example.category_id == task.category_id else 0
    return score + (1 if other.language == task.language else 0)


def _why(task: ReviewTask, other: ReviewTask, cluster: Iterable[int]) -> str:
    if other.example_id in cluster:
        return "near-duplicate"
    if _is_same_file(task, other):
        return gettext("same file")
    return (
        gettext("same category and language")
        if other.language == task.language
        else gettext("same category")
    )


def _is_same_file(task: ReviewTask, other: ReviewTask) -> bool:
    here, there = (task.repository, task.file_path), (other.repository, other.file_path)
    return bool(task.file_path) and here == there


def _near(slot: ReviewTask, why: str) -> Near:
    example = slot.example
    words = {Example.State.ACCEPTED: "accepted", Example.State.REJECTED: "rejected"}
    outcome = words.get(Example.State(example.state), gettext("waits for review"))
    if example.state == Example.State.ACCEPTED and example.category:
        outcome = gettext("accepted as {name}").format(name=example.category.title)
    at = slot.decided_at if example.state in SETTLED and slot.decided_at else example.arrived_at
    return Near(slot.pk, slot.file_path or slot.name, outcome, at, why[:160])
