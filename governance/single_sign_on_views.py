"""The page that asks a person to log in again at their identity provider."""

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import password_set
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from governance.requests import PersonRequest
from governance.single_sign_on import ask, provider_of
from lib import clock

# allauth lets whoever has a session set a first password, and sign with it
first_password = reauthentication_required(app="allauth.account")(password_set)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def log_in_again(request: PersonRequest) -> HttpResponse:
    """Say what will happen, then go to the provider."""
    provider = provider_of(request, request.user)
    if provider is None:
        raise PermissionDenied(gettext("You do not log in through an identity provider here."))
    back = get_next_redirect_url(request) or "/"
    if request.method == "POST":
        return ask(request, provider, back, clock.now())
    return render(request, "account/log_in_again.html", {"provider": provider, "back": back})
