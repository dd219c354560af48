"""The way out: what the browser keeps of pages goes, too."""

from allauth.account.views import logout as allauth_logout
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods


@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """Log out, and have the browser drop its cached pages, those behind the back button among them.

    Its storage is cleared by a script (`log_out.js`), which sends first what is not sent: this
    header would take what another person at the same browser has not sent yet.
    """
    response: HttpResponse = allauth_logout(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = '"cache"'
    return response
