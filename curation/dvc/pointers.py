"""The small files of a published version's commit: where its data lies, and what it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curation.dvc.repository import Tree

DATASET = "dataset"  # the folder that people get, in every project
REMOTE, OWN = "emend", "own"  # what DVC calls our store, and the team's own remote
IGNORED = b"/config.local\n/tmp\n/cache\n"


@dataclass(frozen=True)
class Folder:
    """The data of a version, as its pointer names it."""

    md5: str  # of the list of its files, with `.dir`
    bytes: int
    files: int


def tree_of(
    folder: Folder,
    remotes: Mapping[str, Mapping[str, str]],
    meta: Mapping[str, str],
    manifest: bytes,
) -> Tree:
    """What a commit holds. The first of the remotes is where DVC looks."""
    return {
        ".dvc": {"config": config_text(remotes).encode(), ".gitignore": IGNORED},
        ".gitignore": f"/{DATASET}\n".encode(),
        f"{DATASET}.dvc": pointer_text(folder, meta).encode(),
        "manifest.json": manifest,
    }


def pointer_text(folder: Folder, meta: Mapping[str, str]) -> str:
    """The pointer; DVC carries `meta` along and does not read it."""
    lines = [
        "outs:",
        f"- md5: {folder.md5}",
        f"  size: {folder.bytes}",
        f"  nfiles: {folder.files}",
        "  hash: md5",
        f"  path: {DATASET}",
        "meta:",
        *(f"  {name}: {value}" for name, value in meta.items()),
    ]
    return "\n".join(lines) + "\n"


def config_text(remotes: Mapping[str, Mapping[str, str]]) -> str:
    """DVC's settings. No password and no word of how to log in: those are each reader's own."""
    sections = [("core", {"remote": next(iter(remotes)), "analytics": "false"})]
    sections += [(f"'remote \"{name}\"'", dict(told)) for name, told in remotes.items()]
    return "".join(_section(title, told) for title, told in sections)


def _section(title: str, told: Mapping[str, str]) -> str:
    lines: Sequence[str] = [f"[{title}]", *(f"    {key} = {told[key]}" for key in told)]
    return "\n".join(lines) + "\n"
