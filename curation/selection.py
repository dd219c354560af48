"""Which decided examples make rows, and why the others do not."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection

from curation.consent import Refusal, refusals
from curation.models import DatasetVersion
from curation.recipe import Caps
from curation.row_caps import over_caps
from curation.splits import STICKY, Grouped, Grouping, assign, tie

# The examples of a project that had arrived, each with the last decision that counts
STOOD = """
  FROM curation_example e
  JOIN feedback_correction c ON c.id = e.correction_id
  LEFT JOIN LATERAL (
       SELECT * FROM curation_decision d
        WHERE d.example_id = e.id AND d.id <= %s ORDER BY d.id DESC LIMIT 1
  ) d ON true
  LEFT JOIN LATERAL (
       SELECT is_recalled FROM curation_recall r
        WHERE r.example_id = e.id AND r.id <= %s ORDER BY r.id DESC LIMIT 1
  ) r ON true
  LEFT JOIN curation_category k ON k.id = d.category_id
 WHERE e.project_id = %s AND (e.arrived_at <= %s OR d.id IS NOT NULL)
"""
DECIDED = f"""
SELECT e.id, d.id, coalesce(d.outcome, ''), coalesce(d.reason, ''), c.client_id,
       e.prompt_id, e.output_id, d.ideal_id, e.repository, e.session,
       coalesce(k.slug, ''), coalesce(d.severity, ''), e.developer,
       coalesce(r.is_recalled, false)
{STOOD}
"""

RECALLED = "recalled"

type Texts = tuple[UUID, UUID, UUID | None]


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
    developer: str = ""
    is_recalled: bool = False

    @property
    def says(self) -> Texts:
        """Equal where examples say the same: prompt, output and accepted code."""
        return self.prompt, self.output, self.ideal


@dataclass(frozen=True)
class Chosen:
    """One row to be: the examples that say the same, the first of them leading.

    Behind it stand its near-duplicates. `kin` names all rows that hang together by likeness.
    """

    members: tuple[Candidate, ...]
    split: str = ""
    near: tuple[Candidate, ...] = ()
    kin: str = ""

    @property
    def leader(self) -> Candidate:
        """The example whose label stands in the file."""
        return self.members[0]

    @property
    def everyone(self) -> tuple[Candidate, ...]:
        """The examples that say the same, and those that say nearly the same."""
        return self.members + self.near


# Rows with their near-duplicates gathered behind them
type Gather = Callable[[list[Chosen]], list[Chosen]]
# Why rows fall out, by their leader's id
type Sift = Callable[[list[Chosen]], Mapping[str, str]]


def _all_allowed(repository: str) -> str:
    return ""


def _all_stay(rows: list[Chosen]) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class Looks:
    """What must look at texts, of which nothing here knows more than their ids."""

    clean: Sift = _all_stay  # rows that are in no benchmark
    fit: Sift = _all_stay  # rows of the right size, that parse
    gather: Gather = list


@dataclass
class Funnel:
    """How many there were, and how many each step dropped, by reason."""

    corrections: int = 0
    fell: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    collapsed: int = 0
    distinct: int = 0
    rows: int | None = None  # None where near-duplicates were not gathered
    # By reason; None where the recipe asks nothing of the kind
    leaked: Counter[str] | None = None
    unfit: Counter[str] | None = None
    capped: Counter[str] | None = None
    has_terms: bool = False  # whether anybody stated whose code may be learnt from

    def steps(self) -> list[dict[str, Any]]:
        """Top to bottom; each step's `kept`, and what it dropped."""
        left = self.corrections
        steps: list[dict[str, Any]] = [{"step": "corrections", "kept": left, "dropped": {}}]
        for step in ("accepted", "allowed", "usable"):
            if step != "allowed" or self.has_terms:
                left -= self.fell[step].total()
                steps.append({"step": step, "kept": left, "dropped": dict(self.fell[step])})
        alike = {"exact_duplicate": self.collapsed} if self.collapsed else {}
        steps.append({"step": "distinct", "kept": self.distinct, "dropped": alike})
        left = self.distinct
        for step, fallen in (("clean", self.leaked), ("fit", self.unfit)):
            if fallen is not None:
                left -= fallen.total()
                steps.append({"step": step, "kept": left, "dropped": dict(fallen)})
        if self.rows is not None:
            near, left = left - self.rows, self.rows
            dropped = {"near_duplicate": near} if near else {}
            steps.append({"step": "gathered", "kept": left, "dropped": dropped})
        if self.capped is not None:
            left -= self.capped.total()
            steps.append({"step": "capped", "kept": left, "dropped": dict(self.capped)})
        return steps


@dataclass(frozen=True)
class Fallen:
    """An accepted example that makes no row: at which step, and why."""

    example: int
    step: str
    reason: str


@dataclass(frozen=True)
class Plan:
    """What a version will hold; the same for everyone who makes it."""

    rows: tuple[Chosen, ...]
    left_out: tuple[Fallen, ...]  # accepted, and not in a row
    funnel: Funnel
    grouping: Grouping
    # Of each benchmark, how many distinct rows were in it and so fell out, by how it was found
    leaks: Mapping[str, Mapping[str, int]] | None = None

    @property
    def examples(self) -> int:
        """How many examples stand behind the rows."""
        return sum(len(row.everyone) for row in self.rows)


def candidates_of(
    version: DatasetVersion, examples: Sequence[int] | None = None
) -> list[Candidate]:
    """These examples (or all) as they stood at the version's cutoff; none that came later."""
    some = "" if examples is None else "AND e.id = ANY(%s)"
    given = [] if examples is None else [list(examples)]
    with connection.cursor() as cursor:
        cursor.execute(f"{DECIDED} {some} ORDER BY e.id", [*as_of(version), *given])
        return list(_read(cursor))


def as_of(version: DatasetVersion) -> list[Any]:
    """What STOOD asks for."""
    return [version.last_decision, version.last_recall, version.project_id, version.cutoff]


def plan(
    candidates: Iterable[Candidate],
    recipe: Mapping[str, Any],
    empty: UUID,
    looks: Looks = Looks(),
    held: Mapping[int, str] | None = None,
) -> Plan:
    """Pick, collapse, keep out what the recipe keeps out, gather what is near, cap, and split.

    `held` has the split of examples that stay where an earlier version had them (STICKY). The
    result does not depend on the candidates' order or row numbers.
    """
    funnel = Funnel()
    funnel.has_terms = "consent" in recipe
    left_out: list[Fallen] = []
    rows = _distinct(candidates, empty, funnel, refusal_by(recipe), left_out)
    if "decontamination" in recipe:
        rows, funnel.leaked = _sifted(rows, "clean", looks.clean, left_out)
    if "validity" in recipe:
        rows, funnel.unfit = _sifted(rows, "fit", looks.fit, left_out)
    if "near_duplicates" in recipe:
        rows = list(looks.gather(rows))
        funnel.rows = len(rows)
    if "caps" in recipe:
        caps = Caps(**recipe["caps"])
        rows, funnel.capped = _sifted(rows, "capped", lambda each: over_caps(each, caps), left_out)
    placed, grouping = _placed(rows, recipe["split"], held or {})
    in_order = sorted(left_out, key=lambda each: each.example)
    return Plan(placed, tuple(in_order), funnel, grouping)


def refusal_by(recipe: Mapping[str, Any]) -> Refusal:
    """Why a recipe does not allow to learn from a repository."""
    return refusals(recipe["consent"]) if "consent" in recipe else _all_allowed


def _sifted(
    rows: list[Chosen], step: str, sift: Sift, left_out: list[Fallen]
) -> tuple[list[Chosen], Counter[str]]:
    """The rows that stay, and how many fell by reason; what fell is added to `left_out`."""
    why = sift(rows)
    stay: list[Chosen] = []
    for row in rows:
        reason = why.get(row.leader.client_id)
        if reason is None:
            stay.append(row)
        else:
            left_out += [Fallen(each.example, step, reason) for each in row.everyone]
    return stay, Counter(why.values())


def _placed(
    rows: list[Chosen], by: Mapping[str, Any], held: Mapping[int, str]
) -> tuple[tuple[Chosen, ...], Grouping]:
    """The rows with their splits, in order, and how they hang together."""
    grouped = [_grouped(row, by["together"]) for row in rows]
    splits, grouping = assign(grouped, by["shares"], by["salt"], _before(rows, held))
    placed = (replace(row, split=splits[row.leader.client_id]) for row in rows)
    return tuple(sorted(placed, key=lambda row: row.leader.client_id)), grouping


def _distinct(
    candidates: Iterable[Candidate],
    empty: UUID,
    funnel: Funnel,
    refusal: Refusal,
    left_out: list[Fallen],
) -> list[Chosen]:
    """The accepted that may and can be learnt from, those that say the same in one."""
    alike: dict[Texts, list[Candidate]] = {}
    everyone = list(candidates)
    recalled = {each.says for each in everyone if each.is_recalled}
    for each in everyone:
        funnel.corrections += 1
        step, why = fall(each, empty, refusal)
        if not step and each.says in recalled:
            step, why = "usable", RECALLED
        if step:
            funnel.fell[step][why] += 1
            if step != "accepted":
                left_out.append(Fallen(each.example, step, why))
        else:
            alike.setdefault(each.says, []).append(each)
    rows = [Chosen(ordered(members)) for members in alike.values()]
    funnel.distinct = len(rows)
    funnel.collapsed = sum(len(row.members) - 1 for row in rows)
    return rows


def fall(candidate: Candidate, empty: UUID, refusal: Refusal) -> tuple[str, str]:
    """The step at which an example falls out by what is known of it alone, and why; or neither."""
    if candidate.outcome != "accepted" or candidate.ideal is None:
        return "accepted", _why_not(candidate)
    if why := refusal(candidate.repository):
        return "allowed", why
    why = fault(candidate, empty)
    return ("usable", why) if why else ("", "")


def fault(candidate: Candidate, empty: UUID) -> str:
    """Why an accepted example cannot be learnt from; empty if it can."""
    if candidate.is_recalled:
        return RECALLED
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


def _grouped(row: Chosen, together: Collection[str]) -> Grouped:
    ties = [
        one for each in row.everyone for kind in together for one in tie(kind, getattr(each, kind))
    ]
    return Grouped(row.leader.client_id, (*ties, *tie("similar", row.kin)))


def _before(rows: Iterable[Chosen], held: Mapping[int, str]) -> dict[str, str]:
    """The split of rows with an example that stays where it was."""
    found = {}
    for row in rows:
        splits = [held[each.example] for each in row.everyone if each.example in held]
        if splits:
            found[row.leader.client_id] = min(splits, key=STICKY.index)
    return found


def _why_not(candidate: Candidate) -> str:
    if candidate.outcome == "rejected":
        return f"rejected_{candidate.reason or 'without_reason'}"
    return "waiting"


def _read(cursor: Any) -> Iterator[Candidate]:
    while page := cursor.fetchmany(2_000):
        for row in page:
            yield Candidate(*row)
