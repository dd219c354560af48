from datetime import timedelta

import pytest

from curation.categories import by_slug
from curation.models import Example
from lib.clock import now
from reviews import ordering, slots
from reviews.models import ReviewNeed, ReviewPolicy, ReviewTask
from tests.builders import make_project
from tests.reviews_builders import make_examples

pytestmark = pytest.mark.django_db


def policy(project, **changes):
    return ReviewPolicy.objects.create(project=project, **{"random_share": 0} | changes)


def opened(project, count=1, moment=None, **changes):
    make_examples(project, count, **changes)
    slots.open_tasks(moment or now())
    return ReviewTask.objects.filter(project=project).order_by("id").last()


def far(task):
    """What age adds to the stored number, whatever the time."""
    return int((ordering.FAR - task.opened_at).total_seconds() * ordering.A_DAY // 86_400)


@pytest.mark.parametrize("off", [None, "doubt", "novelty", "weakness", "cluster"])
def test_the_stored_order_is_the_one_that_is_explained(off):
    project = make_project()
    rules = policy(project, **({f"weighs_{off}": False} if off else {}))
    category = by_slug(project)["security"]
    ReviewNeed.objects.create(
        project=project, category=category, language="python", accepted=30, weakness=800
    )
    task = opened(project, probability=0.37)
    assert (task.doubt, task.weakness, task.novelty) == (630, 800, 250)
    parts = ordering.parts_of(task, rules, task.opened_at)
    assert task.urgency - far(task) == ordering.value_of(parts)


def test_what_waits_longer_comes_first_among_equals_and_ten_points_make_a_day():
    project = make_project()
    policy(project)
    moment = now()
    new = opened(project, moment=moment)
    old = opened(project, moment=moment - timedelta(days=4))
    assert old.urgency - new.urgency in (39, 40, 41)
    ReviewPolicy.objects.update(weighs_age=False)
    ordering.rank(project)
    assert len(set(ReviewTask.objects.values_list("urgency", flat=True))) == 1


def test_ranking_again_changes_nothing_and_follows_what_changed():
    project = make_project()
    policy(project)
    task = opened(project)
    assert ordering.rank(project) == 0
    before = task.urgency
    ReviewNeed.objects.create(
        project=project, category=task.category, language="python", weakness=1000
    )
    assert ordering.rank(project) == 1
    task.refresh_from_db()
    assert task.urgency == before + 500


def test_a_random_share_has_drawn_places_that_say_nothing_of_the_item():
    project = make_project()
    policy(project, random_share=400, weighs_age=False)
    opened(project, 150, probability=1.0)
    opened(project, 150, probability=0.0)
    drawn = ReviewTask.objects.filter(is_random=True)
    assert 80 < drawn.count() < 160
    sure = list(drawn.filter(doubt=0).values_list("urgency", flat=True))
    unsure = list(drawn.filter(doubt=1000).values_list("urgency", flat=True))
    middle = ordering.HIGHEST / 2
    assert abs(sum(sure) / len(sure) - middle) < 350
    assert abs(sum(unsure) / len(unsure) - middle) < 350
    rest = ReviewTask.objects.filter(is_random=False)
    assert rest.filter(doubt=1000).first().urgency > rest.filter(doubt=0).first().urgency


def test_needs_count_what_the_data_has_and_where_the_live_model_is_corrected():
    project = make_project()
    tree = by_slug(project)
    make_examples(project, 3, category=tree["security"], model_name="ember r2", state="accepted")
    make_examples(project, 1, category=tree["style"], model_name="ember r2")
    make_examples(project, 9, category=tree["logic"], model_name="another", language="go")
    long_ago = now() - timedelta(weeks=20)
    old = make_examples(project, 9, category=tree["style"], model_name="ember r2")
    Example.objects.filter(pk__in=[each.pk for each in old]).update(occurred_at=long_ago)
    ordering.find_needs(project, ["ember r2"], now())
    ordering.find_needs(project, ["ember r2"], now())
    found = {
        need.category.slug: (need.language, need.accepted, need.weakness)
        for need in ReviewNeed.objects.filter(project=project)
    }
    assert found["security"] == ("python", 3, 1000)
    assert found["logic"] == ("go", 0, 0)
    assert found["style"][2] == 333
