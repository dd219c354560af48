"""A person's inbox, across their projects."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from governance.requests import PersonRequest
from lib import clock
from lib.pages import BadCursor, page_of
from reviews import inbox
from reviews.workspace import number_of

ROWS = 25
TABS = {
    "turn": (gettext_lazy("Your turn"), inbox.TURN),
    "talk": (gettext_lazy("Mentions and replies"), inbox.TALK),
    "disagreements": (gettext_lazy("Disagreements"), inbox.DISAGREEMENT),
    "done": (gettext_lazy("Done"), None),
}
EMPTY = {
    "turn": (
        gettext_lazy("Nothing waits for you"),
        gettext_lazy(
            "Items come here when somebody assigns one to you, when a decision of"
            " yours is re-opened, and, for curators, when one is escalated or"
            " reviewers disagree."
        ),
    ),
    "talk": (
        gettext_lazy("Nobody is talking to you"),
        gettext_lazy(
            "Write @ and a name in a comment to get somebody's attention; answers appear here."
        ),
    ),
    "disagreements": (
        gettext_lazy("Nobody disagrees with you"),
        gettext_lazy(
            "When somebody decides an item otherwise than you did, you can look at both here."
        ),
    ),
    "done": (
        gettext_lazy("Nothing is done yet"),
        gettext_lazy("What you mark as done is kept here."),
    ),
}
ACTS = ("read", "unread", "done", "open")


@login_required
@require_GET
@never_cache
def inbox_page(request: PersonRequest) -> HttpResponse:
    """One tab of the inbox."""
    key = request.GET.get("tab", "turn")
    key = key if key in TABS else "turn"
    name, kinds = TABS[key]
    mine = inbox.of(request.user)
    rows = mine.filter(done_at=None, kind__in=kinds) if kinds else mine.exclude(done_at=None)
    cursor = {name: request.GET.get(name, "") for name in ("after", "before")}
    try:
        page = page_of(rows, ("-id",), ROWS, **cursor)
    except BadCursor:
        return redirect(f"{reverse('reviews:inbox')}?tab={key}")
    context = {
        "tab": key,
        "tab_name": name,
        "tabs": inbox.counted(request.user, {k: kinds for k, (_, kinds) in TABS.items() if kinds}),
        "names": {k: name for k, (name, _) in TABS.items()},
        "page": page,
        "rows": [(entry, gettext(inbox.WORDS[entry.kind])) for entry in page.rows],
        "empty": EMPTY[key],
    }
    return render(request, "reviews/inbox.html", context)


@login_required
@require_POST
def mark_entries(request: PersonRequest) -> HttpResponse:
    """Mark the chosen entries of one's own."""
    act = request.POST.get("act", "")
    numbers = [found for each in request.POST.getlist("entry")[:200] if (found := number_of(each))]
    if act in ACTS and numbers:
        inbox.mark(request.user, numbers, act, clock.now())
    tab = request.POST.get("tab", "")
    return redirect(f"{reverse('reviews:inbox')}?tab={tab if tab in TABS else 'turn'}")
