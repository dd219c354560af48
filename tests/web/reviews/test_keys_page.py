"""A person's own keys: kept, refused with words, shown wherever a key is shown."""

import pytest
from django.urls import reverse

from lib.clock import now
from reviews import queue
from tests.builders import make_project, make_reviewer
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db
ADDRESS = "/account/keys/"


@pytest.fixture
def person(client):
    person = make_reviewer(make_project())
    client.force_login(person)
    return person


def test_nobody_is_asked_to_log_in(client):
    assert client.get(ADDRESS).url.startswith("/accounts/login/")
    assert client.post(ADDRESS, {"accept": "y"}).url.startswith("/accounts/login/")


def test_a_new_key_is_kept_and_shown_everywhere(client, person):
    assert client.post(ADDRESS, {"accept": "Y", "bare": "on"}).status_code == 302
    person.refresh_from_db()
    assert person.keys == {"own": {"accept": "y"}, "bare": True}
    project = person.memberships.get().project
    task = make_task(project)
    queue.claim(project, person, now())
    page = client.get(reverse("reviews:task", args=[project.slug, task.pk])).text
    assert '<kbd class="kbd">Y</kbd>' in page
    assert 'data-action="accept" data-key="y"' in page


def test_with_bare_keys_off_no_cap_is_shown(client, person):
    client.post(ADDRESS, {})
    project = person.memberships.get().project
    task = make_task(project)
    queue.claim(project, person, now())
    page = client.get(reverse("reviews:task", args=[project.slug, task.pk])).text
    assert 'data-bare="off"' in page
    assert '<kbd class="kbd">A</kbd>' not in page
    assert '<kbd class="kbd">1</kbd>' not in page


def test_a_conflict_is_refused_with_words_and_changes_nothing(client, person):
    answer = client.post(ADDRESS, {"accept": "r", "bare": "on"})
    assert answer.status_code == 422
    assert "is the key for" in answer.text
    person.refresh_from_db()
    assert person.keys == {}


def test_everyones_keys_come_back(client, person):
    client.post(ADDRESS, {"accept": "y"})
    client.post(ADDRESS, {"reset": "yes"})
    person.refresh_from_db()
    assert person.keys == {"own": {}, "bare": True}
