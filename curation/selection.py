"""Which decided examples make rows, and why the others do not."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection

from curation.models import DatasetVersion
from curation.splits import Grouped, Grouping, assign, tie

# Every example of the project that had arrived, with the last decision that counts
DECIDED = """
SELECT e.id, d.id, coalesce(d.outcome, ''), coalesce(d.reason, ''), c.client_id,
       e.prompt_id, e.output_id, d.ideal_id, e.repository, e.session,
       coalesce(k.slug, ''), coalesce(d.severity, '')
  FROM curation_example e
  JOIN feedback_correction c ON c.id = e.correction_id
  LEFT JOIN LATERAL (
       SELECT * FROM curation_decision d
        WHERE d.example_id = e.id AND d.id <= %s ORDER BY d.id DESC LIMIT 1
  ) d ON true
  LEFT JOIN curation_category k ON k.id = d.category_id
 WHERE e.project_id = %s AND (e.arrived_at <= %s OR d.id IS NOT NULL)
 ORDER BY e.id
"""


@dataclass(frozen=True)
class Candidate:
    """One example with its decision: ids and labels, no texts."""

    example: int
    decision: int | None
    outcome: str
    reason: str
    client_id: str
    prompt: UUID
    output: UUID
    ideal: UUID | None
    repository: str
    session: str
    category: str
    severity: str


@dataclass(frozen=True)
class Chosen:
    """One row to be: the examples that say the same, the first of them leading."""

    members: tuple[Candidate, ...]
    split: str = ""

    @property
    def leader(self) -> Candidate:
        """The example whose label stands in the file."""
        return self.members[0]


@dataclass
class Funnel:
    """How many there were, and how many each step dropped, by reason."""

    corrections: int = 0
    not_accepted: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    collapsed: int = 0
    rows: int = 0

    def steps(self) -> list[dict[str, Any]]:
        """Top to bottom; each step's `kept`, and what it dropped."""
        accepted = self.corrections - self.not_accepted.total()
        usable = accepted - self.dropped.total()
        return [
            {"step": "corrections", "kept": self.corrections, "dropped": {}},
            {"step": "accepted", "kept": accepted, "dropped": dict(self.not_accepted)},
            {"step": "usable", "kept": usable, "dropped": dict(self.dropped)},
            {
                "step": "distinct",
                "kept": self.rows,
                "dropped": {"exact_duplicate": self.collapsed} if self.collapsed else {},
            },
        ]


@dataclass(frozen=True)
class Plan:
    """What a version will hold; the same for everyone who makes it."""

    rows: tuple[Chosen, ...]
    funnel: Funnel
    grouping: Grouping

    @property
    def examples(self) -> int:
        """How many examples stand behind the rows."""
        return sum(len(row.members) for row in self.rows)


def plan_for(version: DatasetVersion, empty: UUID) -> Plan:
    """What the version holds, from the decisions up to its cutoff; `empty` is the empty blob."""
    with connection.cursor() as cursor:
        cursor.execute(DECIDED, [version.last_decision, version.project_id, version.cutoff])
        return plan(_read(cursor), version.recipe, empty)


def plan(candidates: Iterable[Candidate], recipe: Mapping[str, Any], empty: UUID) -> Plan:
    """Pick, collapse and split. It does not depend on the candidates' order or row numbers."""
    funnel = Funnel()
    alike: dict[tuple[UUID, UUID, UUID], list[Candidate]] = {}
    for each in candidates:
        funnel.corrections += 1
        if each.outcome != "accepted" or each.ideal is None:
            funnel.not_accepted[_why_not(each)] += 1
        elif problem := fault(each, empty):
            funnel.dropped[problem] += 1
        else:
            alike.setdefault((each.prompt, each.output, each.ideal), []).append(each)
    rows = [Chosen(ordered(members)) for members in alike.values()]
    funnel.rows = len(rows)
    funnel.collapsed = sum(len(row.members) - 1 for row in rows)
    splits, grouping = assign(
        [_grouped(row) for row in rows], recipe["split"]["shares"], recipe["split"]["salt"]
    )
    placed = (Chosen(row.members, splits[row.leader.client_id]) for row in rows)
    in_order = sorted(placed, key=lambda row: row.leader.client_id)
    return Plan(tuple(in_order), funnel, grouping)


def fault(candidate: Candidate, empty: UUID) -> str:
    """Why an accepted example cannot be learnt from; empty if it can."""
    if candidate.ideal == candidate.output:
        return "no_change"
    if candidate.ideal == empty:
        return "no_code"
    return "no_prompt" if candidate.prompt == empty else ""


def ordered(members: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Those that say the same, the leader first: of the commonest label, then the smallest id."""
    label = attrgetter("category", "severity")
    votes = Counter(label(each) for each in members)
    return tuple(sorted(members, key=lambda each: (-votes[label(each)], each.client_id)))


def _grouped(row: Chosen) -> Grouped:
    ties = [
        one
        for each in row.members
        for one in tie("repository", each.repository) + tie("session", each.session)
    ]
    return Grouped(row.leader.client_id, tuple(ties))


def _why_not(candidate: Candidate) -> str:
    if candidate.outcome == "rejected":
        return f"rejected_{candidate.reason or 'without_reason'}"
    return "waiting"


def _read(cursor: Any) -> Iterator[Candidate]:
    while page := cursor.fetchmany(2_000):
        for row in page:
            yield Candidate(*row)
