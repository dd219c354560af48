"""A POST to an address that somebody typed: never to ourselves, never inside our network.

The name is resolved once, every address it has must be public, and the connection goes to the
address that was looked at, so a name that changes its mind between the two gains nothing.
Redirects are not followed.
"""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Event, Thread, Timer
from time import monotonic
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.exceptions import HTTPError

NAME, CONNECT, ANSWER = 5.0, 5.0, 10.0  # seconds
WHOLE = 20.0  # of everything, the name included: each byte of an answer that drips comes in time
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# They carry an IPv4 address inside, which may be a private one
TUNNELS = [
    ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]

type Address = IPv4Address | IPv6Address


class Refused(Exception):
    """The address is not one we send to; the message says why, for a person."""


class Unreachable(Exception):
    """Nobody answered; the message says what happened."""


@dataclass(frozen=True)
class Target:
    """Where a POST goes: what was typed, and the one address it was found to be."""

    parts: SplitResult
    address: Address
    port: int


def post(url: str, body: bytes, headers: Mapping[str, str], *, loopback: bool = False) -> int:
    """Send it and return the status of the answer. Raises Refused or Unreachable."""
    ends = monotonic() + WHOLE
    target = resolve(url, loopback=loopback)
    pool = _pool(target)
    try:
        with _within(pool, ends - monotonic()):
            answer = pool.urlopen(
                "POST",
                (target.parts.path or "/")
                + (f"?{target.parts.query}" if target.parts.query else ""),
                body=body,
                headers={"Host": target.parts.netloc, **headers},
                redirect=False,
                retries=False,
                preload_content=False,
            )
        status = answer.status
        answer.close()
        return int(status)
    except (HTTPError, OSError) as error:
        raise Unreachable(type(error).__name__) from error
    finally:
        pool.close()


def checked(url: str, *, loopback: bool = False) -> SplitResult:
    """The address taken apart, if its form is one we send to. Raises Refused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused(gettext("This is no address.")) from None
    host = parts.hostname or ""
    is_here = loopback and host in LOOPBACK
    if parts.scheme != "https" and not (is_here and parts.scheme == "http"):
        raise Refused(gettext("Give an address that begins with https://."))
    if not host or port == 0 or parts.username or parts.password or "@" in parts.netloc:
        raise Refused(gettext("Give a host name, and no user name or password."))
    if any(character <= " " or character == "\x7f" for character in url):
        raise Refused(gettext("There is a blank in the address."))
    return parts


def resolve(url: str, *, loopback: bool = False) -> Target:
    """Find out where it leads. Raises Refused if any of its addresses is not public."""
    parts = checked(url, loopback=loopback)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = _addresses_of(host, port, min(WHOLE, NAME))
    if not addresses:
        raise Unreachable(gettext("The name is not known."))
    for address in addresses:
        if not (is_public(address) or (loopback and host in LOOPBACK and address.is_loopback)):
            raise Refused(gettext("It leads to an address inside a private network."))
    return Target(parts, addresses[0], port)


def _addresses_of(host: str, port: int, seconds: float) -> list[Address]:
    """What the name leads to. Raises Unreachable, also when no answer came in time.

    The system's resolver takes no limit: a name server that is silent would hold the worker as
    long as it likes. The thread is left to end by itself.
    """
    found: list[Address] = []
    failed: list[Exception] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(ip_address(str(each[4][0]).partition("%")[0]) for each in answers)
        except (OSError, ValueError) as error:  # a UnicodeError is a ValueError
            failed.append(error)

    asking = Thread(target=ask, name="resolve", daemon=True)
    asking.start()
    asking.join(seconds)
    if asking.is_alive():
        raise Unreachable(gettext("Nobody said in time where the name leads."))
    if failed:
        raise Unreachable(gettext("The name is not known.")) from failed[0]
    return found


def is_public(address: Address) -> bool:
    """Whether anybody on the internet could mean it."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in tunnel for tunnel in TUNNELS):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


@contextmanager
def _within(pool: HTTPConnectionPool, seconds: float) -> Iterator[None]:
    """End the pool's connections when the time is up. Raises Unreachable then."""
    opened: list[socket.socket] = []
    over = Event()

    class Watched(pool.ConnectionCls):  # type: ignore[name-defined, misc]  # plain or TLS
        def _new_conn(self) -> socket.socket:
            made: socket.socket = super()._new_conn()
            opened.append(made.dup())  # TLS takes the first one over
            return made

    def end() -> None:
        over.set()
        for each in opened:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    pool.ConnectionCls = Watched
    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
        if over.is_set():  # headers that were cut off look like headers that ended
            raise Unreachable("TimeoutError")
    finally:
        timer.cancel()
        for each in opened:
            each.close()


def _pool(target: Target) -> HTTPConnectionPool:
    timeout = Timeout(connect=CONNECT, read=ANSWER)
    address = str(target.address)
    if target.parts.scheme == "http":
        return HTTPConnectionPool(address, target.port, timeout=timeout, maxsize=1)
    return HTTPSConnectionPool(
        address,
        target.port,
        timeout=timeout,
        maxsize=1,
        cert_reqs="CERT_REQUIRED",
        server_hostname=target.parts.hostname,
        assert_hostname=target.parts.hostname,
    )
