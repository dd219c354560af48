"""Texts, stored once per project under an id that follows from the text."""

import hashlib
from collections.abc import Iterable, Mapping
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import transaction

from feedback import recordsets
from feedback.models import Blob
from governance.models import Project
from lib.statements import planned

KINDS = {"id": "uuid", "project_id": "bigint", "sha256": "text", "text": "text"}
COLUMNS = ", ".join(KINDS)
PUT = (
    f"INSERT INTO {Blob._meta.db_table} ({COLUMNS}) {recordsets.selected(KINDS)}"  # noqa: S608  our own names
    " ON CONFLICT (id) DO NOTHING"
)


def blob_id(project_id: int, text: str) -> UUID:
    """The id of `text` in a project: the first 128 bits of SHA-256 over both."""
    return UUID(bytes=hashlib.sha256(b"%d\n%b" % (project_id, text.encode())).digest()[:16])


def keep(project: Project, text: str) -> Blob:
    """The blob that holds `text`, stored unless it is stored already."""
    return Blob.objects.get(pk=keep_all(project, [text])[text])


@transaction.atomic
def keep_all(project: Project, texts: Iterable[str]) -> dict[str, UUID]:
    """The id of each text, all of them stored."""
    ids = {text: blob_id(project.pk, text) for text in texts}
    put(project.pk, {pk: text for text, pk in ids.items()})
    return ids


def put(project_id: int, texts: Mapping[UUID, str]) -> None:
    """Store texts whose ids the caller has made with `blob_id`.

    One statement, in the order of the ids: two writers of the same texts wait for each other
    and never cross.
    """
    if texts:
        values = batched(bound(project_id, texts), len(KINDS))
        planned(PUT, [recordsets.written(list(KINDS), values)])


def bound(project_id: int, texts: Mapping[UUID, str]) -> list[Any]:
    """The values of COLUMNS for each text, in the order of the ids."""
    values: list[Any] = []
    for pk in sorted(texts):
        digest = hashlib.sha256(texts[pk].encode()).hexdigest()
        values += (pk, project_id, digest, texts[pk])
    return values
