"""A frozen version as an artifact of Weights & Biases, under digests that were computed here.

W&B names a file by its MD5 in base64 and an artifact by the MD5 of what it lists, so both are known
before anything is sent, and the first are the names DVC has for the same files. The SHA-256 that a
version was frozen with is checked on the way. `wandb` is an extra; this module alone knows it.
"""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import wandb
from django.db import transaction

from curation.datasets import named
from curation.dvc.store import Store
from curation.exports.hugging_face import files
from curation.models import DatasetVersion
from curation.remains import files_of
from governance.ledger import record
from lib import clock

TYPE = "dataset"
FIRST = b"wandb-artifact-manifest-v1\n"
# Nothing of this machine goes along: no console, no packages, no git, no code, no host
QUIET = {
    **{"console": "off", "silent": True, "disable_git": True, "save_code": False},
    **{"x_disable_stats": True, "x_disable_meta": True, "x_disable_machine_info": True},
    **{"x_save_requirements": False, "disable_job_creation": True, "host": "emend"},
}


class Unequal(Exception):
    """W&B would know a file, or all of them, by another digest than we do."""


@dataclass(frozen=True)
class Where:
    """Whose the artifact is at W&B, and whether it goes there now."""

    project: str
    entity: str = ""  # the default of whoever logs in
    offline: bool = False  # kept in `folder` for `wandb sync`
    folder: Path = Path()


def send(version: DatasetVersion, where: Where) -> str:
    """Hand the version's files to W&B, or keep them to be synced; the artifact's digest.

    Raises Unequal, dvc.store.Altered where a line is not what was frozen, or what wandb raises.
    """
    with TemporaryDirectory(prefix="emend-wandb-") as place:
        paths, digests = _stored(version, Store(Path(place)))
        artifact = _artifact(version, paths)
        _compare(artifact, digests)
        # before it goes: what is killed on the way has been given away as well
        _told(version, where, digest_of(digests))
        _log(artifact, where, version)
    return digest_of(digests)


def name_of(md5: str) -> str:
    """How W&B writes a file's MD5."""
    return b64encode(bytes.fromhex(md5)).decode()


def digest_of(digests: Mapping[str, str]) -> str:
    """What W&B calls an artifact of files with these digests by path."""
    listed = "".join(f"{path}:{digests[path]}\n" for path in sorted(digests))
    return hashlib.md5(FIRST + listed.encode(), usedforsecurity=False).hexdigest()


def alias_of(version: DatasetVersion) -> str:
    """The version's number at W&B, which counts for itself with `v0`, `v1`."""
    return f"emend-v{version.number}"


def _stored(version: DatasetVersion, store: Store) -> tuple[dict[str, Path], dict[str, str]]:
    """Where each file lies now, and W&B's name for it. Raises Altered."""
    frozen = {each["path"]: each["sha256"] for each in files_of(version)}
    paths, digests = {}, {}
    for file in files(version):
        kept = store.put(file.pieces(), frozen.get(file.path))
        paths[file.path], digests[file.path] = store.path_of(kept.md5), name_of(kept.md5)
    return paths, digests


def _artifact(version: DatasetVersion, paths: Mapping[str, Path]) -> Any:
    about = {
        "emend_project": version.project.slug,
        "emend_version": version.number,
        "content_id": version.content_id,
        "rows": version.manifest["rows"],
    }
    artifact = wandb.Artifact(f"{version.project.slug}-dataset", TYPE, metadata=about)
    for path, at in paths.items():
        artifact.add_file(str(at), name=path)
    return artifact


def _compare(artifact: Any, digests: Mapping[str, str]) -> None:
    found = {path: entry.digest for path, entry in artifact.manifest.entries.items()}
    if found != digests or artifact.digest != digest_of(digests):
        raise Unequal(f"wandb {wandb.__version__} names these files otherwise than we do")


def _log(artifact: Any, where: Where, version: DatasetVersion) -> None:
    where.folder.mkdir(parents=True, exist_ok=True)
    with wandb.init(
        project=where.project,
        entity=where.entity or None,
        job_type="publish-dataset",
        mode="offline" if where.offline else "online",
        dir=str(where.folder),
        settings=wandb.Settings(**QUIET),
    ) as run:
        logged = run.log_artifact(artifact, aliases=[alias_of(version)])
        if not where.offline:
            logged.wait()


@transaction.atomic
def _told(version: DatasetVersion, where: Where, digest: str) -> None:
    """In the ledger, because no erasure of ours reaches what is kept elsewhere."""
    record(
        version.project, None, "dataset version given to W&B", named(version), clock.now(),
        subject_digest=version.content_id, digest=digest, entity=where.entity,
        to=where.project, offline=where.offline,
    )  # fmt: skip
