"""What a person hears of by mail, and the way out of it that needs no login."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from governance.requests import PersonRequest
from reviews import letters
from reviews.models import InboxEntry, NoticeChoice


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def notices(request: PersonRequest) -> HttpResponse:
    """How one hears of each kind of thing."""
    if request.method == "POST":
        known = set(NoticeChoice.How.values)
        sent = {kind: request.POST.get(kind, "") for kind in letters.USUAL}
        letters.choose(request.user, {kind: how for kind, how in sent.items() if how in known})
        messages.success(request, gettext("Kept."))
        return redirect("reviews:notices")
    chosen = letters.choices_of(request.user)
    rows = [(kind, InboxEntry.Kind(kind).label, how) for kind, how in chosen.items()]
    context = {"rows": rows, "ways": NoticeChoice.How.choices}
    return render(request, "reviews/notices.html", context)


@csrf_exempt  # a mail program may press it for its reader (RFC 8058); the token is the authority
@never_cache
@require_http_methods(["GET", "POST"])
def no_more_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, then stop all mail to whoever the link is for. Opening it changes nothing."""
    try:
        person = letters.person_of(token)
    except letters.OldToken:
        days = letters.LINK_HOLDS.days
        return render(request, "reviews/no_more_mail.html", {"days": days}, status=410)
    except letters.BadToken:
        raise Http404("No such link") from None
    if request.method == "POST":
        letters.stop(person)
    context = {"stopped": request.method == "POST", "token": token, "address": person.email}
    return render(request, "reviews/no_more_mail.html", context)
