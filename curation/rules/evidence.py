"""What a labeler sees of an example, and what it answers: plain values, no database."""

from dataclasses import dataclass, field
from typing import Any

from curation.findings import Finding


@dataclass(frozen=True)
class Signal:
    """One reaction to the generation."""

    kind: str
    after_ms: int | None = None
    value: float | None = None


@dataclass(frozen=True)
class Evidence:
    """Everything known about an example before a person looks at it."""

    language: str
    prompt: str
    output: str
    ideal: str
    category: str = ""
    severity: str = ""
    comment: str = ""
    reactions: tuple[Signal, ...] = ()
    findings: tuple[Finding, ...] | None = None  # None: no analyser reads this language
    output_fails: bool | None = None  # its tests; None: nobody ran them
    ideal_passes: bool | None = None


@dataclass(frozen=True)
class Opinion:
    """A labeler's answer: a top category's slug, or None where it abstains, and why."""

    labeler: str
    category: str | None
    reason: str
    evidence: dict[str, Any] = field(default_factory=dict)
    version: int = 1
