from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from governance.models import Role
from lib.clock import now
from reviews import comments, inbox, letters, tasks
from reviews.letter_text import message_of
from reviews.models import Letter, NoticeChoice
from tests.builders import make_person, make_project
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db
How, State = NoticeChoice.How, Letter.State
ADDRESS = "https://emend.example.org"


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


def mention(task, wren, text="@idris the secret is in my words", moment=None):
    return comments.say(task, wren, text, moment or now())


def due(moment=None):
    return letters.take((moment or now()) + timedelta(days=8))


def test_what_comes_within_a_minute_is_one_letter(task, wren, idris):
    mention(task, wren)
    mention(task, wren)
    letter = Letter.objects.get()
    assert letter.lines.count() == 2
    assert letters.take(now()) is None
    assert len(due().entries) == 2


def test_a_letter_tells_no_code_and_no_words(task, wren, idris):
    mention(task, wren)
    message = message_of(due(), ADDRESS)
    html = message.alternatives[0].content
    for text in (message.body, html, message.subject):
        assert "secret" not in text
        assert "eval" not in text
    assert f"{ADDRESS}/p/{task.project.slug}/review/{task.pk}/#thread-" in message.body
    assert message.to == [idris.email]


def test_a_letter_has_a_way_out_that_mail_programs_know(task, wren, idris):
    mention(task, wren)
    headers = message_of(due(), ADDRESS).extra_headers
    link = headers["List-Unsubscribe"].strip("<>")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letters.person_of(link.rpartition("/")[2]) == idris


def test_a_name_with_a_line_break_breaks_no_header(project, wren, idris):
    task = make_task(project, file_path="a/evil\r\nBcc: all@example.org")
    mention(task, wren)
    assert "\n" not in message_of(due(), ADDRESS).subject


def test_names_are_escaped_in_the_html(project, wren, idris):
    mention(make_task(project, file_path="<img src=x>.py"), wren)
    assert "<img" not in message_of(due(), ADDRESS).alternatives[0].content


def test_what_was_read_is_not_told_again(task, wren, idris):
    mention(task, wren)
    inbox.see(idris, task, now())
    assert due().entries == []
    assert Letter.objects.get().state == State.NEEDLESS


def test_who_left_the_project_is_told_nothing(task, wren, idris):
    mention(task, wren)
    idris.memberships.all().delete()
    assert due().entries == []


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}])
def test_who_has_no_address_or_account_gets_no_letter(task, wren, idris, change):
    type(idris).objects.filter(pk=idris.pk).update(**change)
    mention(task, wren)
    assert not Letter.objects.exists()


def test_each_person_chooses_for_each_kind(task, wren, idris):
    letters.choose(idris, {"mention": How.OFF})
    mention(task, wren)
    assert not Letter.objects.exists()
    letters.choose(idris, {"mention": How.DAILY})
    mention(task, wren)
    assert Letter.objects.get().how == How.DAILY


def test_the_worker_sends_what_is_due_once(task, wren, idris):
    mention(task, wren)
    Letter.objects.update(due_at=now())
    tasks.send_letters()
    tasks.send_letters()
    assert len(mail.outbox) == 1
    assert Letter.objects.get().state == State.SENT


def test_a_server_that_refuses_is_tried_again_later_and_at_last_given_up(
    task, wren, idris, monkeypatch
):
    monkeypatch.setattr(
        "django.core.mail.EmailMultiAlternatives.send", lambda self: (_ for _ in ()).throw(OSError)
    )
    mention(task, wren)
    for _ in range(len(letters.AFTER) + 1):
        Letter.objects.update(due_at=now())
        tasks.send_letters()
    letter = Letter.objects.get()
    assert (letter.state, letter.attempts) == (State.FAILED, len(letters.AFTER) + 1)


def test_a_letter_refused_does_not_hold_up_the_next(task, wren, idris):
    mention(task, wren)
    letters.refused(due(), "SMTPServerDisconnected", now())
    mention(task, wren)
    assert Letter.objects.count() == 2


def test_a_letter_whose_worker_died_is_not_sent_twice(task, wren, idris):
    mention(task, wren)
    taken = due()
    assert letters.take(now() + timedelta(days=9)) is None
    assert letters.give_up_lost(taken.letter.touched_at + letters.LOST * 2) == 1
    assert letters.take(now() + timedelta(days=9)) is None


def test_a_link_not_ours_is_refused():
    for token in ("", "x", "1:abc:def"):
        with pytest.raises(letters.BadToken):
            letters.person_of(token)


@pytest.mark.parametrize(
    ("how", "moment", "wanted"),
    [
        (How.NOW, datetime(2026, 3, 4, 9, tzinfo=UTC), datetime(2026, 3, 4, 9, 1, tzinfo=UTC)),
        (How.DAILY, datetime(2026, 3, 4, 6, tzinfo=UTC), datetime(2026, 3, 4, 7, tzinfo=UTC)),
        (How.DAILY, datetime(2026, 3, 4, 7, tzinfo=UTC), datetime(2026, 3, 5, 7, tzinfo=UTC)),
        (How.WEEKLY, datetime(2026, 3, 4, 9, tzinfo=UTC), datetime(2026, 3, 9, 7, tzinfo=UTC)),
        (How.WEEKLY, datetime(2026, 3, 9, 6, tzinfo=UTC), datetime(2026, 3, 9, 7, tzinfo=UTC)),
        (How.WEEKLY, datetime(2026, 3, 9, 8, tzinfo=UTC), datetime(2026, 3, 16, 7, tzinfo=UTC)),
    ],
)
def test_when_a_letter_is_due(how, moment, wanted):
    assert letters.due_after(how, moment) == wanted
