from unittest.mock import patch

import pytest
from django.urls import reverse

from governance.models import Role
from lib.clock import now
from reviews import letters, webhooks
from reviews.models import NoticeChoice, Webhook, WebhookDelivery
from tests.builders import make_admin, make_person, make_project, make_reviewer

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.org/emend"


@pytest.fixture
def project():
    return make_project()


def at(project, name="webhooks", *args):
    return reverse(f"reviews:{name}", args=[project.slug, *args])


def made(project, **changes):
    hook, _ = webhooks.make(project, URL, ["item.decided"], make_admin(project), now(), **changes)
    webhooks.ping(hook, now())
    WebhookDelivery.objects.update(state="given_up", due_at=None)
    return hook


def pages(project, hook):
    delivery = hook.deliveries.latest("pk").pk
    return {
        "get": [at(project), at(project, "webhook", hook.pk)],
        "post": [
            at(project),
            at(project, "act-on-webhook", hook.pk),
            at(project, "replay", hook.pk, delivery),
        ],
    }


@pytest.mark.parametrize("role", Role.values)
def test_only_admins_have_to_do_with_webhooks(client, project, role):
    hook = made(project)
    client.force_login(make_person(project, role))
    refused = role != Role.PROJECT_ADMIN
    for method, addresses in pages(project, hook).items():
        for address in addresses:
            assert (getattr(client, method)(address).status_code == 403) == refused


def test_another_projects_webhook_is_not_found(client, project):
    hook = made(make_project())
    client.force_login(make_admin(project))
    delivery = hook.deliveries.latest("pk").pk
    assert client.get(at(project, "webhook", hook.pk)).status_code == 404
    assert client.post(at(project, "act-on-webhook", hook.pk), {"stop": "1"}).status_code == 404
    assert client.post(at(project, "replay", hook.pk, delivery)).status_code == 404
    own = made(project)
    assert client.post(at(project, "replay", own.pk, delivery)).status_code == 404
    hook.refresh_from_db()
    assert hook.stopped_at is None


def test_the_secret_is_shown_once(client, project):
    client.force_login(make_admin(project))
    page = client.post(at(project), {"url": URL, "events": ["item.decided"]})
    secret = webhooks.secret_of(Webhook.objects.get())
    assert secret in page.text
    assert "no-store" in page["Cache-Control"]
    assert secret not in client.get(at(project)).text


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "https://user:x@example.org/", "file:///etc/passwd", "", "x\x00y"],
)
def test_an_address_that_will_not_do_is_refused_and_kept(client, project, url):
    client.force_login(make_admin(project))
    answer = client.post(at(project), {"url": url, "events": ["item.decided"]})
    assert answer.status_code == 422
    assert not Webhook.objects.exists()


def test_an_admin_tries_stops_and_replays(client, project):
    hook = made(project)
    client.force_login(make_admin(project))
    act, count = at(project, "act-on-webhook", hook.pk), WebhookDelivery.objects.count
    client.post(at(project, "replay", hook.pk, hook.deliveries.latest("pk").pk))
    assert count() == 2
    assert (
        client.post(at(project, "replay", hook.pk, hook.deliveries.latest("pk").pk)).status_code
        == 404
    )
    client.post(act, {"ping": "yes"})
    assert count() == 3
    client.post(act, {"stop": "yes"})
    client.post(act, {"ping": "yes"})
    assert count() == 3
    assert "Stopped" in client.get(at(project, "webhook", hook.pk)).text


def test_the_log_asks_as_often_with_many_deliveries_as_with_few(
    client, project, django_assert_max_num_queries
):
    hook = made(project)
    for _ in range(40):
        webhooks.ping(hook, now())
    client.force_login(make_admin(project))
    with django_assert_max_num_queries(9):
        assert len(client.get(at(project, "webhook", hook.pk)).context["page"].rows) == 30


def test_a_person_chooses_what_they_hear_of(client, project):
    person = make_reviewer(project)
    client.force_login(person)
    notices = reverse("reviews:notices")
    client.post(notices, {"mention": "weekly", "reply": "nonsense", "other": "now"})
    assert letters.choices_of(person)["mention"] == "weekly"
    assert letters.choices_of(person)["reply"] == "now"
    assert client.get(notices).status_code == 200
    client.logout()
    assert client.get(notices).status_code == 302


def test_opening_the_way_out_changes_nothing_and_pressing_it_stops_all_mail(client, project):
    person = make_reviewer(project)
    leave = reverse("reviews:no-more-mail", args=[letters.token_for(person)])
    assert client.get(leave).status_code == 200
    assert letters.choices_of(person)["mention"] == "now"
    assert client.post(leave, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert set(letters.choices_of(person).values()) == {"off"}
    assert client.post(reverse("reviews:no-more-mail", args=["1:x:y"])).status_code == 404


def test_a_link_for_no_more_mail_that_is_too_old_says_so_and_changes_nothing(client):
    person = make_reviewer(make_project())
    with patch("django.core.signing.time.time", return_value=now().timestamp() - 91 * 86_400):
        leave = reverse("reviews:no-more-mail", args=[letters.token_for(person)])
    for answer in (client.get(leave), client.post(leave)):
        assert answer.status_code == 410
        assert "90 days" in answer.text
        assert person.email not in answer.text
    assert not NoticeChoice.objects.exists()
