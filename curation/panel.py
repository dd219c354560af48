"""A project's panel of labelers: what counts how much, and the rules its curators wrote."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext, gettext_lazy

from curation.labelers import Panel
from curation.learned_voters import voter_of
from curation.models import LabelerRule, LabelerWeight
from curation.rules.written import BadRule, Rule, check
from governance.ledger import record
from governance.models import Project, User

MOST = 100  # rules of a project: each is tried on every example
VERSIONS = 10_000  # of all of a project's rules; a vote keeps the number in two bytes
FAULTS = {
    "nothing": gettext_lazy("Say what to look for."),
    "no_finding": gettext_lazy("Name the tool and the beginning of its rule, such as ruff PERF."),
    "syntax": gettext_lazy("RE2 does not take it: {reason}."),
    "everything": gettext_lazy("It finds something in any code. Make it say more."),
    "slow": gettext_lazy("It takes too long. Leave out repetitions of what may be missing."),
}


class RuleRefused(Exception):
    """The rule cannot be taken; the message says why, for a person."""


def panel_of(project_id: int) -> Panel:
    """Who votes on what arrives in a project."""
    rules = list(live_rules(project_id))
    return Panel(
        voter=voter_of(project_id),
        rules=tuple(rule_of(each) for each in rules if each.is_on),
        # Of one read: counted apart, rules could be called by the number of those that came after
        rules_version=max(1, sum(each.version for each in rules)),
        weights=weights_of(project_id),
    )


def weights_of(project_id: int) -> dict[str, int]:
    """How much labelers count, in percent; those that are not named count whole."""
    set_ = LabelerWeight.objects.filter(project=project_id)
    return dict(set_.values_list("labeler", "percent"))


@transaction.atomic
def weigh(project: Project, labeler: str, percent: int, by: User, now: datetime) -> None:
    """Let a labeler count so much for what is labelled from now on."""
    LabelerWeight.objects.update_or_create(
        project=project,
        labeler=labeler,
        defaults={"percent": percent, "set_by": by, "set_at": now},
    )
    record(project, by, "labeler weighed", labeler, now, percent=percent)


def live_rules(project_id: int) -> QuerySet[LabelerRule]:
    """The newest version of each rule, by number."""
    same = {"project": project_id, "number": OuterRef("number")}
    newest = LabelerRule.objects.filter(**same).order_by("-version").values("pk")[:1]
    mine = LabelerRule.objects.filter(project=project_id, pk=Subquery(newest))
    return mine.select_related("set_by").order_by("number")


def rule_of(row: LabelerRule) -> Rule:
    """A stored rule as it votes."""
    return Rule(row.number, row.name, row.kind, row.looks_for, row.place, row.category)


@transaction.atomic
def write(
    project: Project,
    told: Mapping[str, Any],
    by: User,
    now: datetime,
    *,
    number: int | None = None,
) -> LabelerRule:
    """Keep a rule, or a new version of the one of this number. Raises RuleRefused.

    `told` has name, kind, looks_for, place, category, why and is_on.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    mine = LabelerRule.objects.filter(project=project)
    last = mine.aggregate(last=Max("number"))["last"] or 0
    if number is None and last >= MOST:
        said = gettext("There are {count} rules already. Amend one of them.")
        raise RuleRefused(said.format(count=MOST))
    if mine.count() >= VERSIONS:
        said = gettext("The rules were amended {count} times, and cannot be any more.")
        raise RuleRefused(said.format(count=VERSIONS))
    same = mine.filter(number=number or 0).aggregate(last=Max("version"))["last"] or 0
    row = LabelerRule(
        project=project,
        number=number or last + 1,
        version=same + 1,
        set_by=by,
        set_at=now,
        **told,
    )
    refuse_bad(rule_of(row))
    row.save()
    record(project, by, "labeler rule written", str(row)[:200], now, rule=row.number)
    return row


def refuse_bad(rule: Rule) -> None:
    """Raises RuleRefused for a rule that cannot vote."""
    with told_to_a_person():
        check(rule)


@contextmanager
def told_to_a_person() -> Iterator[None]:
    """Make a RuleRefused of a BadRule."""
    try:
        yield
    except BadRule as error:
        kind, *reason = error.args
        raise RuleRefused(str(FAULTS[kind]).format(reason=reason[0] if reason else "")) from error


def versions_of(project: Project, number: int) -> Sequence[LabelerRule]:
    """Every version of a rule, the newest first."""
    mine = LabelerRule.objects.filter(project=project, number=number)
    return list(mine.select_related("set_by").order_by("-version"))
