"""What an adapter gets and what it gives: values only, so that it is a pure function."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

from feedback.masking.columns import Shift
from lib.problems import json_bytes

JSON = "application/json"
PROTOBUF = "application/x-protobuf"
NDJSON = "application/x-ndjson"
MULTIPART = "multipart/form-data"
UNREADABLE = "unreadable"  # the schema version of a body that nobody could read

type Credential = Literal["bearer", "basic", "raw", "x-api-key", "x-gitlab-token", "path"]
type Record = dict[str, Any]  # as our own API takes it: feedback.records


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request of a client: its body measured and inflated, its credentials taken out."""

    client: str
    method: str
    path: str  # below the client's base: "/v1/events", or "" for the base itself
    at: datetime  # our clock
    names: Mapping[str, str] = field(default_factory=dict)  # what the route's {names} matched
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-case names
    content_type: str = ""  # the media type alone, in lower case
    body: bytes = b""
    value: Any = None  # the body as parsed JSON; None where it is none
    problem: str = ""  # why the body is not what the route takes; "" where it is
    secret: str = field(default="", repr=False)  # the key, to check a signature made with it


class Became(StrEnum):
    """What became of an item. Whichever it is but the last two, it was kept."""

    STORED = "stored"
    WAITING = "waiting"  # stored; what it says is joined to its generation once that comes
    DUPLICATE = "duplicate"  # the same event was stored earlier
    QUARANTINED = "quarantined"  # kept as it came, because it could not be mapped
    SPOOLED = "spooled"  # on this machine's disk, because the database did not answer
    SAMPLED_OUT = "sampled_out"  # left out: the project follows a share (feedback.sampling)
    ERASED = "erased"  # left out: what it tells of was erased (governance.tombstones)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one item, and why where that needs saying."""

    became: Became
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer a client decodes."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One event, and the records it comes to.

    `original` is JSON and must hold all that `item` of the adapter needs to map it again: what
    stood around the event (a resource, an id in the path) is put into it. No records and no
    problem: the event is kept, and says nothing of a generation.
    """

    original: Any
    version: str  # of the client's schema
    records: tuple[Record, ...] = ()
    problem: str = ""  # why it cannot be mapped: it goes into quarantine
    identity: str = ""  # what makes it the same event again; "": all of `original`
    masked: tuple[tuple[str, int], ...] = ()  # kinds and counts; no adapter's business
    shifts: tuple[tuple[Shift, ...], ...] = ()  # what masking moved in the records' outputs
    digest: str = ""  # of its identity, where it was kept on disk in between


@dataclass(frozen=True, slots=True)
class Reading:
    """What a request says, and how it is answered once each item's fate is known."""

    items: Sequence[Item]
    reply: Callable[[Sequence[Fate]], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """A path of the client's own API below its base, `{name}` for a segment that varies."""

    method: str
    path: str
    takes: tuple[str, ...] = (JSON,)  # media types; a body of another is a problem of the request


@dataclass(frozen=True, slots=True)
class Client:
    """What we know of a client without a request of it."""

    name: str  # in the address: /ingest/<name>
    title: str  # as people call it
    routes: tuple[Route, ...]
    versions: tuple[str, ...]  # of its schema that the adapter maps
    retries: bool  # sends again after a 503; one that does not is spooled
    credentials: tuple[Credential, ...]  # how it can send its key, the usual way first


class Adapter(Protocol):
    """A module of this package that reads one client."""

    CLIENT: Client

    def read(self, arrived: Arrived) -> Reading:
        """What a request says. Never raises, whatever the client sent."""

    def item(self, original: Any, at: datetime) -> Item:
        """One event mapped again, from the original that `read` gave; `at` as it was then."""


def fields_of(value: Any) -> dict[str, Any]:
    """The value where it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def json_reply(value: Any, status: int = 200, **headers: str) -> Reply:
    """A reply with a JSON body; `_` in a header's name is `-`."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, json_bytes(value), JSON, named)


def always(reply: Reply) -> Callable[[Sequence[Fate]], Reply]:
    """The same reply whatever became of the items."""
    return lambda fates: reply


def unreadable(arrived: Arrived, why: str = "") -> Item:
    """The whole request as one item for the quarantine, to be read again by a later version."""
    original = {
        "method": arrived.method,
        "path": arrived.path,
        "query": {name: list(values) for name, values in arrived.query.items()},
        "content_type": arrived.content_type,
        **_body(arrived.body),
    }
    return Item(original, UNREADABLE, problem=why or arrived.problem or "not understood")


def _body(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def body_of(original: Mapping[str, Any]) -> bytes:
    """The body that `unreadable` kept."""
    if "text" in original:
        return str(original["text"]).encode()
    return base64.b64decode(original["base64"])
