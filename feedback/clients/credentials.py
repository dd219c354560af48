"""Where a client puts its key: each has a habit of its own, and all of them are tried."""

import base64
import binascii
from collections.abc import Iterator, Mapping

from governance.keys import PREFIX

OWN_HEADERS = ("x-api-key", "x-gitlab-token")


def secret_in(headers: Mapping[str, str], in_path: str = "", prefix: str = PREFIX) -> str:
    """The first thing in a request that begins as a key of ours does; "" where nothing does.

    `headers` have lower-case names. A key in the path comes first: who pastes one into an
    address means it, and a client may send a credential for somebody else beside it.
    """
    if in_path:
        return in_path
    return next((each for each in _offered(headers) if each.startswith(prefix)), "")


def _offered(headers: Mapping[str, str]) -> Iterator[str]:
    told = headers.get("authorization", "").strip()
    scheme, _, rest = told.partition(" ")
    match scheme.lower():
        case "basic":
            yield from _basic(rest.strip())
        case _:
            yield rest.strip()  # Bearer, Token, Key: whatever it is called
            yield told
    for name in OWN_HEADERS:
        yield headers.get(name, "").strip()


def _basic(told: str) -> Iterator[str]:
    """Either part may be the key: `public:secret`, `user:token`, `token:`."""
    try:
        pair = base64.b64decode(told, validate=True).decode()
    except (binascii.Error, ValueError):
        return
    user, _, password = pair.partition(":")
    yield password
    yield user
