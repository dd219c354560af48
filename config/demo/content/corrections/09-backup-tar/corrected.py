import tarfile
from pathlib import Path


def unpack_bundle(bundle: Path, inbox: Path) -> list[Path]:
    """Unpack a bank's bundle and return its statements, oldest first."""
    inbox.mkdir(parents=True, exist_ok=True)
    with tarfile.open(bundle) as archive:
        archive.extractall(inbox, filter="data")
    return sorted(inbox.glob("*.xml"), key=lambda path: path.stat().st_mtime)
