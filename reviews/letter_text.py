"""A letter as a mail: plain text and simple HTML, with a way out of it in both."""

from urllib.parse import urlsplit

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override

from governance.languages import language_for
from reviews import inbox
from reviews.letters import LINK_HOLDS, How, Taken, token_for
from reviews.models import InboxEntry


def message_of(taken: Taken, address: str) -> EmailMultiAlternatives:
    """The mail to send, in the person's language; `address` is where this server is reached."""
    with override(language_for(taken.letter.person)):
        return _message(taken, address)


def _message(taken: Taken, address: str) -> EmailMultiAlternatives:
    person, entries = taken.letter.person, taken.entries
    leave = address + reverse("reviews:no-more-mail", args=[token_for(person)])
    context = {
        "person": person,
        "how": taken.letter.how,
        "lines": [
            (entry, gettext(inbox.WORDS[entry.kind]), _link(entry, address)) for entry in entries
        ],
        "inbox": address + reverse("reviews:inbox"),
        "leave": leave,
        "days": LINK_HOLDS.days,
        "choices": address + reverse("reviews:notices"),
    }
    message = EmailMultiAlternatives(
        subject=_subject(taken),
        body=render_to_string("mail/letter.txt", context),
        to=[person.email],
        headers={
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            # the same for each try: where a mail arrives twice all the same, readers join them
            "Message-ID": f"<letter-{taken.letter.pk}@{urlsplit(address).hostname}>",
        },
    )
    message.attach_alternative(render_to_string("mail/letter.html", context), "text/html")
    return message


def _subject(taken: Taken) -> str:
    entries = taken.entries
    if len(entries) == 1:
        entry = entries[0]
        who = entry.actor.username if entry.actor else "Emend"
        line = f"{entry.task.name}: {who} {gettext(inbox.WORDS[entry.kind])}"
    else:
        line = _counted(taken.letter.how, len(entries)).format(n=len(entries))
    return " ".join(line.split())[:200]  # a file's name may hold a line break


def _link(entry: InboxEntry, address: str) -> str:
    page = reverse("reviews:task", args=[entry.project.slug, entry.task_id])
    thread = f"#thread-{entry.comment.thread_id}" if entry.comment else ""
    return f"{address}{page}{thread}"


def _counted(how: str, number: int) -> str:
    if how == How.DAILY:
        return ngettext("{n} thing in your inbox today", "{n} things in your inbox today", number)
    if how == How.WEEKLY:
        return ngettext(
            "{n} thing in your inbox this week", "{n} things in your inbox this week", number
        )
    return ngettext("{n} thing in your inbox", "{n} things in your inbox", number)
