"""Shares of suggestions: each counts once, in its project and its time."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback.acceptance import by_model
from feedback.ingest import receive
from tests.builders import make_ingest_key, make_project
from tests.feedback_builders import generation, reaction

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=7)


def suggest(project, model, *kinds, at=NOW - timedelta(hours=1)):
    made = generation(model_name=model)
    told = [made, *(reaction(made, kind) for kind in kinds)]
    key, _ = make_ingest_key(project)
    receive(key, [record | {"occurred_at": at.isoformat()} for record in told], at)


def test_the_share_is_of_suggestions_not_of_reactions():
    project = make_project()
    suggest(project, "a", "shown", "accepted", "edited")
    suggest(project, "a", "shown", "shown", "rejected")
    suggest(project, "a", "timed_out")
    suggest(project, "a")  # nobody saw it
    suggest(project, "b", "accepted")
    first, second = by_model(project, SINCE, NOW)
    assert (first.model_name, first.shown, first.accepted) == ("a", 3, 1)
    assert first.share == pytest.approx(1 / 3)
    assert first.low < first.share < first.high
    assert (second.shown, second.share) == (1, 1.0)


def test_other_projects_and_other_times_do_not_count():
    project = make_project()
    suggest(make_project(), "a", "shown", "accepted")
    suggest(project, "a", "shown", at=SINCE - timedelta(seconds=1))
    suggest(project, "a", "shown", at=NOW)
    assert by_model(project, SINCE, NOW) == []
    suggest(project, "a", "shown", at=SINCE)
    assert by_model(project, SINCE, NOW)[0].shown == 1
