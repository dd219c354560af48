import random
import string
from datetime import timedelta

from identity.store import reset_codes


def create_reset_code(user):
    """A code that lets `user` choose a new password within 30 minutes."""
    code = "".join(random.choice(string.ascii_uppercase + string.digits) for _ in range(8))
    reset_codes.put(user.id, code, lifetime=timedelta(minutes=30))
    return code
