"""The doors by which foreign clients come in: /ingest/<client>/… and /k/<key>/<client>/…."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from feedback import originals, spooling
from feedback.answers import let_in
from feedback.bodies import packed, unpacked
from feedback.clients.arriving import ClientUnknown, arrive, find, read
from feedback.clients.credentials import secret_in
from feedback.clients.reading import Arrived, Became, Fate, Item, Reply
from feedback.clients.registry import RouteUnknown, adapters
from feedback.outage import outage
from feedback.read_back_views import read_back
from governance.keys import KeyUnknown
from governance.models import IngestKey
from lib import clock
from lib.problems import RETRY_AFTER, Refused, exception_handler

HIDDEN = "/k/…"  # what a log may say of an address that has a key in it
SECRET_HEADERS = {"authorization", "cookie", "x-api-key", "x-gitlab-token"}
NO_KEY = (
    "Send a live ingest key. None was sent, or it may be mistyped or revoked; nothing was kept."
)

NOWHERE = "Neither the database nor the disk took it. Nothing was kept; send the request again."

log = logging.getLogger(__name__)


@csrf_exempt
def door(request: HttpRequest, client: str, path: str = "", key: str = "") -> HttpResponse:
    """Whatever a client sends: never a redirect, and never a page."""
    if key:
        request.path = request.path_info = HIDDEN
    try:
        below = f"/{path}".rstrip("/")
        told = None if key else read_back(request, client, below)
        response = told or _answer(request, client, below, key)
    except (Refused, Http404, PermissionDenied, OperationalError, InterfaceError) as error:
        answer = exception_handler(error, {})
        assert answer is not None
        response = answer
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


@csrf_exempt
def no_door(request: HttpRequest, path: str) -> HttpResponse:
    """Below /k/, where there is no client: an address that no log may show."""
    return door(request, "", path, "none")


def _answer(request: HttpRequest, client: str, path: str, in_path: str) -> HttpResponse:
    _check_address(client, request.method or "", path)
    headers = {name.lower(): value for name, value in request.headers.items()}
    secret = secret_in(headers, in_path)
    waits = adapters()[client].CLIENT.retries
    key = _key(secret, remembered=not waits)
    arrived = _arrived(request, client, path, headers, secret)
    reading = read(arrived)
    # one that does not send again is counted and never refused: it would lose what it refused
    limits = let_in(key, len(reading.items), refusable=waits)
    fates = []
    if reading.items:
        fates = _kept(key, client, reading.items, arrived.at, may_spool=not waits)
    return _response(reading.reply(fates), fates, limits if waits else {})


def _kept(
    key: IngestKey, client: str, items: Sequence[Item], at: datetime, *, may_spool: bool
) -> list[Fate]:
    """Events kept in the database or, while it is away and `may_spool`, on this machine's disk."""
    try:
        outage.refuse()
        return originals.keep(key, client, originals.cleaned(key, items), at)
    except (OperationalError, InterfaceError) as error:
        outage.noticed(error)
        if not may_spool:
            raise
        return _spooled(key, client, items, at)


def _spooled(key: IngestKey, client: str, items: Sequence[Item], at: datetime) -> list[Fate]:
    try:
        return spooling.put(key, client, items, at)
    except OSError as error:
        log.error("neither the database nor the disk takes reports: %s", error)
        headers = {"Retry-After": str(RETRY_AFTER)}
        raise Refused(503, NOWHERE, headers=headers) from None


def _check_address(client: str, method: str, path: str) -> None:
    try:
        find(client, method, path)
    except ClientUnknown:
        raise Refused(404, "There is no client of this name. Nothing was kept.") from None
    except RouteUnknown as unknown:
        if not unknown.methods:
            raise Refused(404, "The client has no such path. Nothing was kept.") from None
        allowed = ", ".join(unknown.methods)
        raise Refused(405, f"Send {allowed} here.", headers={"Allow": allowed}) from None


def _key(secret: str, *, remembered: bool) -> IngestKey:
    try:
        return outage.key_for(secret, remembered=remembered)
    except KeyUnknown:
        challenge = {"WWW-Authenticate": 'Bearer realm="feedback"'}
        raise Refused(401, NO_KEY, headers=challenge) from None


def _arrived(
    request: HttpRequest, client: str, path: str, headers: dict[str, str], secret: str
) -> Arrived:
    sent = packed(request, settings.MAX_BODY_BYTES)
    try:
        body, problem = unpacked(request, sent, settings.MAX_BODY_BYTES), ""
    except Refused as refused:
        if refused.problem.status != 400:
            raise
        body, problem = sent, refused.problem.detail
    return arrive(
        client,
        request.method or "",
        path,
        body,
        clock.now(),
        content_type=headers.get("content-type", ""),
        query={name: request.GET.getlist(name) for name in request.GET},
        headers={name: value for name, value in headers.items() if name not in SECRET_HEADERS},
        secret=secret,
        problem=problem,
    )


def _response(reply: Reply, fates: Sequence[Fate], limits: dict[str, str]) -> HttpResponse:
    headers = limits | dict(reply.headers)
    is_spooled = any(fate.became is Became.SPOOLED for fate in fates)
    status = 202 if is_spooled and reply.status in (200, 201) else reply.status
    return HttpResponse(reply.body, status=status, content_type=reply.content_type, headers=headers)
