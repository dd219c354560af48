import secrets
import string
from datetime import timedelta

from identity.store import codes

ALPHABET = string.ascii_uppercase + string.digits
LENGTH = 8
PURPOSE = "device"
LIFETIME = timedelta(minutes=10)


def create_code(user):
    """A one-time code for `user`; the newest one counts."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    codes.forget(user.id, PURPOSE)
    codes.put(user.id, PURPOSE, code, lifetime=LIFETIME)
    return code


def use_code(user, code):
    """Whether `code` is the newest one of `user`; it works once."""
    if not codes.matches(user.id, PURPOSE, code):
        return False
    codes.forget(user.id, PURPOSE)
    return True
