"""The request of someone who is logged in."""

from django.http import HttpRequest

from governance.models import User


class PersonRequest(HttpRequest):
    """A request that passed login_required."""

    user: User
