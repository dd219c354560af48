"""Everything that happened to an item, over all its slots, in order."""

from django.utils.translation import gettext, gettext_noop

from governance.models import User
from lib.wording import inside
from reviews.comments import Place
from reviews.evidence import Event, readable_verdicts, seconds
from reviews.models import Comment, GuidelineFlag, ReviewTask, Verdict

MOST = 300  # of each kind
SAID = {
    Comment.Kind.SAID: gettext_noop("said"),
    Comment.Kind.EDITED: gettext_noop("said it otherwise"),
    Comment.Kind.REMOVED: gettext_noop("removed a comment"),
    Comment.Kind.RESOLVED: gettext_noop("resolved a thread"),
    Comment.Kind.REOPENED: gettext_noop("opened a thread again"),
}


def history(task: ReviewTask, person: User, *, reveals: bool) -> list[Event]:
    """The newest first. Unless it `reveals` them, others' verdicts are left out.

    The first pass is blind, and so is what was served again to measure.
    """
    example = task.example
    events = [Event(example.arrived_at, "get", "Emend", gettext("took it in"), "")]
    verdicts = readable_verdicts(task, person, reveals=reveals)
    related = ("undoes", "guideline__category")
    events += [_of_verdict(each) for each in verdicts.select_related(*related)[:MOST]]
    said = Comment.objects.filter(thread__example=task.example_id).select_related(
        "author", "thread"
    )
    events += [_of_comment(each) for each in said[:MOST]]
    flags = GuidelineFlag.objects.filter(example=task.example_id).select_related("by")
    events += [
        Event(e.at, "flag", e.by.username, gettext("flagged the guideline"), e.why)
        for e in flags[:MOST]
    ]
    if task.leased_to and task.leased_at:
        events.append(
            Event(task.leased_at, "person", task.leased_to.username, gettext("took it"), "")
        )
    return sorted(events, key=lambda event: event.at, reverse=True)


def _of_verdict(verdict: Verdict) -> Event:
    what = inside(verdict.get_kind_display())
    if verdict.kind == Verdict.Kind.UNDO and verdict.undoes:
        what = gettext("took back: {what}").format(what=inside(verdict.undoes.get_kind_display()))
    if verdict.category:
        what = gettext("{what} as {category}").format(what=what, category=verdict.category.title)
    if verdict.reason:
        what = f"{what}: {inside(verdict.get_reason_display())}"
    held = (
        gettext("held {held_ms}").format(held_ms=seconds(verdict.held_ms))
        if verdict.held_ms is not None
        else ""
    )
    guided = (
        gettext("guideline {guideline}").format(guideline=verdict.guideline)
        if verdict.guideline
        else ""
    )
    detail = " · ".join(part for part in (verdict.note, held, guided) if part)
    return Event(verdict.at, "check", verdict.reviewer.username, what, detail)


def _of_comment(comment: Comment) -> Event:
    thread = comment.thread
    where = str(Place(thread.side, thread.line)) if thread.line else ""
    text = comment.text if len(comment.text) <= 200 else f"{comment.text[:200]}…"
    detail = ": ".join(part for part in (where, text) if part)
    return Event(
        comment.at,
        "pen",
        comment.author.username,
        gettext(SAID[Comment.Kind(comment.kind)]),
        detail,
    )
