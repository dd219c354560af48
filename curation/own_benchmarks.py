"""A project's own benchmarks, which its dataset versions hold no row of.

They are kept in the database, so that every worker finds the same; a version's recipe names each
with its digest, so that one that is built later or again uses the ones it was asked for with.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from django.db import transaction

from curation.fingerprints import Fingerprints, packed, unpacked
from curation.models import ProjectBenchmark
from curation.standards import fingerprints_of
from governance.ledger import record
from governance.models import Project, User

MOST = 20  # of a project: all are in memory while a version is planned, 16 MB of each 2 MB file
MOST_BYTES = 10_000_000  # of one's tasks


class TooMany(ValueError):
    """The project has as many as it may, or this one holds more than it may."""


@transaction.atomic
def add_to(
    project: Project, tasks: bytes, name: str, now: datetime, *, source: str, by: User | None = None
) -> ProjectBenchmark:
    """Keep the fingerprints of the tasks in a file; the name's earlier ones no longer count.

    `source` is the file's name. Raises NoTasks, or TooMany.
    """
    if len(tasks) > MOST_BYTES:
        raise TooMany(f"{source} holds more than {MOST_BYTES:,} bytes.")
    found = fingerprints_of(tasks, name, source)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    there = rule(project)
    if name not in there and len(there) >= MOST:
        raise TooMany(f"{project} has {MOST} benchmarks already.")
    data = packed([found])
    digest = sha256(data).hexdigest()
    made = ProjectBenchmark.objects.create(
        project=project, name=name, texts=len(found.whole), data=data, digest=digest, added_at=now
    )
    record(project, by, "benchmark added", f"benchmark {name}", now, subject_digest=digest)
    return made


def rule(project: Project) -> dict[str, str]:
    """The digest of each that counts now, by name; what a version's recipe says of them."""
    rows = ProjectBenchmark.objects.filter(project=project).order_by("name", "-id")
    return dict(rows.distinct("name").values_list("name", "digest"))


def counting(project: Project) -> list[ProjectBenchmark]:
    """Those that count now, without their data, by name."""
    rows = ProjectBenchmark.objects.filter(project=project).order_by("name", "-id")
    return list(rows.distinct("name").defer("data"))


def named(project_id: int, own: Mapping[str, str]) -> list[Fingerprints]:
    """The fingerprints that a version's recipe names."""
    return [_kept(project_id, digest) for _, digest in sorted(own.items())]


@lru_cache(maxsize=32)
def _kept(project_id: int, digest: str) -> Fingerprints:
    rows = ProjectBenchmark.objects.filter(project=project_id, digest=digest)
    row = rows.order_by("id").first()
    if row is None:
        raise ProjectBenchmark.DoesNotExist(f"no benchmark {digest} in project {project_id}")
    (found,) = unpacked(bytes(row.data), str(row))
    return found
