import logging
import time

import pytest
from celery import Celery
from django.db import transaction
from kombu.exceptions import OperationalError

from governance.models import Project
from lib.nudge import nudge
from tests.builders import make_project
from tests.silence import refusing_port, silent_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["refusing", "silent"])
def lost_task(request):
    """A task of an app configured as ours, whose broker does not answer."""
    with silent_port() as silent:
        port = silent if request.param == "silent" else refusing_port()
        app = Celery("lost", set_as_current=False)
        app.config_from_object("django.conf:settings", namespace="CELERY")
        app.conf.broker_url = f"redis://127.0.0.1:{port}/0"
        yield app.task(wake)
        app.close()


def wake():
    """What nobody will ever be woken for."""


def test_a_lost_nudge_costs_little_and_fails_nothing(lost_task, caplog):
    begun = time.monotonic()
    with caplog.at_level(logging.CRITICAL), transaction.atomic():
        project = make_project()
        nudge(lost_task)
    assert time.monotonic() - begun < 3
    assert Project.objects.filter(pk=project.pk).exists()


def test_without_robustness_it_would_fail_what_has_committed(lost_task):
    """Negative control: if this raises nothing, the test above proves nothing."""

    def report():
        with transaction.atomic():
            transaction.on_commit(lost_task.delay)
            return make_project()

    with pytest.raises(OperationalError):
        report()
    assert Project.objects.count() == 1
