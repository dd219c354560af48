"""The order of the queue: how much a decision on an item is expected to teach.

Every part is 0 to 1,000 points and can be switched off in the project's policy. Age is points a
day, counted from the far end of the century, so that a stored number keeps its order while time
passes. A share of the items has a drawn number instead of a value: which ones are decided first
does not depend on what they are, so what they show holds for all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext, ngettext

from curation.models import Example
from governance.models import Project
from reviews.models import ReviewNeed, ReviewPolicy, ReviewTask

DOUBT, CLUSTER, WEAKNESS, NOVELTY = 1000, 500, 500, 300  # thousandths of each part's points
HIGHEST = DOUBT + CLUSTER + WEAKNESS + NOVELTY
A_DAY = 10
FAR = datetime(2100, 1, 1, tzinfo=UTC)
PLENTY = 10  # accepted examples of a kind that halve its novelty
RECENT = timedelta(weeks=8)  # of corrections that show a weakness
BATCH = 80_000  # numbers in one statement: some 10,000 slots

# For an example `e`, its cluster, its project's policy `p` and need `n`
PARTS = f"""
LATERAL (SELECT
    round(1000 * (1 - e.probability))::int AS doubt,
    coalesce(cluster.size, 1) AS cluster_size,
    coalesce(n.weakness, 0)::int AS weakness,
    1000 * {PLENTY} / ({PLENTY} + coalesce(n.accepted, 0)) AS novelty,
    ('x' || left(md5('random' || e.id), 7))::bit(28)::int %% 1000
        < coalesce(p.random_share, 50) AS is_random,
    ('x' || left(md5('place' || e.id), 7))::bit(28)::int %% {HIGHEST} AS place
) AS part
"""
AROUND = """
LEFT JOIN curation_clustermember member ON member.example_id = e.id
LEFT JOIN curation_cluster cluster ON cluster.id = member.cluster_id
LEFT JOIN reviews_reviewneed n
  ON n.project_id = e.project_id AND n.category_id = e.category_id AND n.language = e.language
"""
URGENCY = f"""
(CASE WHEN part.is_random THEN part.place ELSE (
      {DOUBT} * part.doubt * coalesce(p.weighs_doubt, true)::int
    + {CLUSTER} * (1000 - 1000 / part.cluster_size) * coalesce(p.weighs_cluster, true)::int
    + {WEAKNESS} * part.weakness * coalesce(p.weighs_weakness, true)::int
    + {NOVELTY} * part.novelty * coalesce(p.weighs_novelty, true)::int) / 1000 END
 + coalesce(p.weighs_age, true)::int
   * floor(extract(epoch FROM timestamptz '2100-01-01Z' - {{at}}) * {A_DAY} / 86400)::int)
"""

RANK = f"""
UPDATE reviews_reviewtask AS task
   SET doubt = found.doubt, cluster_size = found.cluster_size, weakness = found.weakness,
       novelty = found.novelty, is_random = found.is_random, urgency = found.urgency
  FROM (
    SELECT t.id, part.*, {URGENCY.format(at="t.opened_at")} AS urgency
      FROM reviews_reviewtask t
      JOIN curation_example e ON e.id = t.example_id
      LEFT JOIN reviews_reviewpolicy p ON p.project_id = e.project_id
      {AROUND} CROSS JOIN {PARTS}
     WHERE t.project_id = %s AND t.state IN ('open', 'escalated', 'snoozed')
       AND t.kind NOT IN ('gold', 'again')
       AND t.id > %s AND t.id <= %s
  ) AS found
 WHERE task.id = found.id
   AND (task.urgency, task.doubt, task.cluster_size, task.weakness, task.novelty)
       IS DISTINCT FROM
       (found.urgency, found.doubt, found.cluster_size, found.weakness, found.novelty)
"""  # noqa: S608  constants of this module


@dataclass(frozen=True)
class Part:
    """One part of the value, in points; a part that is switched off counts for nothing."""

    name: str
    why: str
    points: int
    is_on: bool


def parts_of(task: ReviewTask, policy: ReviewPolicy, now: datetime) -> list[Part]:
    """Why the item stands where it stands, as of now. Pure."""
    days = max((now - task.opened_at).total_seconds() / 86400, 0)
    alike = (
        gettext("{cluster_size} alike").format(cluster_size=task.cluster_size)
        if task.cluster_size > 1
        else gettext("nothing like it")
    )
    waiting = ngettext("waiting {n} day", "waiting {n} days", round(days)).format(n=round(days))
    return [
        Part(
            gettext("Doubt"),
            gettext("the votes leave {doubt_percent} % open").format(
                doubt_percent=task.doubt_percent
            ),
            DOUBT * task.doubt // 1000,
            policy.weighs_doubt,
        ),
        Part(
            gettext("Cluster"),
            alike,
            CLUSTER * (1000 - 1000 // task.cluster_size) // 1000,
            policy.weighs_cluster,
        ),
        Part(
            gettext("Weakness"),
            gettext("what developers correct in the live model"),
            WEAKNESS * task.weakness // 1000,
            policy.weighs_weakness,
        ),
        Part(
            gettext("Novelty"),
            gettext("how little of it the data has"),
            NOVELTY * task.novelty // 1000,
            policy.weighs_novelty,
        ),
        Part(gettext("Age"), waiting, int(days * A_DAY), policy.weighs_age),
    ]


def value_of(parts: list[Part]) -> int:
    """Their sum. Pure."""
    return sum(part.points for part in parts if part.is_on)


def rank(project: Project) -> int:
    """Give every waiting slot of the project its place; how many changed. Safe to repeat.

    Slots that only measure keep theirs: of a decided example there is no doubt any more, and a
    page that said so would say what the slot is for.
    """
    waiting = ReviewTask.objects.filter(project=project, state__in=["open", "escalated", "snoozed"])
    ids = waiting.order_by("id").values_list("id", flat=True)
    first, last = ids.first(), ids.last()
    changed = 0
    for start in range((first or 1) - 1, last or 0, BATCH):
        with connection.cursor() as cursor:
            cursor.execute(RANK, [project.pk, start, start + BATCH])
            changed += cursor.rowcount
    return changed


@transaction.atomic
def find_needs(project: Project, live_models: list[str], now: datetime) -> None:
    """Count what the data has, and how often developers correct the live models, per category."""
    weakness = weakness_of(_corrections(project, live_models, now))
    kinds = Example.objects.filter(project=project, category__isnull=False)
    accepted = {
        (row["category"], row["language"]): row["n"]
        for row in kinds.filter(state=Example.State.ACCEPTED)
        .values("category", "language")
        .annotate(n=Count("pk"))
    }
    seen = set(kinds.values_list("category", "language").distinct().order_by())
    ReviewNeed.objects.bulk_create(
        [
            ReviewNeed(
                project=project,
                category_id=category,
                language=language,
                accepted=accepted.get((category, language), 0),
                weakness=weakness.get(category, 0),
            )
            for category, language in sorted(seen)
        ],
        update_conflicts=True,
        unique_fields=["project", "category", "language"],
        update_fields=["accepted", "weakness"],
    )


def weakness_of(corrections: Mapping[int, int]) -> dict[int, int]:
    """Corrections per category as thousandths of the most corrected one's. Pure."""
    most = max(corrections.values(), default=0)
    return {category: 1000 * count // most for category, count in corrections.items() if most}


def _corrections(project: Project, live_models: list[str], now: datetime) -> dict[int, int]:
    found = Example.objects.filter(
        project=project,
        category__isnull=False,
        model_name__in=live_models,
        occurred_at__gte=now - RECENT,
    )
    return dict(found.values_list("category").annotate(n=Count("pk")).order_by())
