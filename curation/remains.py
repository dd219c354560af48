"""What is left of a frozen version after an erasure.

A line is left out once something that stood behind it was erased: every line that is still served
is the one that was frozen, byte for byte, and hashes to its row id. The manifest stays as it was
frozen; what the files are now is made from the rows, and remembered until more is erased.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.core.cache import cache
from django.db.models import Count

from curation import export
from curation.models import DatasetRow, DatasetVersion

KEPT = 30 * 24 * 60 * 60  # seconds


def erased_of(version: DatasetVersion) -> tuple[int, int]:
    """How many rows of the version are tombstones, and how many lines its files leave out.

    Asked once for each object: a page names dozens of files.
    """
    known: tuple[int, int] | None = version.__dict__.get("_erased")
    if known is None:
        gone = DatasetRow.objects.filter(version=version, example=None)
        told = gone.aggregate(rows=Count("id"), lines=Count("row_id", distinct=True))
        known = version.__dict__["_erased"] = told["rows"], told["lines"]
    return known


def lines_lost(version: DatasetVersion) -> int:
    """How many lines the version's files leave out."""
    return erased_of(version)[1]


def files_of(version: DatasetVersion) -> Sequence[dict[str, Any]]:
    """The version's files as they are served: path, SHA-256, rows and bytes."""
    frozen: Sequence[dict[str, Any]] = version.manifest.get("files", [])
    rows, lines = erased_of(version)
    if not lines or not frozen:
        return frozen
    key = f"remains:{version.pk}:{version.content_id}:{rows}"
    found: Sequence[dict[str, Any]] | None = cache.get(key)
    if found is None:
        found = [asdict(file) for file in export.described(version, lambda: None)]
        cache.set(key, found, KEPT)
    return found


def said_of(version: DatasetVersion) -> dict[str, Any]:
    """What goes beside the frozen manifest after an erasure: lines left out, files as they are."""
    lines = lines_lost(version)
    return {"erased": {"lines": lines, "files": list(files_of(version))}} if lines else {}
