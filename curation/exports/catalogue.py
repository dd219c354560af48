"""Every export there is, and its files by name."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from curation.export import NoSuchFile
from curation.exports import axolotl, hugging_face, llama_factory, openai, parquet, plain, trl
from curation.exports.archive import zipped
from curation.exports.files import REVISION, File, Format
from curation.models import DatasetVersion
from curation.remains import erased_of
from lib.canonical import digest_of

FORMATS: tuple[Format, ...] = (
    hugging_face.FORMAT,
    trl.FORMAT,
    openai.FORMAT,
    llama_factory.FORMAT,
    axolotl.FORMAT,
    plain.FORMAT,
    parquet.FORMAT,
)
BY_NAME = {each.name: each for each in FORMATS}


@dataclass(frozen=True)
class Offered:
    """One export of one version."""

    format: Format
    files: list[File]

    @property
    def archive(self) -> str:
        """What all its files are asked for by."""
        return f"{self.format.name}.zip"

    @property
    def named(self) -> list[tuple[str, File]]:
        """Its files, each with what it is asked for by."""
        return [(f"{self.format.name}/{file.path}", file) for file in self.files]


def offered(version: DatasetVersion) -> list[Offered]:
    """What a version can be had as; nothing until it is frozen."""
    if not version.content_id:
        return []
    return [Offered(each, each.files(version)) for each in FORMATS]


def pieces_of(version: DatasetVersion, name: str) -> Iterable[bytes]:
    """The bytes of `format.zip`, or of one file as `format/path`. Raises NoSuchFile."""
    for each in offered(version):
        if name == each.archive:
            return zipped(each.files, f"{version.project.slug}-v{version.number}")
        for known, file in each.named:
            if name == known:
                return file.pieces()
    raise NoSuchFile(f"Version {version.number} has no export {name}.")


def tag_of(version: DatasetVersion, name: str) -> str:
    """What is the same exactly as long as the bytes of a name are."""
    lost, _ = erased_of(version)
    gone = [lost] if lost else []
    return digest_of([version.content_id, version.number, name, REVISION, pa.__version__, *gone])
