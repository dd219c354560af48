"""Requests of clients as their adapters get them, and any JSON a client might send."""

import ast
import hashlib
import hmac
import inspect
import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from urllib.parse import parse_qs, urlsplit

from hypothesis import strategies as st

from feedback.clients.arriving import arrive
from feedback.clients.registry import adapters

AT = datetime(2026, 11, 23, 19, 0, 5, tzinfo=UTC)
CAPTURED = "fixtures/clients/captured_clients.jsonl"


def arrived(client, method, target, body=None, content_type="application/json", at=AT, **headers):
    """A request below a client's base: `target` is a path and a query, `body` bytes or JSON."""
    parts = urlsplit(target)
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return arrive(
        client,
        method,
        parts.path,
        data,
        at,
        content_type=content_type,
        query=parse_qs(parts.query),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def signed(request, secret="emk_a"):
    """The request as GitHub signs it with the key."""
    made = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    headers = {**request.headers, "x-hub-signature-256": f"sha256={made}"}
    return replace(request, headers=headers, secret=secret)


def read(client, *request, **more):
    """What the client's adapter makes of a request."""
    return adapters()[client].read(arrived(client, *request, **more))


def lines(path):
    """The values of a JSONL file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def captured(shared, *beginnings):
    """The captured requests whose path begins so: method, path with query, headers, body."""
    return [each for each in lines(shared / CAPTURED) if each["path"].startswith(beginnings)]


@cache
def words_of(client):
    """The short texts in an adapter's source: the names of the fields it looks at among them."""
    tree = ast.parse(inspect.getsource(adapters()[client]))
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return frozenset(each for each in constants if isinstance(each, str) and each.isidentifier())


def target(route):
    return route.path.replace("{", "").replace("}", "")


odd = st.text(max_size=8) | st.sampled_from(["", "\0", "\ud800", "1e400", "null", "x" * 300])
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
) | odd


def any_json(names):
    """JSON values whose objects often have fields of these names."""
    keys = st.sampled_from(sorted(names)) | odd
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=6),
        max_leaves=12,
    )
