"""A program that tries to get out: the sandbox's own test runs it inside, and it tells what it met.

Like `inside`, it is handed over as text and runs on any Python from 3.9 on. Every attempt answers
with an empty text if it was stopped, and otherwise with what it could do.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import resource
import socket
import struct
import subprocess  # noqa: S404  it starts `env`, inside
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

PR_GET_SECCOMP, PR_GET_NO_NEW_PRIVS, PR_CAPBSET_READ = 21, 39, 23
CLONE_NEWUSER = 0x10000000
AF_VSOCK, AF_NETLINK = 40, 16
SIOCGIFNAME = 0x8910
NONE = (0, 0, 0, 0)
CHUNK = bytes(1024 * 1024)


def network(facts: dict[str, Any]) -> str:
    """Nobody to talk to: no interface but a loopback of our own, no socket of the machine's."""
    names = list(interfaces())
    if names != ["lo"]:
        return f"sees the network interfaces {names}"
    for family in (AF_VSOCK, AF_NETLINK):
        try:
            socket.socket(family, socket.SOCK_RAW).close()
        except OSError:
            continue
        return f"can open sockets of family {family}"
    for family, address in (
        (socket.AF_INET, ("127.0.0.1", facts["port"])),
        (socket.AF_INET, ("192.0.2.1", 53)),
        (socket.AF_UNIX, facts["socket"]),
        (socket.AF_UNIX, "\0" + facts["abstract"]),
    ):
        with socket.socket(family) as tried:
            tried.settimeout(1)
            if tried.connect_ex(address) == 0:
                return "can connect to a server of the machine's"
    return ""


def interfaces() -> Iterator[str]:
    """The names of the network interfaces, asked without the sockets that are refused here."""
    with socket.socket() as asked:
        for index in range(1, 33):
            try:
                said = fcntl.ioctl(asked, SIOCGIFNAME, struct.pack("16si20x", b"", index))
            except OSError:
                continue
            yield said[:16].rstrip(b"\0").decode()


def files(facts: dict[str, Any]) -> str:
    """Nothing of the machine's but its programs."""
    seen = [path for path in facts["hidden"] if os.path.lexists(path)]
    return f"sees {', '.join(seen)}" if seen else ""


def writing(facts: dict[str, Any]) -> str:
    """Only the two places meant for it can be written to."""
    found = []
    for folder, folders, _ in os.walk("/"):
        folders[:] = [each for each in folders if not os.path.islink(os.path.join(folder, each))]
        meant = folder in ("/tmp", "/dev/shm")  # noqa: S108
        if meant or folder in facts["programs"]:
            folders[:] = []  # of the programs it is enough that the whole of it is read-only
        if not meant and (os.access(folder, os.W_OK) or not _is_read_only(folder)):
            found.append(folder)
    return f"can write to {', '.join(found[:5])}" if found else ""


def processes(facts: dict[str, Any]) -> str:
    """The machine's processes do not exist here."""
    if os.path.exists("/proc/self"):
        return "sees /proc"
    for pid in facts["processes"]:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            continue
        except OSError:
            pass
        return f"sees process {pid} of the machine"
    return ""


def powers(facts: dict[str, Any]) -> str:
    """No privilege, and no way to one."""
    libc = ctypes.CDLL(None, use_errno=True)
    capable = [libc.prctl(PR_CAPBSET_READ, each, 0, 0, 0) == 1 for each in range(41)]
    found = {
        "runs as root": 0 in (os.getuid(), os.geteuid()),
        "could gain privileges by starting a program": libc.prctl(PR_GET_NO_NEW_PRIVS, *NONE) != 1,
        "has no filter of system calls": libc.prctl(PR_GET_SECCOMP, *NONE) != 2,
        "could gain capabilities": any(capable),
        "can make a user namespace": libc.unshare(CLONE_NEWUSER) == 0,
        "can mount": libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0,  # noqa: S108
        "can trace processes": _traces(libc),
        "can hold memory that no limit counts": libc.shmget(0, 4096, 0o1600) != -1
        or libc.memfd_create(b"x", 0) != -1,
    }
    return ", ".join(power for power, has in found.items() if has)


def environment(facts: dict[str, Any]) -> str:
    """No variable of ours, no open file of ours."""
    said = subprocess.check_output(["env", "-0"], text=True)  # noqa: S607  what a program sees
    leaked = {each.partition("=")[0] for each in said.split("\0") if each} - {*facts["variables"]}
    if leaked:
        return f"sees the variables {', '.join(sorted(leaked))}"
    opened = [number for number in range(3, 256) if _is_open(number)]
    return f"holds open files {opened}" if opened else ""


def forks(facts: dict[str, Any]) -> str:
    """The number of processes has an end."""
    children = []
    try:
        for _ in range(facts["limits"]["processes"] + 1):
            pid = os.fork()
            if pid == 0:
                time.sleep(60)
                os._exit(0)
            children.append(pid)
    except OSError:
        return ""
    finally:
        for pid in children:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
    return f"could start {len(children)} processes"


def memory(facts: dict[str, Any]) -> str:
    """So has the memory of one process."""
    try:
        held = bytearray(facts["limits"]["address_bytes"])
    except MemoryError:
        return ""
    return f"could take {len(held)} bytes"


def disk(facts: dict[str, Any]) -> str:
    """And what it can write, in one file and in all."""
    most = facts["limits"]["disk_bytes"]
    written, number = 0, 0
    while written <= 2 * most:
        number += 1
        size = _fill(f"/tmp/fill-{number}", most)  # noqa: S108
        if size > facts["limits"]["file_bytes"]:
            return f"could write a file of {size} bytes"
        if not size:
            break
        written += size
    for each in range(1, number + 1):
        os.unlink(f"/tmp/fill-{each}")  # noqa: S108
    return f"could write {written} bytes" if written > most else ""


def core(facts: dict[str, Any]) -> str:
    """The kernel's own limits are set and cannot be raised."""
    for name in ("RLIMIT_CPU", "RLIMIT_NPROC", "RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_NOFILE"):
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        if hard == resource.RLIM_INFINITY:
            return f"has no {name}"
        try:
            resource.setrlimit(kind, (hard, hard + 1))
        except (ValueError, OSError):
            continue
        return f"can raise {name}"
    return ""


def _fill(path: str, most: int) -> int:
    size = 0
    try:
        with open(path, "wb", buffering=0) as target:
            while size <= most:
                size += target.write(CHUNK)
    except OSError:
        pass
    return size


def _traces(libc: ctypes.CDLL) -> bool:
    child = os.fork()
    if child == 0:
        os._exit(libc.ptrace(0, 0, None, None) == 0)
    return os.waitpid(child, 0)[1] != 0


def _is_read_only(path: str) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


ATTEMPTS: tuple[Callable[[dict[str, Any]], str], ...] = (
    environment,
    network,
    files,
    writing,
    processes,
    powers,
    core,
    memory,
    disk,
    forks,
)

if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    print(json.dumps({each.__name__: each(told) for each in ATTEMPTS}))  # noqa: T201
