"""A person's own keys."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from governance.requests import PersonRequest
from reviews.keys import REBINDABLE, Keys, changed, keys_of


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: PersonRequest) -> HttpResponse:
    """Which key does what, to read and to change."""
    if request.method != "POST":
        return _page(request, keys_of(request.user), {})
    if "reset" in request.POST:
        wanted, problems = changed({}, bare=True)
    else:
        typed = {action.name: request.POST.get(action.name, "") for action in REBINDABLE}
        wanted, problems = changed(typed, bare="bare" in request.POST)
    if problems:
        return _page(request, wanted, problems, status=422)
    request.user.keys = wanted.to_json()
    request.user.save(update_fields=["keys"])
    messages.success(request, gettext("Your keys are kept."))
    return redirect("reviews:keys")


def _page(
    request: PersonRequest, mine: Keys, problems: dict[str, str], status: int = 200
) -> HttpResponse:
    """The form; a key that was refused stays as it was typed."""
    rows = [
        {
            "action": action,
            "key": request.POST.get(action.name) or mine.chosen(action.name),
            "problem": problems.get(action.name, ""),
        }
        for action in REBINDABLE
    ]
    context = {"rows": rows, "mine": mine, "problems": len(problems)}
    return render(request, "reviews/my_keys.html", context, status=status)
