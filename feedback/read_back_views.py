"""What a client's own library reads back of what it stored, with a token that may read."""

import re
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse

from feedback import completions
from feedback.clients import openai
from feedback.clients.credentials import secret_in
from feedback.completions import Asked, NoSuchCompletion
from governance import tokens
from governance.access import Ability, project_for
from governance.models import Project
from lib import clock
from lib.problems import Refused, json_bytes

ONE = re.compile(re.escape(openai.ALL) + r"(?:/(?P<key>[^/]+))?", re.DOTALL)
METADATA = re.compile(r"metadata\[(.{1,64})\]", re.DOTALL)
MOST, LONGEST = 100, 512
ORDERS = ("asc", "desc")
WRITE_ONLY = (
    "An ingest key reports and reads nothing. To read back what was stored, send an access token"
    " that is for one project, as the API key of the client."
)


class BadQuery(ValueError):
    """A query parameter that does not exist, or has a value it cannot have."""


def read_back(request: HttpRequest, client: str, path: str) -> HttpResponse | None:
    """The answer to a client that reads; None where nothing is read.

    Raises Refused, Http404 and PermissionDenied.
    """
    asked = ONE.fullmatch(path) if client == openai.NAME and request.method == "GET" else None
    if asked is None:
        return None
    project = _project(request)
    try:
        if asked["key"] is not None:
            return _json(completions.one(project, asked["key"]))
        return _json(_listed(completions.some(project, _asked(request.GET.dict()))))
    except NoSuchCompletion as unknown:
        return _refused(404, f"No completion is stored under {str(unknown)!r}.")
    except BadQuery as bad:
        return _refused(400, str(bad))


def _project(request: HttpRequest) -> Project:
    """The project of the token, for somebody who may read its code."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    secret = secret_in(headers, prefix=tokens.PREFIX)
    if not secret and secret_in(headers):
        raise Refused(403, WRITE_ONLY)
    try:
        token = tokens.token_for(secret, clock.now())
    except tokens.TokenUnknown:
        challenge = {"WWW-Authenticate": 'Bearer realm="feedback"'}
        raise Refused(401, "Send a live access token.", headers=challenge) from None
    if token.project is None:
        raise Refused(403, "This access token is for every project. Send one that is for one.")
    return project_for(token.user, token.project.slug, Ability.READ_CODE)


def _asked(query: Mapping[str, str]) -> Asked:
    known = {"limit": "20", "after": "", "order": "asc", "model": ""}
    metadata = {found[1]: query[name] for name in query if (found := METADATA.fullmatch(name))}
    rest = {name: value for name, value in query.items() if not METADATA.fullmatch(name)}
    if unknown := sorted(rest.keys() - known.keys()):
        raise BadQuery(f"There is no parameter {unknown[0][:60]!r}.")
    told = known | rest
    limit = told["limit"]
    if not re.fullmatch(r"[0-9]{1,3}", limit) or not 1 <= int(limit) <= MOST:
        raise BadQuery(f"limit is a number from 1 to {MOST}.")
    if told["order"] not in ORDERS:
        raise BadQuery(f"order is {' or '.join(ORDERS)}.")
    if len(metadata) > 16 or any(len(value) > LONGEST for value in metadata.values()):
        raise BadQuery(f"metadata is up to 16 pairs of up to {LONGEST} characters.")
    is_descending = told["order"] == "desc"
    return Asked(int(limit), told["after"], is_descending, told["model"], metadata)


def _listed(found: completions.Found) -> dict[str, object]:
    ids = [each["id"] for each in found.completions]
    return {
        "object": "list",
        "data": found.completions,
        "first_id": ids[0] if ids else None,
        "last_id": ids[-1] if ids else None,
        "has_more": found.has_more,
    }


def _json(value: object, status: int = 200) -> HttpResponse:
    return HttpResponse(json_bytes(value), content_type="application/json", status=status)


def _refused(status: int, why: str) -> HttpResponse:
    """An error as the SDK reads it."""
    error = {"message": why, "type": "invalid_request_error", "param": None, "code": None}
    return _json({"error": error}, status)
