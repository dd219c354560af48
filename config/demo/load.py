"""Plays the demo's stories through the real verbs, in the order and at the times they happened."""

from datetime import datetime

from django.apps import apps
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
from config.demo.presence import LOADED, has_room
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
from governance.models import IngestKey
from lib import clock
from reviews import search


def load(now: datetime) -> bool:
    """Load the demo unless it is here; say whether it was loaded now. Raises NoPlaceForADemo.

    One transaction: a loader that is killed leaves nothing behind, and the next one starts
    afresh.
    """
    content = read()
    with transaction.atomic():
        if not has_room(content):
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
