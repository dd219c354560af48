from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from governance.models import Role
from lib.clock import now
from reviews import comments, inbox
from reviews.comments import Place
from reviews.models import Comment, CommentDraft, InboxEntry, Thread
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.reviews_builders import later, make_task

pytestmark = pytest.mark.django_db
LINE = Place("ideal", 2)


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def task(project):
    return make_task(project)


@pytest.fixture
def wren(project):
    return make_person(project, Role.REVIEWER, username="wren")


@pytest.fixture
def idris(project):
    return make_person(project, Role.REVIEWER, username="idris")


def seen(task, person):
    return [
        (talk.side, talk.line, [each.text for each in talk.said], talk.draft)
        for talk in comments.said_about(task, person)
    ]


def kinds(person):
    return [entry.kind for entry in inbox.of(person)]


def test_a_comment_on_a_line_is_read_by_everyone(task, wren, idris):
    comments.say(task, wren, "Does it retry?", now(), place=LINE)
    assert seen(task, idris) == [("ideal", 2, ["Does it retry?"], "")]


def test_a_comment_sent_twice_is_posted_once_and_other_words_are_another(task, wren, idris):
    key = uuid4()
    once = comments.say(task, wren, "Does it retry?", now(), place=LINE, key=key)
    assert comments.say(task, wren, "Does it retry?", now(), place=LINE, key=key) == once
    assert comments.say(task, wren, "Does it wait?", now(), place=LINE, key=key) != once
    assert comments.say(task, idris, "Does it retry?", now(), place=LINE, key=key) != once
    reply = comments.say(task, wren, "Yes.", now(), thread=once.thread, key=key)
    assert comments.say(task, wren, "Yes.", now(), thread=once.thread, key=key) == reply
    assert Thread.objects.count() == 3


def test_a_double_click_that_comes_at_the_same_moment_posts_once(task, wren, monkeypatch):
    key = uuid4()
    once = comments.say(task, wren, "Does it retry?", now(), key=key)
    asked = Comment.objects.filter(pk=None)
    with monkeypatch.context() as patched:  # the second one asked before the first was stored
        patched.setattr(type(Comment.objects), "filter", lambda *_, **__: asked, raising=False)
        again = comments.say(task, wren, "Does it retry?", now(), key=key)
    assert again == once
    assert Thread.objects.count() == 1


def test_of_many_comments_the_newest_are_shown_as_they_stand(task, wren, idris, monkeypatch):
    monkeypatch.setattr(comments, "MOST", 3)
    first = comments.say(task, wren, "one", now())
    rest = [comments.say(task, wren, f"{n}", now(), thread=first.thread) for n in range(2, 5)]
    for n in range(4):
        comments.edit(task, rest[0], wren, f"two, edited {n}", now())
    comments.resolve(first.thread, wren, now())
    comments.remove(rest[1], wren, now())
    (talk,) = comments.said_about(task, idris)
    assert [(each.text, each.is_removed) for each in talk.said] == [
        ("two, edited 3", False),
        ("", True),
        ("4", False),
    ]
    assert talk.resolved_by == wren


def test_of_many_drafts_the_oldest_go_first(project, wren, idris, monkeypatch):
    monkeypatch.setattr(comments, "MOST_DRAFTS", 2)
    tasks = [make_task(project) for _ in range(3)]
    comments.keep_draft(tasks[0], idris, "theirs", now())
    for n, each in enumerate(tasks):
        comments.keep_draft(each, wren, f"mine {n}", later(n))
    kept = CommentDraft.objects.order_by("touched_at").values_list("text", flat=True)
    assert list(kept) == ["theirs", "mine 1", "mine 2"]


def test_a_draft_is_its_authors_alone_and_gone_once_posted(task, wren, idris):
    comments.keep_draft(task, wren, "Does", now(), place=LINE)
    comments.keep_draft(task, wren, "Does it", now(), place=LINE)
    assert seen(task, wren) == [("ideal", 2, [], "Does it")]
    assert seen(task, idris) == []
    comments.say(task, wren, "Does it retry?", now(), place=LINE)
    assert not CommentDraft.objects.exists()


def test_a_draft_of_a_reply_is_not_a_draft_of_a_new_thread(task, wren):
    said = comments.say(task, wren, "One", now(), place=LINE)
    comments.keep_draft(task, wren, "Two", now(), thread=said.thread)
    assert seen(task, wren) == [("ideal", 2, ["One"], "Two")]
    comments.say(task, wren, "Two", now(), thread=said.thread)
    assert not CommentDraft.objects.exists()


def test_a_draft_emptied_is_forgotten(task, wren):
    comments.keep_draft(task, wren, "Does", now())
    comments.keep_draft(task, wren, "  ", now())
    assert not CommentDraft.objects.exists()


def test_an_edit_keeps_what_was_said_before(task, wren):
    said = comments.say(task, wren, "Fisrt", now())
    comments.edit(task, said, wren, "First", now())
    assert seen(task, wren) == [("", 0, ["First"], "")]
    assert list(Comment.objects.order_by("id").values_list("text", flat=True)) == ["Fisrt", "First"]


def test_nobody_edits_or_removes_what_another_said(task, wren, idris):
    said = comments.say(task, wren, "Mine", now())
    with pytest.raises(comments.NotYours):
        comments.edit(task, said, idris, "Ours", now())
    with pytest.raises(comments.NotYours):
        comments.remove(said, idris, now())
    assert Comment.objects.count() == 1


def test_a_curator_removes_and_the_record_stays(task, wren, project):
    said = comments.say(task, wren, "Rude", now())
    comments.remove(said, make_curator(project), now(), curates=True)
    assert seen(task, wren) == []
    assert Comment.objects.filter(text="Rude").exists()
    with pytest.raises(comments.Gone):
        comments.edit(task, said, wren, "Polite", now())


def test_a_resolved_thread_opens_again_when_somebody_goes_on(task, wren, idris):
    said = comments.say(task, wren, "One", now())
    comments.resolve(said.thread, idris, now())
    assert comments.said_about(task, wren)[0].resolved_by == idris
    comments.say(task, wren, "Two", now(), thread=said.thread)
    assert comments.said_about(task, wren)[0].resolved_by is None


def test_a_mention_and_a_reply_reach_their_people_once(task, wren, idris):
    said = comments.say(task, wren, "@idris look, @wren too", now())
    assert kinds(idris) == ["mention"]
    assert kinds(wren) == []
    comments.say(task, idris, "@wren done", now(), thread=said.thread)
    assert kinds(wren) == ["mention"]
    comments.say(task, idris, "and more", now(), thread=said.thread)
    assert kinds(wren) == ["reply", "mention"]


def test_an_edit_tells_only_who_was_not_told(task, wren, idris, project):
    maren = make_person(project, Role.CURATOR, username="maren")
    said = comments.say(task, wren, "@idris look", now())
    comments.edit(task, said, wren, "@idris look, @maren too", now())
    assert kinds(idris) == ["mention"]
    assert kinds(maren) == ["mention"]


@pytest.mark.parametrize("role", [Role.DEVELOPER, None])
def test_who_may_not_read_the_code_is_not_told(task, wren, project, role):
    other = make_person(project, *([role] if role else []), username="noor")
    comments.say(task, wren, "@noor look", now())
    assert not InboxEntry.objects.filter(person=other).exists()
    assert 'class="at"' not in comments.said_about(task, wren)[0].said[0].html


def test_who_left_the_project_sees_nothing_of_it_any_more(task, wren, idris):
    comments.say(task, wren, "@idris look", now())
    assert inbox.unread(idris) == 1
    idris.memberships.all().delete()
    assert inbox.unread(idris) == 0
    assert kinds(idris) == []


def test_a_mention_in_code_calls_nobody(task, wren, idris):
    comments.say(task, wren, "the decorator `@idris`", now())
    assert kinds(idris) == []


def test_a_removed_comment_leaves_the_inbox(task, wren, idris):
    said = comments.say(task, wren, "@idris look", now())
    comments.remove(said, wren, now())
    assert inbox.unread(idris) == 0


def test_only_readers_are_offered_as_names(project, wren):
    make_person(project, Role.DEVELOPER, username="wrenna")
    make_reviewer(make_project())
    assert comments.people_to_name(project, "wr") == [wren]


def test_looking_at_the_item_reads_what_told_of_it(task, wren, idris, project):
    comments.say(task, wren, "@idris look", now())
    comments.say(make_task(project), wren, "@idris and here", now())
    inbox.see(idris, task, now())
    assert inbox.unread(idris) == 1


def test_marking_touches_nobody_elses_entries(task, wren, idris):
    comments.say(task, wren, "@idris look", now())
    entry = InboxEntry.objects.get()
    assert inbox.mark(wren, [entry.pk], "done", later()) == 0
    assert inbox.mark(idris, [entry.pk], "done", later()) == 1
    assert inbox.unread(idris) == 0


def test_the_count_of_unread_is_one_query(task, wren, idris, django_assert_num_queries):
    comments.say(task, wren, "@idris look", now())
    with django_assert_num_queries(1):
        assert inbox.unread(idris) == 1


def test_nothing_is_told_where_the_comment_was_not_stored(task, wren, idris):
    with pytest.raises(IntegrityError), transaction.atomic():
        comments.say(task, wren, "@idris look", now(), place=Place("ideal", 0))
    assert not InboxEntry.objects.exists()
    assert not Thread.objects.exists()


@pytest.mark.parametrize("table", ["reviews_comment", "reviews_thread"])
def test_what_was_said_cannot_be_changed(task, wren, table):
    comments.say(task, wren, "One", now())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(f"UPDATE {table} SET at = now()")
