"""A stopped PostgreSQL that has every migration, made once and copied by each run of tests.

Applying all migrations takes longer than most tests; copying what they made takes a moment.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

import psycopg

from config import embedded

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".cache" / "migrated"
TEMPLATE = "emend_migrated"
UNUSED = 24 * 60 * 60  # seconds


def copy_into(home: Path) -> None:
    """Put a stopped PostgreSQL with the database TEMPLATE under `home`."""
    kept = KEPT / _digest()
    if not kept.exists():
        _make(kept)
    os.utime(kept)
    _copy(kept / "postgres", home)


def _digest() -> str:
    """Of all that decides what the migrations do: ours, and the pins of everybody else's."""
    files = [*ROOT.glob("*/migrations/*.py"), ROOT / "lib/append_only.py"]
    files += [ROOT / "requirements-dev.txt", Path(embedded.__file__)]
    digest = sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _make(kept: Path) -> None:
    home = Path(tempfile.mkdtemp(prefix="emend-test-"))
    try:
        url = embedded.start_postgres(home, durable=False)
        try:
            _migrate(url)
        finally:
            embedded.stop_postgres(home)
        _keep(home, kept)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _migrate(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    address = url.replace(f"/{embedded.DATABASE}?", f"/{TEMPLATE}?")
    env = os.environ | {"DATABASE_URL": address, "REDIS_URL": "redis://127.0.0.1:1/0"}
    subprocess.run(command, cwd=ROOT, env=env, check=True)


def _keep(home: Path, kept: Path) -> None:
    """In one step, so that nobody copies half of it; what nobody used for a day goes."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.iterdir():
        if old.stat().st_mtime < time.time() - UNUSED:
            shutil.rmtree(old, ignore_errors=True)
    fresh = Path(tempfile.mkdtemp(dir=KEPT))
    _copy(home / "postgres", fresh)
    try:
        fresh.rename(kept)
    except OSError:  # another run was faster
        shutil.rmtree(fresh)


def _copy(folder: Path, into: Path) -> None:
    """With owners and rights: PostgreSQL starts on nothing else, and refuses to run as root."""
    subprocess.run(["cp", "-a", str(folder), str(into)], check=True)
