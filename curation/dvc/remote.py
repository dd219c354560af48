"""A remote of the team's own that published files go to as well: a folder, or a bucket of S3.

It is laid out as our store is, below a folder for each project. Who reads it needs access of
their own; what we write it with comes from where AWS's tools look (variables, profile, role).
"""

import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pyarrow.fs import FileType, S3FileSystem

from curation.dvc.store import Store

AT_ONCE = 1024 * 1024  # bytes in memory
CONNECTING, ANSWERING = 10, 60  # seconds


@dataclass(frozen=True)
class FolderRemote:
    """A folder, perhaps of another machine that is mounted here."""

    root: Path

    @property
    def settings(self) -> dict[str, str]:
        """How DVC is told of it."""
        return {"url": str(self.root)}

    def take(self, store: Store, md5: str) -> None:
        """Have the store's file, if it is not there in full. Raises OSError."""
        source, copy = store.path_of(md5), Store(self.root)
        if not copy.holds(md5, source.stat().st_size):
            copy.copy_of(source, md5)

    def drop(self, md5: str) -> None:
        """Keep the file no longer, if it is there. Raises OSError."""
        Store(self.root).drop(md5)


@dataclass(frozen=True)
class BucketRemote:
    """A part of a bucket, at AWS or wherever S3 is spoken."""

    path: str  # bucket and folder
    endpoint: str = ""
    region: str = ""

    @property
    def settings(self) -> dict[str, str]:
        """How DVC is told of it."""
        told = {"url": f"s3://{self.path}", "endpointurl": self.endpoint, "region": self.region}
        return {name: value for name, value in told.items() if value}

    def take(self, store: Store, md5: str) -> None:
        """Have the store's file, if it is not there in full. Raises OSError."""
        source, target = store.path_of(md5), self._target(md5)
        held = self._bucket.get_file_info(target)
        if held.type == FileType.File and held.size == source.stat().st_size:
            return
        with source.open("rb") as reader, self._bucket.open_output_stream(target) as writer:
            shutil.copyfileobj(reader, writer, AT_ONCE)

    def drop(self, md5: str) -> None:
        """Keep the file no longer, if it is there. Raises OSError."""
        if self._bucket.get_file_info(self._target(md5)).type == FileType.File:
            self._bucket.delete_file(self._target(md5))

    def _target(self, md5: str) -> str:
        return Store(Path(self.path)).path_of(md5).as_posix()

    @cached_property
    def _bucket(self) -> S3FileSystem:
        endpoint = urlsplit(self.endpoint)
        return S3FileSystem(
            endpoint_override=endpoint.netloc or None,
            scheme=endpoint.scheme or None,
            region=self.region or None,
            connect_timeout=CONNECTING,
            request_timeout=ANSWERING,
        )


type Remote = FolderRemote | BucketRemote


def remote_at(address: str, project: str) -> Remote | None:
    """The project's part of the remote at an address, `/folder` or `s3://bucket/folder?endpoint=…`.

    None without an address.
    """
    if not address:
        return None
    parts = urlsplit(address)
    if parts.scheme != "s3":
        return FolderRemote(Path(address) / project)
    told = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    path = "/".join([parts.netloc, *filter(None, parts.path.split("/")), project])
    return BucketRemote(path, told.get("endpoint", ""), told.get("region", ""))
