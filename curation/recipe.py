"""Recipes: every criterion of curation as a typed value, with a version, a digest and differences.

docs/curation.md says where each number comes from. What is hashed holds whole numbers only:
shares are percents, similarities are percents, probabilities are percents.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from curation.splits import HUNDRED
from lib.canonical import digest_of

type Percent = Annotated[int, Field(ge=0, le=100)]
type Count = Annotated[int, Field(ge=0)]


class BadRecipe(ValueError):
    """The recipe is not one we understand; the message says which field, for a person."""


class Part(BaseModel):
    """What all parts share: unknown fields are errors, and nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Reading(Part):
    """How big a row may be before it is not even looked at."""

    most_bytes: Annotated[int, Field(ge=1_000, le=64_000_000)] = 1_000_000


class Canonical(Part):
    """What is taken off texts before anything compares them."""

    strip_fences: bool = True


class Consent(Part):
    """Whose rows may be used: no refusal, no licence that forbids, no tombstone."""

    require: bool = False  # a row that says nothing is dropped as well
    denied_licences: tuple[str, ...] = (
        *("AGPL", "GPL", "LGPL", "SSPL", "BUSL", "CC-BY-NC", "CC BY-NC", "noncommercial"),
        *("proprietary", "all rights reserved"),
    )
    require_licence: bool = False
    tombstones: tuple[str, ...] = ()


class Decontamination(Part):
    """When a row is too near to something models are measured with."""

    exact: bool = True
    words: Literal[12] = 12  # fingerprints are made of runs of so many
    percent: Percent = 58
    benchmarks: bool = True  # the fingerprints that come with Emend


class Validity(Part):
    """What a row must have to be learnt from. Tokens are words and signs."""

    least_tokens: Count = 16  # of prompt, output and correction
    most_tokens: Count = 4_096  # of output and correction
    most_characters: Count = 50_000  # of each side


class Parsing(Part):
    """What parsers say of the correction."""

    add_no_errors: bool = True
    python_must_parse: bool = True


class Outcome(Part):
    """What tests and analysers say of the correction."""

    tests_must_pass: bool = True
    introduce_no_security_finding: bool = True


class Labels(Part):
    """Who votes, and how sure the label must be for the row to be learnt from."""

    analysers: bool = True
    learned: bool = True  # the model that comes with Emend
    least_percent: Percent = 40


class Duplicates(Part):
    """When two rows say nearly the same, of runs of `tokens` tokens on both sides."""

    tokens: Literal[5] = 5
    percent: Annotated[int, Field(ge=50, le=100)] = 70
    permutations: Literal[128] = 128
    bands: Literal[25] = 25


class Caps(Part):
    """The most rows one source may give; 0 is no limit."""

    user: Count = 1_000
    repository: Count = 2_000
    cluster: Count = 4


class Split(Part):
    """Where rows go that hang together."""

    shares: dict[str, Percent] = Field(
        default_factory=lambda: {"train": 80, "validation": 10, "test": 10}
    )
    together: tuple[Literal["cluster", "repository", "session"], ...] = (
        *("cluster", "repository", "session"),
    )
    salt: str = "emend-1"
    holdout_from: datetime | None = None  # rows from then on are kept for measuring

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.shares.keys() <= {"train", "validation", "test"}:
            raise ValueError("shares are of train, validation and test")
        if sum(self.shares.values()) != HUNDRED:
            raise ValueError("the shares do not add up to 100")
        return self


class Routing(Part):
    """Which objective a row is for, by how much was edited and how sure its label is."""

    small_edit: Percent = 5
    large_edit: Percent = 60
    sure: Percent = 90


class Recipe(Part):
    """All criteria of one run."""

    version: Literal[1] = 1
    reading: Reading = Reading()
    canonical: Canonical = Canonical()
    consent: Consent = Consent()
    decontamination: Decontamination = Decontamination()
    validity: Validity = Validity()
    parsing: Parsing = Parsing()
    outcome: Outcome = Outcome()
    labels: Labels = Labels()
    duplicates: Duplicates = Duplicates()
    caps: Caps = Caps()
    split: Split = Split()
    routing: Routing = Routing()

    def as_json(self) -> dict[str, Any]:
        """Every field, as JSON keeps it."""
        return self.model_dump(mode="json")

    @property
    def digest(self) -> str:
        """The SHA-256 of all of it: two recipes that say the same have one."""
        return digest_of(self.as_json())


@dataclass(frozen=True)
class Difference:
    """One field in which two recipes differ."""

    field: str
    before: Any
    after: Any


def read(data: str | bytes) -> Recipe:
    """The recipe in a JSON text; a field left out has its default. Raises BadRecipe."""
    try:
        return Recipe.model_validate_json(data)
    except ValidationError as error:
        raise BadRecipe("; ".join(_told(error))) from error


def read_file(path: Path) -> Recipe:
    """The recipe in a file. Raises BadRecipe."""
    try:
        return read(path.read_bytes())
    except OSError as error:
        raise BadRecipe(f"{path} cannot be read: {error.strerror}") from error


def differences(before: Recipe, after: Recipe) -> list[Difference]:
    """The fields in which two recipes differ, by their dotted names."""
    return differences_of(before.as_json(), after.as_json())


def differences_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """The fields in which two values of JSON differ; None where one has no such field."""
    old, new = dict(_flat(before)), dict(_flat(after))
    return [
        Difference(field, old.get(field), new.get(field))
        for field in sorted(old.keys() | new.keys())
        if old.get(field) != new.get(field)
    ]


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, each in value.items():
        if isinstance(each, dict):
            yield from _flat(each, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", each


def _told(error: ValidationError) -> Iterator[str]:
    for each in error.errors():
        yield f"{'.'.join(map(str, each['loc'])) or 'recipe'}: {each['msg']}"
