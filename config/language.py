"""The language of an answer: the person's own choice, else what the browser says."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from governance.languages import chosen_by
from governance.models import User

MACHINES = "/api/"  # what is below it is for programs, whose words stay the same for everybody

type Answers = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """As Django's LocaleMiddleware, but a person's own choice goes first.

    The language ends with the request: what a thread does next begins in English again.
    """

    def __init__(self, get_response: Answers) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(MACHINES):
            with translation.override(settings.LANGUAGE_CODE):
                return self.get_response(request)
        with translation.override(language_of(request)):
            answer = self.get_response(request)
            answer.headers.setdefault("Content-Language", translation.get_language() or "")
        patch_vary_headers(answer, ["Accept-Language"])
        return answer


def language_of(request: HttpRequest) -> str:
    """What the person chose; else what the browser's cookie or its settings say."""
    user = request.user
    own = chosen_by(user) if isinstance(user, User) else ""
    return own or translation.get_language_from_request(request)
