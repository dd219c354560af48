"""The OpenAPI description as a page: what people read at /api/docs, from what programs read."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

from lib.problems import MEDIA_TYPE, Problem

METHODS = ("get", "put", "post", "patch", "delete")
LIMITS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "pattern": "as {}",
}
REFUSALS = {
    401: "No credential, or one that is unknown, revoked or expired",
    503: "The database did not answer; nothing was kept. Send it again after Retry-After",
}
IN_A_PROJECT = {
    403: "Your roles in the project, or your token, do not allow it",
    404: "There is no such thing, or none that you may know of",
}
OF_A_BODY = {
    400: "The body is not JSON, or its encoding is broken",
    413: "The body is too large; it was not read",
    415: "Not JSON, or an encoding other than gzip and zstd",
    422: "The body has faults; errors says where",
}

type Node = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """What a value is, in words, and the shape that tells more."""

    words: str
    shape: str = ""


@dataclass(frozen=True)
class Field:
    """One field of a shape, or one parameter of an operation."""

    name: str
    kind: Kind
    required: bool
    told: str


@dataclass(frozen=True)
class Shape:
    """A named shape of JSON values."""

    name: str
    told: str
    kind: Kind
    fields: tuple[Field, ...]
    more: bool  # other fields may be sent


@dataclass(frozen=True)
class Example:
    """A value, as it travels."""

    title: str
    text: str


@dataclass(frozen=True)
class Answer:
    """One status an operation answers with."""

    status: str
    phrase: str
    told: str
    kind: Kind | None
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Operation:
    """One method at one address."""

    anchor: str
    method: str
    path: str
    title: str
    told: str
    access: tuple[str, ...]
    parameters: tuple[Field, ...]
    body: Kind | None
    examples: tuple[Example, ...]
    answers: tuple[Answer, ...]


def api_docs(request: HttpRequest) -> HttpResponse:
    """The page; it says nothing about any project, so anyone may read it."""
    return render(request, "reference/api.html", _page())


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The same for programs, as OpenAPI 3.1."""
    return HttpResponse(_bytes(), content_type=OpenApiJsonRenderer.media_type)


def tell_refusals(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A drf-spectacular hook: what refuses a request before its view decides, as a problem."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for item in result["paths"].values():
        for method in METHODS & item.keys():
            for status, told in _refusals_of(item[method]).items():
                answer = {"description": told, "content": content}
                item[method]["responses"].setdefault(str(status), answer)
    shapes = result["components"]["schemas"]
    shapes.setdefault("Problem", Problem.model_json_schema())
    return result


def _refusals_of(operation: Node) -> dict[int, str]:
    """Of one operation, by what it takes; a query too may name a project."""
    names = {each["name"] for each in operation.get("parameters", ())}
    in_a_project = IN_A_PROJECT if names & {"slug", "project"} else {}
    of_a_body = OF_A_BODY if "requestBody" in operation else {}
    return REFUSALS | in_a_project | of_a_body


@cache
def _document() -> Node:
    """The description, made once in a process: it is the same for all, and making it is work."""
    made: Node = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # drf-spectacular's own
    return made


@cache
def _bytes() -> bytes:
    return OpenApiJsonRenderer().render(_document())


@cache
def _page() -> dict[str, Any]:
    document = _document()
    return {"operations": list(operations(document)), "shapes": list(shapes(document))}


def operations(document: Node) -> Iterator[Operation]:
    """The operations of an OpenAPI document, in its order."""
    schemes = document["components"]["securitySchemes"]
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield _operation(path, method, item[method], schemes)


def shapes(document: Node) -> Iterator[Shape]:
    """The shapes that operations name."""
    for name, node in sorted(document["components"]["schemas"].items()):
        fields = node.get("properties", {})
        needed = node.get("required", ())
        yield Shape(
            name=name,
            told=node.get("description", ""),
            kind=kind_of(node),
            fields=tuple(_field(key, value, key in needed) for key, value in fields.items()),
            more=node.get("additionalProperties") is True,
        )


def kind_of(node: Node) -> Kind:
    """What a JSON schema allows, in a few words."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        return Kind(name, name)
    for union in ("oneOf", "anyOf", "allOf"):
        if union in node:
            kinds = [kind_of(each) for each in node[union]]
            linked = [kind.shape for kind in kinds if kind.shape]
            return Kind(" or ".join(kind.words for kind in kinds), linked[0] if linked else "")
    if "const" in node or "enum" in node:
        values = [node["const"]] if "const" in node else node["enum"]
        return Kind(" or ".join(json.dumps(value) for value in values))
    if node.get("type") == "array":
        items = kind_of(node.get("items", {}))
        return Kind(f"array of {items.words}", items.shape)
    words = node.get("type", "anything")
    return Kind(" or ".join(words) if isinstance(words, list) else _formatted(words, node))


def _formatted(words: str, node: Node) -> str:
    return f"{words}, {node['format']}" if "format" in node else words


def _operation(path: str, method: str, node: Node, schemes: Node) -> Operation:
    content = node.get("requestBody", {}).get("content", {})
    first, _, rest = node.get("description", "").partition(".")
    title = node.get("summary") or first or node["operationId"]
    return Operation(
        anchor=node["operationId"],
        method=method.upper(),
        path=path,
        title=title,
        told=rest.strip() if title == first else node.get("description", ""),
        access=tuple(_access(schemes[name]) for need in node.get("security", ()) for name in need),
        parameters=tuple(
            _field(each["name"], each["schema"] | _told(each), each.get("required", False))
            for each in node.get("parameters", ())
        ),
        body=_kind_of_content(content),
        examples=tuple(_examples(content)),
        answers=tuple(_answer(*each) for each in sorted(node["responses"].items())),
    )


def _told(node: Node) -> dict[str, Any]:
    return {"description": node["description"]} if "description" in node else {}


def _access(scheme: Node) -> str:
    match scheme:
        case {"type": "http", "scheme": "bearer"}:
            where = "Authorization: Bearer …"
        case {"in": "cookie"}:
            return "Your session, when you are signed in"
        case _:
            where = f"{scheme['name']}: …"
    return f"{where} ({scheme.get('description', '')})"


def _answer(status: str, node: Node) -> Answer:
    content = node.get("content", {})
    return Answer(
        status=status,
        phrase=HTTPStatus(int(status)).phrase,
        told=node.get("description", ""),
        kind=_kind_of_content(content),
        examples=tuple(_examples(content)),
    )


def _kind_of_content(content: Node) -> Kind | None:
    return next((kind_of(each["schema"]) for each in content.values() if "schema" in each), None)


def _examples(content: Node) -> Iterator[Example]:
    for each in content.values():
        for name, example in each.get("examples", {}).items():
            text = json.dumps(example["value"], indent=2, ensure_ascii=False)
            yield Example(example.get("summary", name), text)


def _field(name: str, node: Node, required: bool) -> Field:
    told = [node["description"].rstrip(".")] if node.get("description") else []
    limits = {**next((each for each in node.get("anyOf", ()) if each.get("type") != "null"), node)}
    told += [words.format(limits[key]) for key, words in LIMITS.items() if key in limits]
    return Field(name, kind_of(node), required, "; ".join(told))
