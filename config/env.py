"""The only reader of the environment: typed, and loud about what is missing or wrong."""

import os
import re
from urllib.parse import urlsplit

HOST = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\]", re.IGNORECASE)


class BadEnvironment(Exception):
    """A variable is missing, or says something we do not understand."""


def text(name: str, default: str | None = None) -> str:
    """The variable's text; without a default, a missing or empty one stops the start."""
    value = os.environ.get(name, "")
    if value:
        return value
    if default is None:
        raise BadEnvironment(f"{name} is not set")
    return default


def flag(name: str, default: bool) -> bool:
    """`yes` or `no`; anything else stops the start."""
    value = text(name, "yes" if default else "no")
    if value not in ("yes", "no"):
        raise BadEnvironment(f"{name} is {value!r}; say yes or no")
    return value == "yes"


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number, at least `least`."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise BadEnvironment(f"{name} is {value!r}; say a whole number from {least}")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """Words separated by commas; blanks around them do not count."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def hosts(name: str) -> list[str]:
    """Host names separated by commas, at least one; `.example.org` means every host below it."""
    named = words(name) or [text(name)]
    for host in named:
        if not HOST.fullmatch(host):
            raise BadEnvironment(f"{name} holds {host!r}; name hosts, as in emend.example.org")
    return named


def secret(name: str, *, shortest: int = 50) -> str:
    """A secret of at least `shortest` characters; there is never a default."""
    value = text(name)
    if len(value) < shortest or len(set(value)) < 5:
        raise BadEnvironment(f"{name} is too weak: give at least {shortest} random characters")
    return value


def url(name: str, *schemes: str, default: str | None = None) -> str:
    """An address with one of the schemes and a readable port."""
    value = text(name) if default is None else text(name, default)
    if value == default:
        return value
    try:
        parts = urlsplit(value)
        readable = parts.scheme in schemes and parts.port != 0
    except ValueError:
        readable = False
    if not readable:
        raise BadEnvironment(f"{name} must be an address with {' or '.join(schemes)}://")
    return value


def place(name: str) -> str:
    """A folder as an absolute path, or `s3://bucket/folder`; empty where there is none."""
    value = text(name, "")
    parts = urlsplit(value)
    if value and not value.startswith("/") and (parts.scheme != "s3" or not parts.netloc):
        raise BadEnvironment(f"{name} must be an absolute path or s3://bucket/folder")
    return value


def web(name: str) -> str:
    """An http or https address without a name and password in it; empty where there is none."""
    value = text(name, "")
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username):
        raise BadEnvironment(f"{name} must be an address, as in https://models.example.org/v1")
    return value


def has(*names: str) -> bool:
    """Whether all these variables are set."""
    return all(os.environ.get(name) for name in names)


def provide(**values: str) -> None:
    """Set variables for this process and its children, unless they are set already."""
    for name, value in values.items():
        if not os.environ.get(name):
            os.environ[name] = value


def with_values(**values: str) -> dict[str, str]:
    """This process's environment with some values replaced, for a child."""
    return os.environ | values
