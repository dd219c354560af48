"""Plays the demo's stories through the real verbs, in the order and at the times they happened."""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from config.demo.acts import catch_up, dataset_acts, report_acts, review_acts
from config.demo.arranging import arranging_acts
from config.demo.content import Content, read
from config.demo.guidance import (
    comment_acts,
    guideline_acts,
    pattern_acts,
    quarantine_acts,
    webhook_acts,
)
from config.demo.quality import quality_acts
from config.demo.recalled import recall_acts
from config.demo.recipe import recipe_acts
from config.demo.releases import release_acts
from config.demo.rules import rule_acts
from config.demo.stage import set_up
from config.demo.terms import terms_acts
from config.demo.testing import testing_acts
from config.ordering import order_queue
from governance.ledger import record
from governance.models import IngestKey, LedgerEntry, Project, User
from lib import clock
from reviews import search

LOADED = "demo loaded"


class NoPlaceForADemo(Exception):
    """These settings or this database are somebody's own; nothing was changed."""


@dataclass(frozen=True)
class Account:
    """A demo account, for whoever opens the demo; all have one password."""

    username: str
    roles: str
    password: str


def load(now: datetime) -> bool:
    """Load the demo unless it is here; say whether it was loaded now. Raises NoPlaceForADemo.

    One transaction: a loader that is killed leaves nothing behind, and the next one starts
    afresh.
    """
    content = read()
    with transaction.atomic():
        if not _has_room(content):
            return False
        _keep_statistics_away()
        _play(content, now)
    return True


def _keep_statistics_away() -> None:
    """Let nobody analyze the tables until the transaction ends.

    Autovacuum sees none of the rows that are being loaded. It would call full tables empty, and
    the planner, believing it, join them by scans that take minutes.
    """
    tables = ", ".join(
        connection.ops.quote_name(model._meta.db_table) for model in apps.get_models()
    )
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {tables} IN SHARE UPDATE EXCLUSIVE MODE")


def accounts(content: Content) -> list[Account]:
    """The demo accounts and what each may do, in words."""
    return [
        Account(
            username=person.username,
            roles=", ".join(
                f"{role.replace('_', ' ')} in {project}"
                for project, roles in person.roles.items()
                for role in roles
            )
            or "site admin",
            password=content.password,
        )
        for person in content.people
        if person.demo_account
    ]


def _has_room(content: Content) -> bool:
    """Whether the demo may be loaded; False if it is here already."""
    if not settings.DEMO_ALLOWED:
        raise NoPlaceForADemo("These settings do not allow the demo; nothing was loaded.")
    slugs = [project.slug for project in content.projects]
    others = Project.objects.exclude(slug__in=slugs).values_list("slug", flat=True)
    if others:
        raise NoPlaceForADemo(
            f"This database holds {', '.join(others[:3])}; the demo wants one of its own."
            " Nothing was loaded."
        )
    if LedgerEntry.objects.filter(project__slug__in=slugs, action=LOADED).exists():
        return False
    taken = [person.username for person in content.people]
    if User.objects.filter(username__in=taken).exists():
        raise NoPlaceForADemo(
            "This database has accounts with the names of the demo's; nothing was loaded."
        )
    return True


def _play(content: Content, now: datetime) -> None:
    stage = set_up(content, now)
    acts = [
        *report_acts(stage),
        *quality_acts(stage),
        *review_acts(stage),
        *guideline_acts(stage),
        *comment_acts(stage),
        *webhook_acts(stage),
        *pattern_acts(stage),
        *terms_acts(stage),
        *quarantine_acts(stage),
        *arranging_acts(stage),
        *recall_acts(stage),
        *recipe_acts(stage),
        *rule_acts(stage),
        *dataset_acts(stage),
        *release_acts(stage),
        *testing_acts(stage),
    ]
    for act in sorted(acts, key=lambda act: act.at):
        with clock.replaying(act.at):
            act.do(act.at)
    catch_up(now)
    while search.index_waiting():
        continue
    for project in stage.projects.values():
        order_queue(project, now)
        IngestKey.objects.filter(project=project).update(last_used_at=now)
        record(project, None, LOADED, project.slug, now)
