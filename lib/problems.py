"""Errors of every API as RFC 9457 problem details, which say what happened and where."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from pydantic import BaseModel, Field
from rest_framework import exceptions

MEDIA_TYPE = "application/problem+json"
BLANK = "about:blank"
RETRY_AFTER = 5  # seconds

log = logging.getLogger(__name__)


class Fault(BaseModel):
    """One thing wrong in the request, and where."""

    pointer: str = Field(
        description="JSON pointer into the request's body, as a URI fragment (RFC 6901, 6)",
        examples=["#/2/span/start/line"],
    )
    detail: str = Field(examples=["Input should be a valid integer"])


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(default=BLANK, description="What kind of problem; about:blank: the status")
    title: str
    status: int
    detail: str = Field(description="What happened, what was kept, what to do")
    errors: list[Fault] = Field(default=[], description="Every fault found, with its place")


class Refused(Exception):
    """An API request that is answered with a problem."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        type: str = BLANK,
        errors: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.problem = problem(status, detail, type=type, errors=errors)
        self.headers = dict(headers or {})


def problem(
    status: int, detail: str, *, type: str = BLANK, errors: Sequence[Fault] = ()
) -> Problem:
    """A problem titled by its status."""
    title = HTTPStatus(status).phrase
    return Problem(type=type, title=title, status=status, detail=detail, errors=list(errors))


def respond(
    problem: Problem, headers: Mapping[str, str] | None = None, **members: Any
) -> HttpResponse:
    """The response that says so; `members` are RFC 9457 extension members."""
    body = {"type": problem.type} | problem.model_dump(exclude_defaults=True) | members
    return HttpResponse(
        json_bytes(body), content_type=MEDIA_TYPE, status=problem.status, headers=headers
    )


def json_bytes(value: Any) -> bytes:
    """JSON of what a client may have sent: also half a surrogate pair and numbers of any size."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value).encode()


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Answer what a DRF view raised; None leaves it to Django, as a bug."""
    if isinstance(error, Refused):
        return respond(error.problem, error.headers)
    if isinstance(error, OperationalError | InterfaceError):
        log.warning("the database did not answer: %s", type(error).__name__)
        sorry = "The database did not answer. Nothing was kept; send the request again."
        return respond(problem(503, sorry), {"Retry-After": str(RETRY_AFTER)})
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(*error.args)
    if not isinstance(error, exceptions.APIException):
        return None
    return _answer(error)


@csrf_exempt
def no_such_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """What an API answers where it has nothing."""
    return respond(problem(404, f"There is nothing at {request.path}."))


def _answer(error: exceptions.APIException) -> HttpResponse:
    headers = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if isinstance(error, exceptions.ValidationError):
        errors = list(_faults(error.detail))
        told = problem(error.status_code, "The request has faults.", errors=errors)
        return respond(told, headers)
    return respond(problem(error.status_code, str(error.detail)), headers)


def _faults(detail: Any, path: str = "#") -> Iterator[Fault]:
    """DRF's nested messages, flat, each with its pointer."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            here = path if name == "non_field_errors" else f"{path}/{escaped(name)}"
            yield from _faults(inner, here)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from _faults(inner, f"{path}/{index}" if nested else path)
    else:
        yield Fault(pointer=path, detail=str(detail))


def escaped(part: str | int) -> str:
    """One step of a JSON pointer (RFC 6901, 3)."""
    return str(part).replace("~", "~0").replace("/", "~1")
