import pytest

from config.ordering import order_queue
from config.tasks import order_queues
from lib.clock import now
from reviews.models import ReviewNeed
from tests.builders import make_project
from tests.deployments_builders import make_live, make_version
from tests.reviews_builders import make_tasks

pytestmark = pytest.mark.django_db


def test_what_developers_correct_in_the_live_model_comes_sooner():
    project = make_project()
    version = make_version(project)
    make_live(version, project)
    tasks = make_tasks(project, 2, model_name=str(version))
    before = tasks[0].urgency
    order_queue(project, now())
    order_queues()
    assert ReviewNeed.objects.get(project=project).weakness == 1000
    tasks[0].refresh_from_db()
    assert tasks[0].weakness == 1000
    assert tasks[0].urgency > before
