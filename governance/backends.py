"""How a person is found from what they log in with, and from the session they have."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend

from governance.models import User
from lib.statements import Query


class _ByKey:
    """Finds the person of a session: every request asks."""

    def get_user(self, user_id: int) -> User | None:
        person = _PERSON.first(key=int(user_id))
        return person if person and person.is_active else None


_PERSON = Query(lambda key: User.objects.filter(pk=key), key=int)


class PasswordBackend(_ByKey, ModelBackend):
    """Username and password."""


class AddressBackend(_ByKey, AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """What allauth knows besides: e-mail addresses, passkeys, single sign-on."""
