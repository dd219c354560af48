"""The rules of review: who changes them says so on the record, and the open slots follow."""

from datetime import datetime

from django.db import IntegrityError, transaction

from curation.models import Category
from governance.ledger import record
from governance.models import LedgerEntry, Project, User
from reviews.models import ReviewPolicy, ReviewRule

SHARES = ("overlap", "second_share", "random_share", "gold_share", "again_share")
CHANGED, ADDED, REMOVED = "review policy changed", "review rule added", "review rule removed"


class Unchanged(Exception):
    """The policy says this already."""


class RuleExists(Exception):
    """There is a rule for this category and path."""


@transaction.atomic
def change(project: Project, by: User, now: datetime, **wanted: int) -> ReviewPolicy:
    """Set the shares of the policy. Raises Unchanged."""
    policy = _locked(project, now)
    before = {name: getattr(policy, name) for name in SHARES}
    if all(before[name] == value for name, value in wanted.items()):
        raise Unchanged
    changed = {
        name: f"{before[name]} to {value}"
        for name, value in wanted.items()
        if before[name] != value
    }
    for name, value in wanted.items():
        setattr(policy, name, value)
    policy.changed_at, policy.changed_by = now, by
    policy.save(update_fields=[*wanted, "changed_at", "changed_by"])
    record(project, by, CHANGED, "review policy", now, **changed)
    return policy


@transaction.atomic
def add_rule(
    project: Project, category: Category | None, path: str, reviewers: int, by: User, now: datetime
) -> ReviewRule:
    """Ask for more people on a category, a path, or where both meet. Raises RuleExists."""
    policy = _locked(project, now)
    try:
        with transaction.atomic():
            rule = ReviewRule.objects.create(
                project=project, category=category, path=path, reviewers=reviewers
            )
    except IntegrityError:
        raise RuleExists from None
    _touch(policy, by, now)
    record(project, by, ADDED, _said(rule), now, reviewers=reviewers)
    return rule


@transaction.atomic
def remove_rule(rule: ReviewRule, by: User, now: datetime) -> None:
    """Ask for no more people than the policy does anyway."""
    policy = _locked(rule.project, now)
    _touch(policy, by, now)
    record(rule.project, by, REMOVED, _said(rule), now, reviewers=rule.reviewers)
    rule.delete()


def changes(project: Project, most: int = 10) -> list[LedgerEntry]:
    """Who changed the rules last."""
    said = LedgerEntry.objects.filter(project=project, action__in=[CHANGED, ADDED, REMOVED])
    return list(said.select_related("actor").order_by("-id")[:most])


def _locked(project: Project, now: datetime) -> ReviewPolicy:
    """The project's policy, which whoever changes it holds; its first one has the defaults."""
    ReviewPolicy.objects.get_or_create(project=project, defaults={"changed_at": now})
    return ReviewPolicy.objects.select_for_update().get(project=project)


def _touch(policy: ReviewPolicy, by: User, now: datetime) -> None:
    """Have the open slots follow the rules as they are now."""
    policy.changed_at, policy.changed_by = now, by
    policy.save(update_fields=["changed_at", "changed_by"])


def _said(rule: ReviewRule) -> str:
    parts = [rule.category.slug if rule.category else "", rule.path]
    return " in ".join(part for part in parts if part)
