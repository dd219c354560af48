"""What clients told us, as they told it. Append-only; knows nobody above it."""

from feedback.models.imports import ImportedFile
from feedback.models.masking import MaskedCount, MaskingPattern, OutputShift
from feedback.models.originals import Derived, Original, Orphan, Quarantined, QuarantineEvent
from feedback.models.reported import (
    SEVERITY_KNOWN,
    Alias,
    Blob,
    Correction,
    Generation,
    Reaction,
    Reported,
    Severity,
)
from feedback.models.sampling import Sampling
from feedback.models.search import GenerationWords
from feedback.models.terms import RepositoryTerms

__all__ = [
    "SEVERITY_KNOWN",
    "Alias",
    "Blob",
    "Correction",
    "Derived",
    "Generation",
    "GenerationWords",
    "ImportedFile",
    "MaskedCount",
    "MaskingPattern",
    "Original",
    "Orphan",
    "OutputShift",
    "QuarantineEvent",
    "Quarantined",
    "Reaction",
    "Reported",
    "RepositoryTerms",
    "Sampling",
    "Severity",
]
