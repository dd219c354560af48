"""One machine's data directory: who holds it, what runs under it, and what a killed run left.

Whoever locks the directory starts the servers and stops them; every other command finds their
addresses in a file there. The kernel frees the lock however its holder ends.
"""

import argparse
import fcntl
import json
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_urlsafe
from types import FrameType
from typing import IO

import psutil

from config import embedded, env

SUPERVISOR = "up"
DEFAULT = Path(__file__).resolve().parents[1] / ".emend"
# these look at the code alone
NEED_NO_SERVERS = {
    *("add_benchmark", "check", "collectstatic", "curate_file", "diffsettings", "help"),
    *("spectacular", "version"),
}
GRACE = 5.0  # seconds between asking a process to stop and ending it
SAME_START = 2.0  # seconds; clock corrections move a process's start by less

started: dict[str, psutil.Process] = {}  # the servers this process started, by name


class Busy(Exception):
    """Another process holds the data directory."""


@contextmanager
def servers(argv: list[str]) -> Iterator[None]:
    """Give a command a database and a broker: those named, those that run, or new ones.

    New ones stop with the command. `up` never shares: it raises SystemExit where the
    directory is held.
    """
    data_dir = data_dir_of(argv)
    data_dir.mkdir(parents=True, exist_ok=True)
    env.provide(EMEND_DATA_DIR=str(data_dir), EMEND_SECRET_KEY=_secret_key(data_dir))
    supervises = argv[1:2] == [SUPERVISOR] and not {"-h", "--help"} & set(argv)
    if not supervises and (env.has("DATABASE_URL", "REDIS_URL") or not _needs_servers(argv)):
        yield
        return
    try:
        lock = _hold(data_dir)
    except Busy as busy:
        if supervises:
            raise SystemExit(f"Emend already runs on {data_dir} ({busy}). Stop it first.") from None
        env.provide(**_await_addresses(data_dir))
        yield
        return
    if supervises:
        signal.signal(signal.SIGINT, _leave)
    with lock, _own_servers(data_dir):
        yield


def data_dir_of(argv: list[str]) -> Path:
    """The data directory a command line names: --data-dir, EMEND_DATA_DIR, or .emend here."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--data-dir")
    named = parser.parse_known_args(argv[1:])[0].data_dir
    return Path(named or env.text("EMEND_DATA_DIR", str(DEFAULT))).expanduser().resolve()


def remember(data_dir: Path, processes: Iterable[psutil.Process]) -> None:
    """Write down which processes are ours, so that the next start can end what is left."""
    known = []
    for process in processes:
        with suppress(psutil.Error):
            known.append([process.pid, process.create_time()])
    _write_private(data_dir / "processes.json", json.dumps(known))


def end_leftovers(data_dir: Path) -> int:
    """End what a killed run left running, and return how many processes that were.

    A process is known by its id and its start; ids are used again.
    """
    with suppress(FileNotFoundError, ValueError):
        known = json.loads((data_dir / "processes.json").read_text())
        left = [process for pid, start in known if (process := _same(pid, start))]
        return end(left)
    return 0


def end(processes: Iterable[psutil.Process]) -> int:
    """End processes and all they started: ask, wait, insist. Returns how many there were."""
    tree = {process for top in processes for process in (top, *_children(top))}
    for process in tree:
        with suppress(psutil.Error):
            process.terminate()
    deadline = time.monotonic() + GRACE
    while living := [process for process in tree if is_alive(process)]:
        if time.monotonic() > deadline:
            for process in living:
                with suppress(psutil.Error):
                    process.kill()
        time.sleep(0.05)
    return len(tree)


def is_alive(process: psutil.Process) -> bool:
    """Whether it still runs; one that only waits for its parent to notice does not."""
    with suppress(psutil.Error):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


@contextmanager
def _own_servers(data_dir: Path) -> Iterator[None]:
    """Start what the environment does not name, publish the addresses, and stop it in the end."""
    signal.signal(signal.SIGTERM, _leave)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asks to stay
        signal.signal(signal.SIGHUP, _leave)
    end_leftovers(data_dir)
    addresses = data_dir / "addresses.json"
    addresses.unlink(missing_ok=True)
    try:
        _start_missing(data_dir)
        named = {name: env.text(name) for name in ("DATABASE_URL", "REDIS_URL")}
        _write_private(addresses, json.dumps(named))
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # stopping takes a moment; do not tear it
        addresses.unlink(missing_ok=True)
        if "redis" in started:
            end([started["redis"]])
        if "postgres" in started:
            embedded.stop_postgres(data_dir)


def _start_missing(data_dir: Path) -> None:
    if not env.has("DATABASE_URL"):
        env.provide(DATABASE_URL=embedded.start_postgres(data_dir))
        if postgres := embedded.postgres_process(data_dir):
            started["postgres"] = postgres
    if not env.has("REDIS_URL"):
        child, url = embedded.start_redis(data_dir)
        env.provide(REDIS_URL=url)
        started["redis"] = psutil.Process(child.pid)
        remember(data_dir, [started["redis"]])


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _needs_servers(argv: list[str]) -> bool:
    return len(argv) > 1 and argv[1] not in NEED_NO_SERVERS and not {"-h", "--help"} & set(argv)


def _hold(data_dir: Path) -> IO[str]:
    """Lock the directory. A POSIX lock, because a forked child does not inherit those."""
    lock = (data_dir / "lock").open("a+")
    try:
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        holder = lock.read().strip()
        lock.close()
        raise Busy(f"process {holder}") from None
    lock.truncate(0)
    lock.write(str(psutil.Process().pid))
    lock.flush()
    return lock


def _await_addresses(data_dir: Path) -> dict[str, str]:
    """The addresses that the directory's holder has published, or soon will."""
    deadline = time.monotonic() + embedded.START_TIMEOUT
    while time.monotonic() < deadline:
        with suppress(FileNotFoundError):
            return dict(json.loads((data_dir / "addresses.json").read_text()))
        time.sleep(0.1)
    raise SystemExit(f"Another process holds {data_dir} but its servers do not come up.")


def _secret_key(data_dir: Path) -> str:
    """This machine's own secret key, made once: sessions outlive a restart, and nobody knows it."""
    path = data_dir / "secret_key"
    if not path.exists():
        _write_private(path, token_urlsafe(50))
    return path.read_text()


def _write_private(path: Path, text: str) -> None:
    """Replace a file by one that only we can read, in one step."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(path)


def _same(pid: int, start: float) -> psutil.Process | None:
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        if abs(process.create_time() - start) < SAME_START and is_alive(process):
            return process
    return None


def _children(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return process.children(recursive=True)
    return []
