import re

import pytest
from django.urls import reverse

from governance.models import Role
from lib.clock import now
from reviews import comments
from reviews.models import Comment, CommentDraft, InboxEntry
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.reviews_builders import make_task
from tests.shown import shown

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
READERS = {Role.REVIEWER, Role.CURATOR, Role.GOVERNANCE_LEAD, Role.PROJECT_ADMIN}


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def task(project):
    return make_task(project)


@pytest.fixture
def reviewer(project, client):
    person = make_person(project, Role.REVIEWER, username="wren")
    client.force_login(person)
    return person


def at(task, name="comment", *args):
    return reverse(f"reviews:{name}", args=[task.project.slug, task.pk, *args])


def on_line(text="Does it retry?", **changes):
    return {"text": text, "side": "ideal", "line": 2, "thread": ""} | changes


@pytest.mark.parametrize("role", Role.values)
def test_who_may_read_the_code_may_talk_about_it(client, project, task, role):
    said = comments.say(task, make_reviewer(project), "One", now())
    client.force_login(make_person(project, role))
    allowed = 302 if role in READERS else 403
    assert client.post(at(task), on_line()).status_code == allowed
    assert client.post(at(task, "resolve-thread", said.thread_id)).status_code == allowed
    people = reverse("reviews:people", args=[project.slug])
    assert client.get(people).status_code == (200 if role in READERS else 403)


def test_a_form_sent_twice_posts_once(client, task, reviewer):
    page = client.get(reverse("reviews:task", args=[task.project.slug, task.pk])).text
    keys = re.findall(r'name="key" value="([^"]+)"', page)
    assert len(keys) == len(set(keys)) == 2  # on the item, and in the template of those on lines
    assert [client.post(at(task), on_line(key=keys[0])).status_code for _ in "12"] == [302, 302]
    assert Comment.objects.count() == 1


def test_another_projects_items_threads_and_comments_are_not_found(client, project, task, reviewer):
    other = make_task(make_project())
    said = comments.say(other, make_reviewer(other.project), "Theirs", now())
    assert client.post(at(task), on_line(thread=said.thread_id)).status_code == 404
    assert client.post(at(task, "resolve-thread", said.thread_id)).status_code == 404
    assert client.post(at(task, "change-comment", said.pk), {"text": "x"}).status_code == 404
    theirs = reverse("reviews:comment", args=[project.slug, other.pk])
    assert client.post(theirs, on_line()).status_code == 404


def test_a_comment_of_another_item_of_the_project_is_not_found(client, project, task, reviewer):
    said = comments.say(make_task(project), reviewer, "There", now())
    assert client.post(at(task, "change-comment", said.pk), {"text": "x"}).status_code == 404
    assert client.post(at(task), on_line(thread=said.thread_id)).status_code == 404


def test_a_comment_stands_under_its_line(client, task, reviewer):
    answer = client.post(at(task), on_line("Does it `retry`? <script>"))
    thread = Comment.objects.get().thread
    assert answer.url.endswith(f"#thread-{thread.pk}")
    page = client.get(reverse("reviews:task", args=[task.project.slug, task.pk])).text
    assert f'id="thread-{thread.pk}"' in page
    assert "<code>retry</code>? &lt;script&gt;" in page
    assert page.count(f'id="thread-{thread.pk}"') == 1


def test_htmx_gets_the_thread_alone(client, task, reviewer):
    part = client.post(at(task), on_line(), headers=HTMX).text.strip()
    assert part.startswith('<article class="thread"')
    assert "<html" not in part


def test_a_comment_on_a_line_that_is_not_there_is_among_the_comments(client, task, reviewer):
    client.post(at(task), on_line(line=4000))
    page = client.get(reverse("reviews:task", args=[task.project.slug, task.pk])).text
    assert page.count(f'id="thread-{Comment.objects.get().thread_id}"') == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"text": "  "},
        {"side": "ideal", "line": ""},
        {"side": "", "line": 3},
        {"side": "nowhere"},
        {"line": 0},
        {"line": 2**40},
        {"text": "a\x00b"},
        {"thread": "x"},
        {"text": "x" * 10_001},
    ],
)
def test_what_makes_no_sense_posts_nothing(client, task, reviewer, bad):
    assert client.post(at(task), on_line() | bad).status_code == 302
    assert client.post(at(task), on_line() | bad, headers=HTMX).status_code == 422
    assert not Comment.objects.exists()


def test_a_draft_is_kept_quietly(client, task, reviewer):
    answer = client.post(at(task), on_line("Does", draft="yes"), headers=HTMX)
    assert answer.status_code == 204
    assert CommentDraft.objects.get().text == "Does"
    page = shown(client.get(reverse("reviews:task", args=[task.project.slug, task.pk])))
    assert "only you see it" in page
    client.force_login(make_reviewer(task.project))
    page = shown(client.get(reverse("reviews:task", args=[task.project.slug, task.pk])))
    assert "only you see it" not in page


def test_only_the_author_edits_and_a_curator_may_remove(client, task, project, reviewer):
    said = comments.say(task, make_reviewer(project), "One", now())
    change = at(task, "change-comment", said.pk)
    assert client.post(change, {"text": "Two"}, headers=HTMX).status_code == 403
    client.force_login(make_curator(project))
    assert client.post(change, {"text": "Two"}, headers=HTMX).status_code == 403
    assert client.post(change, {"remove": "yes"}, headers=HTMX).status_code == 200
    assert client.post(change, {"remove": "yes"}, headers=HTMX).status_code == 409


def test_mentions_reach_the_inbox_of_who_may_read(client, task, project, reviewer):
    idris = make_person(project, Role.REVIEWER, username="idris")
    client.post(at(task), on_line("@idris look"))
    client.force_login(idris)
    inbox = client.get(reverse("reviews:inbox"), {"tab": "talk"}).text
    assert "mentioned you" in inbox
    assert "Inbox, 1 unread" in inbox
    client.get(reverse("reviews:task", args=[project.slug, task.pk]))
    assert "Inbox, 1 unread" not in client.get(reverse("reviews:inbox")).text


def test_the_inbox_is_ones_own_and_asks_to_log_in(client, task, project, reviewer):
    assert client.get(reverse("reviews:inbox")).status_code == 200
    client.logout()
    assert client.get(reverse("reviews:inbox")).status_code == 302
    assert client.post(reverse("reviews:mark-inbox")).status_code == 302


def test_entries_are_marked_by_their_person_only(client, task, project, reviewer):
    idris = make_person(project, Role.REVIEWER, username="idris")
    comments.say(task, reviewer, "@idris look", now())
    entry = InboxEntry.objects.get()
    done = {"entry": [entry.pk, "x", ""], "act": "done", "tab": "talk"}
    client.post(reverse("reviews:mark-inbox"), done)
    entry.refresh_from_db()
    assert entry.done_at is None
    client.force_login(idris)
    assert client.post(reverse("reviews:mark-inbox"), done).url.endswith("?tab=talk")
    entry.refresh_from_db()
    assert entry.done_at is not None
    assert "mentioned you" in client.get(reverse("reviews:inbox"), {"tab": "done"}).text
    client.post(reverse("reviews:mark-inbox"), done | {"act": "drop table"})


def test_the_inbox_asks_as_often_with_many_entries_as_with_few(
    client, project, reviewer, django_assert_max_num_queries
):
    idris = make_reviewer(project)
    for _ in range(30):
        comments.say(make_task(project), idris, "@wren look", now())
    with django_assert_max_num_queries(8):
        page = client.get(reverse("reviews:inbox"), {"tab": "talk"})
    assert len(page.context["rows"]) == 25
    assert client.get(reverse("reviews:inbox"), {"tab": "talk", "after": "x"}).status_code == 302


def test_names_are_found_by_how_they_begin(client, project, reviewer):
    people = reverse("reviews:people", args=[project.slug])
    assert client.get(people, {"start": "wr"}).json()["people"][0]["name"] == "wren"
    assert client.get(people, {"start": "\x00"}).json() == {"people": []}
