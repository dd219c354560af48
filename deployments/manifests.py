"""What a model version is, as one canonical text: its manifest. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from django.utils.translation import gettext, gettext_noop
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, ValidationError

from lib.canonical import canonical_bytes, sha256_hex

MOST_ARTIFACTS = 10_000
SHA256 = re.compile(r"[0-9a-f]{64}")

Line = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=300)]
Digest = Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(strict=True, pattern=r"^[\w.:/@+-]{1,100}$")]
Setting = Annotated[str, StringConstraints(strict=True, max_length=10_000)]
Whole = Annotated[int, Field(strict=True, ge=-(2**53) + 1, le=2**53 - 1)]  # RFC 8785's integers


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what was sent: the path of the field, and what it needs."""

    field: str
    needs: str

    def __str__(self) -> str:
        return f"{self.field}: {self.needs}" if self.field else self.needs


class BadManifest(ValueError):
    """The manifest cannot be registered; `problems` says why, field by field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Artifact(_Part):
    """One file of the model: where it lies under its root, its SHA-256 and its size in bytes."""

    path: Line
    sha256: Digest
    bytes: Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)]


class Manifest(_Part):
    """Everything that makes the model what it is.

    `settings` are the chat template, sampling defaults, serving image and the like: values that
    change what the model answers, so they are part of what people sign. Fractions are decimal
    strings, because floats have no single byte form.
    """

    name: Name
    base_model: Line
    artifacts: Annotated[tuple[Artifact, ...], Field(min_length=1, max_length=MOST_ARTIFACTS)]
    dataset_version: Digest | None
    settings: dict[Line, Setting | StrictBool | Whole] = Field(default_factory=dict)
    notes: Annotated[str, StringConstraints(strict=True, max_length=20_000)] = ""


NEEDS = {
    "missing": gettext_noop("is missing"),
    "extra_forbidden": gettext_noop("is not a field of a manifest"),
    "too_short": gettext_noop("needs at least one"),
    "string_too_short": gettext_noop("must not be empty"),
    "string_type": gettext_noop("needs text"),
    "int_type": gettext_noop("needs a whole number"),
    "int_from_float": gettext_noop("needs a whole number"),
    "dict_type": gettext_noop("needs an object"),
    "tuple_type": gettext_noop("needs an array"),
    "model_type": gettext_noop("needs an object"),
    "greater_than_equal": gettext_noop("needs a number of at least 0"),
}
PATTERNS = {
    "name": gettext_noop("needs 1 to 100 letters, digits or . : / @ + - _"),
    "sha256": gettext_noop("needs 64 lower-case hexadecimal digits"),
    "dataset_version": gettext_noop(
        "needs the content id of a dataset version (64 hexadecimal digits) or null"
    ),
}


def read(sent: Any) -> Manifest:
    """The manifest in a JSON value, its artifacts in the order of their paths.

    Raises BadManifest.
    """
    try:
        manifest = Manifest.model_validate(sent)
    except ValidationError as error:
        raise BadManifest(_problems(error)) from error
    problems = [*_bad_paths(manifest), *_bad_text(manifest)]
    if problems:
        raise BadManifest(problems)
    ordered = tuple(sorted(manifest.artifacts, key=lambda artifact: artifact.path))
    return manifest.model_copy(update={"artifacts": ordered})


def parse(text: str | bytes) -> Any:
    """The JSON value in a text a person typed or a file they chose. Raises BadManifest."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadManifest(
            [
                Problem(
                    "",
                    gettext("This is not JSON: {msg} (line {lineno})").format(
                        msg=error.msg, lineno=error.lineno
                    ),
                )
            ]
        ) from error


def body_of(manifest: Manifest) -> bytes:
    """The manifest's exact bytes: what the digest is over and what is kept."""
    return canonical_bytes(manifest.model_dump(mode="json"))


def digest_of(manifest: Manifest) -> str:
    """The manifest's SHA-256."""
    return sha256_hex(body_of(manifest))


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What changed between two manifests: (field, old, new), artifacts by path.

    Digests are compared whole and told by their first 16 digits, which fit a page.
    """
    before, after = _flat(old), _flat(new)
    fields = sorted(before.keys() | after.keys())
    return [
        (field, _told(before.get(field, "")), _told(after.get(field, "")))
        for field in fields
        if before.get(field) != after.get(field)
    ]


def _told(value: str) -> str:
    return f"{value[:16]}…" if SHA256.fullmatch(value) else value


def _flat(manifest: Mapping[str, Any]) -> dict[str, str]:
    plain = ("name", "base_model", "dataset_version", "notes")
    flat = {field: str(manifest.get(field) or "") for field in plain}
    flat |= {f"settings.{key}": str(value) for key, value in manifest.get("settings", {}).items()}
    for artifact in manifest.get("artifacts", []):
        flat[artifact["path"]] = artifact["sha256"]
    return {field: value for field, value in flat.items() if value}


def _bad_paths(manifest: Manifest) -> list[Problem]:
    problems, seen = [], set()
    for index, artifact in enumerate(manifest.artifacts):
        parts = artifact.path.split("/")
        if artifact.path.startswith("/") or "\\" in artifact.path or {"", ".", ".."} & set(parts):
            needs = gettext("needs a relative path with forward slashes, without . or ..")
            problems.append(Problem(f"artifacts[{index}].path", needs))
        if artifact.path in seen:
            problems.append(
                Problem(
                    f"artifacts[{index}].path",
                    gettext("is listed twice"),
                )
            )
        seen.add(artifact.path)
    return problems


def _bad_text(manifest: Manifest) -> list[Problem]:
    """Text that PostgreSQL or UTF-8 cannot hold would fail later, and with a worse message."""
    texts = {"base_model": manifest.base_model, "notes": manifest.notes}
    texts |= {f"artifacts[{n}].path": a.path for n, a in enumerate(manifest.artifacts)}
    for key, value in manifest.settings.items():
        texts[f"settings.{key!a}"] = f"{key}{value}"
    return [
        Problem(field, gettext("must not hold NUL characters or lone surrogates"))
        for field, text in texts.items()
        if "\x00" in text or not _is_utf8(text)
    ]


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _problems(error: ValidationError) -> list[Problem]:
    found: dict[str, Problem] = {}
    for each in error.errors(include_url=False, include_input=False):
        field = path_of(each["loc"])
        found.setdefault(field, Problem(field, _needs(str(each["type"]), each["loc"], each["msg"])))
    # a broken artifact also makes its list "too short"; only the precise problem helps
    return [
        problem
        for field, problem in found.items()
        if not any(other.startswith(f"{field}[") for other in found)
    ]


def _needs(kind: str, loc: tuple[int | str, ...], message: str) -> str:
    last = str(loc[-1]) if loc else ""
    if kind == "string_pattern_mismatch" and last in PATTERNS:
        return gettext(PATTERNS[last])
    if loc and loc[0] == "settings" and len(loc) > 1:
        return gettext("needs text, a whole number or true/false (write fractions as text)")
    needs = NEEDS.get(kind)
    return gettext(needs) if needs else message[:1].lower() + message[1:]


def path_of(loc: tuple[int | str, ...]) -> str:
    """A field's path as people write it: artifacts[0].sha256."""
    path = ""
    for step in loc:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return ".".join(path.split(".")[:2]) if path.startswith("settings.") else path
