"""Every table that can hold what a client reported is named in the plan of an erasure."""

from django.apps import apps

from config.erasure.fates import GOES, LETS_GO, STAYS, WORDS
from config.erasure.reach import OWN_WAYS, holders
from curation.models import LabelModel, LearnedVoter
from feedback.models import Blob, Correction, Generation, Original, Orphan, Reaction
from reviews.models import TestRun, TestSuite, WebhookDelivery

ROOTS = {Generation, Reaction, Correction, Original, Orphan, Blob}
GOING = {each.table for each in GOES}
APPS = ("feedback", "curation", "reviews")


def pointing_at(tables):
    """Every model from which foreign keys lead to one of the tables, however far."""
    reached = set(tables)
    while True:
        more = {
            model
            for model in apps.get_models()
            for field in model._meta.concrete_fields
            if field.is_relation and field.related_model in reached
        }
        if more <= reached:
            return reached
        reached |= more


def test_every_table_has_one_fate():
    ours = {model for app in APPS for model in apps.get_app_config(app).get_models()}
    named = [*GOING, *LETS_GO, *STAYS]
    assert ours == set(named)
    assert len(named) == len(set(named))


def test_what_leads_to_a_report_goes_or_lets_go():
    # no foreign key leads from them to a report
    by_content = {TestSuite, WebhookDelivery, LearnedVoter, LabelModel}
    assert pointing_at(ROOTS) == (GOING | set(LETS_GO)) - by_content


def test_a_table_is_found_after_what_it_is_found_by():
    order = [each.table for each in GOES]
    early = [
        each.table
        for each in GOES
        for _, parent in each.by
        if order.index(parent) >= order.index(each.table)
    ]
    assert early == []


def test_every_table_is_found_in_some_way():
    lost = [each.table for each in GOES if not each.by and each.table not in {*ROOTS, *OWN_WAYS}]
    assert lost == []


def test_every_column_that_holds_a_text_is_looked_at():
    columns = {
        (model, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Blob and model is not TestRun
    }
    assert columns == set(holders())
    assert len(columns) >= 8


def test_the_page_has_words_for_every_table():
    assert {each.table._meta.db_table for each in GOES} <= set(WORDS)
