"""Dataset versions: asked for, built in batches, sealed with a hash of their content.

A build may be killed anywhere and run twice at once. What a version holds follows from
decisions that no longer change; each batch and the seal hold the version's own row, so nothing
is added behind a seal (style: lock the row whose promise you keep).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext

from curation import clean_rows, consent, export, near_rows, own_benchmarks, project_recipes, runs
from curation.label_models import figures_of
from curation.lengths import Lengths
from curation.models import DatasetRow, DatasetVersion, Decision, Example, LeftOut, Recall, RunLine
from curation.planning import planned
from curation.recipe import Recipe
from curation.selection import Candidate, Chosen, Fallen, Plan
from governance.ledger import record
from governance.models import Project, User
from lib import clock
from lib.canonical import digest_of
from lib.transitions import MoveRefused, Moves, move

State = DatasetVersion.State
MOVES: Moves = {
    State.REQUESTED: (State.BUILDING, State.CANCELLED, State.FAILED),
    State.BUILDING: (State.BUILDING, State.FROZEN, State.CANCELLED, State.FAILED),
    State.FROZEN: (),
    State.CANCELLED: (),
    State.FAILED: (),
}

# Everything the content depends on besides the decisions. A change of any rule of
# `curation.selection` or shape of `curation.export` is a new `format`.
DEFAULT: dict[str, Any] = {
    "format": export.FORMAT,
    "objectives": list(export.OBJECTIVES),
    "duplicates": "exact prompt, output and accepted code become one row",
    "near_duplicates": near_rows.RULE,
    "decontamination": clean_rows.rule(),
    "drop": ["no_change", "no_code", "no_prompt"],
    "split": {
        "shares": {"train": 80, "validation": 10, "test": 10},
        "together": ["repository", "session"],
        "salt": "emend-1",
    },
}

BATCH = 250  # rows written in one transaction
QUIET = timedelta(seconds=60)  # a builder that wrote nothing for this long is taken for dead
ATTEMPTS = 5


class NothingToFreeze(Exception):
    """The project has no accepted example."""


class Unbuildable(Exception):
    """This version can never be built; the message says why, for a person."""


@transaction.atomic
def request(
    project: Project,
    by: User,
    now: datetime,
    recipe: dict[str, Any] | None = None,
    *,
    is_scheduled: bool = False,
) -> DatasetVersion:
    """Ask for the next version, with all decisions made until now. Raises NothingToFreeze.

    The lock on decisions waits for verdicts that are being written and lets new ones come after,
    so that `last_decision` is a cutoff without a gap; a moment could have late ones before it.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE curation_decision IN SHARE MODE")
    if not Example.objects.filter(project=project, state=Example.State.ACCEPTED).exists():
        raise NothingToFreeze(
            gettext(
                "Nothing was frozen: no example of this project has been accepted yet."
                " Accept some in the review queue first."
            )
        )
    versions = DatasetVersion.objects.filter(project=project)
    version = DatasetVersion.objects.create(
        project=project,
        number=(versions.aggregate(last=Max("number"))["last"] or 0) + 1,
        recipe=recipe_for(project) if recipe is None else recipe,
        cutoff=now,
        earlier=frozen_of(project),
        last_recall=Recall.objects.filter(project=project).aggregate(last=Max("id"))["last"] or 0,
        last_decision=Decision.objects.aggregate(last=Max("id"))["last"] or 0,
        requested_by=by,
        requested_at=now,
    )
    record(project, by, "dataset version requested", named(version), now)
    runs.ask_for_build(version, now, is_scheduled=is_scheduled)
    return version


def frozen_of(project: Project) -> list[int]:
    """The numbers of the project's frozen versions, in order."""
    frozen = DatasetVersion.objects.filter(project=project, state=State.FROZEN)
    return list(frozen.order_by("number").values_list("number", flat=True))


def recipe_for(project: Project) -> dict[str, Any]:
    """The recipe of a version that is asked for now: the project's own, and its terms."""
    own = project_recipes.latest(project)
    return recipe_by(project, project_recipes.recipe_of(own) if own else None)


def recipe_by(project: Project, recipe: Recipe | None) -> dict[str, Any]:
    """What a version's recipe would be by this one: with the project's terms and benchmarks.

    A project without either has neither in it, and so the ids that it had.
    """
    made = DEFAULT | (project_recipes.criteria(recipe) if recipe else {})
    if benchmarks := own_benchmarks.rule(project):
        made["decontamination"] = made["decontamination"] | {"own": benchmarks}
    terms = consent.rule(project)
    return made | ({"consent": terms} if terms else {})


def build(version: DatasetVersion) -> None:
    """Build the version and seal it. Raises MoveRefused once it is frozen, cancelled or failed.

    Safe to kill and to run twice at once. Raises MoveRefused as well while another version of the
    project is built; this one then waits.
    """
    try:
        _begin(version)
        plan = _planned(version)
        done = 0
        for rows in batched(plan.rows, BATCH):
            done += sum(len(row.everyone) for row in rows)
            copy_rows(version, rows, done)
        for fallen in batched(plan.left_out, BATCH):
            keep_left_out(version, fallen)
        lengths = Lengths()
        files = export.described(version, lambda: touch(version), lengths.add)
        seal(version, plan, files, lengths)
    except Unbuildable as error:
        fail(version, str(error), clock.now())


@transaction.atomic
def copy_rows(version: DatasetVersion, rows: Sequence[Chosen], done: int) -> None:
    """Write one batch of rows, unless they are there already. Raises MoveRefused."""
    hold_open(version)
    members = [member for row in rows for member in row.everyone]
    texts = ("prompt", "output")
    examples = Example.objects.prefetch_related(*texts).in_bulk([each.example for each in members])
    decisions = Decision.objects.prefetch_related("ideal", "category").in_bulk(
        [row.leader.decision for row in rows]
    )
    made = []
    for row in rows:
        backing = export.Backing.of(row.members, row.near)
        leader = decisions[row.leader.decision]
        content = export.content_of(version, examples[row.leader.example], leader, backing)
        name = export.row_id(content)
        made += [_row(version, row, each, name) for each in row.members]
        made += [_row(version, row, each, name, is_near=True) for each in row.near]
    DatasetRow.objects.bulk_create(made, ignore_conflicts=True)
    DatasetVersion.objects.filter(pk=version.pk, progress__lt=done).update(progress=done)
    touch(version)
    total = DatasetVersion.objects.values_list("total", flat=True).get(pk=version.pk)
    before = done - sum(len(row.everyone) for row in rows)
    runs.say_how_far(runs.build_of(version), "rows", clock.now(), before, done, total)


@transaction.atomic
def keep_left_out(version: DatasetVersion, fallen: Sequence[Fallen]) -> None:
    """Write why accepted examples make no row, unless it is there already. Raises MoveRefused."""
    hold_open(version)
    made = [
        LeftOut(version=version, example_id=each.example, step=each.step, reason=each.reason)
        for each in fallen
    ]
    LeftOut.objects.bulk_create(made, ignore_conflicts=True)
    touch(version)


@transaction.atomic
def seal(
    version: DatasetVersion, plan: Plan, files: Sequence[export.File], lengths: Lengths
) -> None:
    """Freeze the version with its manifest and the hash of its content. Raises MoveRefused.

    The files were read before the lock; rows are only ever added, so an equal count under the
    lock means they are still the same.
    """
    hold_open(version)
    if version.rows.count() != plan.examples:
        raise Unbuildable("Its rows are not the ones its decisions call for. Freeze a new version.")
    now = clock.now()
    content = export.content_id({file.path: file.sha256 for file in files}, version.recipe)
    move(
        version,
        State.FROZEN,
        MOVES,
        manifest=manifest_of(version, plan, files, content)
        | {"lengths": lengths.told(), "label_quality": figures_of(version.project)},
        content_id=content,
        frozen_at=now,
        progress=plan.examples,
        total=plan.examples,
    )
    record(
        version.project, None, "dataset version frozen", named(version), now, subject_digest=content
    )
    run = runs.build_of(version)
    runs.say(run, "frozen", now, rows=len(plan.rows), files=len(files))
    runs.end(run, now)


@transaction.atomic
def cancel(version: DatasetVersion, by: User, now: datetime) -> None:
    """Stop the build; a builder at it notices at its next batch. Raises MoveRefused."""
    move(version, State.CANCELLED, MOVES)
    record(version.project, by, "dataset version cancelled", named(version), now)
    _stopped(version, "cancelled", runs.Level.WARNING, now)


@transaction.atomic
def fail(version: DatasetVersion, problem: str, now: datetime) -> None:
    """Give the build up, and say why. Raises MoveRefused."""
    move(version, State.FAILED, MOVES, problem=problem)
    record(version.project, None, "dataset version failed", named(version), now, problem=problem)
    _stopped(version, "failed", runs.Level.ERROR, now)


def due(now: datetime) -> QuerySet[DatasetVersion]:
    """Versions somebody should be building: asked for, or left by a builder that died.

    Those that wait for another one of their project are among them, and are refused.
    """
    left = Q(state=State.BUILDING) & Q(touched_at__lt=now - QUIET)
    return DatasetVersion.objects.filter(Q(state=State.REQUESTED) | left).order_by("id")


def next_of(project: Project) -> DatasetVersion | None:
    """The version of the project that has waited the longest."""
    waiting = DatasetVersion.objects.filter(project=project, state=State.REQUESTED)
    return waiting.order_by("number").first()


def hold_open(version: DatasetVersion) -> None:
    """Keep the version from being sealed or cancelled until we commit. Raises MoveRefused."""
    building = DatasetVersion.objects.filter(pk=version.pk, state=State.BUILDING)
    if building.select_for_update().first() is None:
        raise MoveRefused(f"{version} is no longer being built")


def touch(version: DatasetVersion) -> None:
    """Say that a builder is at it. Raises MoveRefused once it need not be."""
    building = DatasetVersion.objects.filter(pk=version.pk, state=State.BUILDING)
    if not building.update(touched_at=clock.now()):
        raise MoveRefused(f"{version} is no longer being built")


def named(version: DatasetVersion) -> str:
    """The version as people name it."""
    return f"dataset version {version.number}"


def manifest_of(
    version: DatasetVersion, plan: Plan, files: Iterable[export.File], content: str
) -> dict[str, Any]:
    """What the version is, for whoever has its files: funnel, composition, digests, recipe."""
    composition = Counter((row.leader.category, row.split) for row in plan.rows)
    languages = Counter(
        DatasetRow.objects.filter(version=version, leads=True).values_list("example__language")
    )
    return {
        "project": version.project.slug,
        "version": version.number,
        "content_id": content,
        "files": [asdict(file) for file in files],
        "recipe": version.recipe,
        "recipe_sha256": digest_of(version.recipe),
        "cutoff": version.cutoff.isoformat(),
        "funnel": plan.funnel.steps(),
        "rows": len(plan.rows),
        "examples": plan.examples,
        "splits": Counter(row.split for row in plan.rows),
        "leakage": _leakage(version, plan),
        "categories": [
            {"category": category, "split": split, "rows": rows}
            for (category, split), rows in sorted(composition.items())
        ],
        "languages": {name: rows for (name,), rows in sorted(languages.items())},
        "grouping": asdict(plan.grouping) | {"one_group_dominates": plan.grouping.is_giant},
    }


def _leakage(version: DatasetVersion, plan: Plan) -> list[dict[str, Any]] | None:
    """Of each benchmark, how many distinct rows were in it; none of them is in the version."""
    if plan.leaks is None:
        return None
    own, looked_at = version.recipe["decontamination"].get("own", {}), plan.funnel.distinct
    return [
        {
            "benchmark": name,
            "is_own": name in own,
            **{kind: found.get(f"benchmark_{kind}", 0) for kind in ("exact", "words", "alike")},
            "per_million": sum(found.values()) * 1_000_000 // max(1, looked_at),
        }
        for name, found in plan.leaks.items()
    ]


@transaction.atomic
def _begin(version: DatasetVersion) -> None:
    """Take the version into work, as the only one of its project; the lock orders workers."""
    _hold_project(version)
    if _another_is_built(version):
        raise MoveRefused(f"{version} waits for another one of its project")
    attempts = DatasetVersion.objects.values_list("attempts", flat=True).get(pk=version.pk)
    if attempts >= ATTEMPTS:
        raise Unbuildable(
            f"The build was begun {attempts} times and never came to its end. The decisions are"
            " kept; ask whoever runs this server to look at the worker's log."
        )
    now = clock.now()
    move(version, State.BUILDING, MOVES, attempts=attempts + 1, touched_at=now)
    runs.begin(runs.build_of(version), now)


def _hold_project(version: DatasetVersion) -> None:
    Project.objects.select_for_update(no_key=True).get(pk=version.project_id)


def _another_is_built(version: DatasetVersion) -> bool:
    built = DatasetVersion.objects.filter(project=version.project_id, state=State.BUILDING)
    return built.exclude(pk=version.pk).exists()


def _planned(version: DatasetVersion) -> Plan:
    plan = planned(version, lambda: touch(version))
    if not plan.rows:
        reasons = Counter(each.reason for each in plan.left_out)
        dropped = ", ".join(f"{reason} {n}" for reason, n in reasons.most_common())
        raise Unbuildable(
            "There is nothing to learn from in the accepted examples"
            f"{f' ({dropped})' if dropped else ''}. They are kept; accept others and freeze again."
        )
    _keep_plan(version, plan)
    return plan


@transaction.atomic
def _keep_plan(version: DatasetVersion, plan: Plan) -> None:
    DatasetVersion.objects.filter(pk=version.pk).update(total=plan.examples)
    written = DatasetVersion.objects.values_list("progress", flat=True).get(pk=version.pk)
    run, now = runs.build_of(version), clock.now()
    runs.pace(run, now, written)
    left_out = len(plan.left_out)
    runs.say(run, "planned", now, rows=len(plan.rows), done=plan.examples, left_out=left_out)


def _stopped(version: DatasetVersion, said: str, level: RunLine.Level, now: datetime) -> None:
    written, total = DatasetVersion.objects.values_list("progress", "total").get(pk=version.pk)
    run = runs.build_of(version)
    runs.say(run, said, now, level, done=written, total=total)
    runs.end(run, now)


def _row(
    version: DatasetVersion, row: Chosen, member: Candidate, name: str, *, is_near: bool = False
) -> DatasetRow:
    assert member.decision is not None
    return DatasetRow(
        version=version,
        example_id=member.example,
        decision_id=member.decision,
        split=row.split,
        row_id=name,
        leads=member is row.leader,
        is_near=is_near,
    )
