"""A project freezes by itself: when it is due, once, and in the name of somebody who may."""

from datetime import UTC, datetime, timedelta

import pytest

from curation import datasets
from curation.models import DatasetVersion
from curation.scheduling import freeze_due, is_stuck, schedule, schedule_of
from governance.models import LedgerEntry, Membership
from tests.builders import make_curator, make_project
from tests.curation_builders import make_accepted, make_labelled

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def curator(project):
    return make_curator(project)


def built(version):
    datasets.build(version)
    DatasetVersion.objects.filter(pk=version.pk).update(requested_at=version.cutoff)
    return version


def test_it_freezes_after_so_many_decisions_and_not_again_before_as_many_more(project, curator):
    schedule(project, "decisions", 2, curator, MORNING)
    make_accepted(project)
    assert freeze_due(MORNING) == []
    make_accepted(project)
    (first,) = freeze_due(MORNING)
    assert (first.requested_by, first.number) == (curator, 1)
    assert LedgerEntry.objects.filter(action="dataset version requested", actor=curator).exists()
    built(first)
    assert freeze_due(MORNING) == []
    make_accepted(project)
    assert freeze_due(MORNING) == []
    make_accepted(project)
    assert [each.number for each in freeze_due(MORNING)] == [2]


def test_it_freezes_once_a_night_if_anything_was_decided(project, curator):
    schedule(project, "night", 1, curator, MORNING)
    make_accepted(project)
    assert freeze_due(NIGHT - timedelta(seconds=1)) == []
    (first,) = freeze_due(NIGHT)
    built(first)
    make_accepted(project)
    assert freeze_due(NIGHT + timedelta(hours=5)) == []
    second = freeze_due(NIGHT + timedelta(days=1))
    assert [each.number for each in second] == [2]
    built(second[0])
    assert freeze_due(NIGHT + timedelta(days=2)) == []


def test_never_while_another_version_waits_or_is_built(project, curator):
    schedule(project, "decisions", 1, curator, MORNING)
    make_accepted(project)
    waits = datasets.request(project, curator, MORNING)
    make_accepted(project)
    assert freeze_due(MORNING) == []
    built(waits)
    assert len(freeze_due(MORNING)) == 1


def test_never_in_the_name_of_somebody_who_may_no_longer(project, curator):
    schedule(project, "decisions", 1, curator, MORNING)
    make_accepted(project)
    Membership.objects.filter(user=curator, project=project).delete()
    assert is_stuck(schedule_of(project))
    assert freeze_due(MORNING) == []


def test_nothing_accepted_and_nothing_said_freeze_nothing(project, curator):
    make_accepted(make_project())
    make_labelled(project)
    schedule(project, "decisions", 1, curator, MORNING)
    assert freeze_due(MORNING) == []
    make_accepted(project)
    schedule(project, "never", 1, curator, MORNING)
    assert freeze_due(MORNING) == []
