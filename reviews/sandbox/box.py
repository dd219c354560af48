"""Start a program in the sandbox, watch it, and be sure that nothing of it is left."""

import json
import os
import selectors
import shutil
import subprocess  # noqa: S404  the programs are ours, what they run is shut in
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil

from reviews.sandbox.limits import Limits
from reviews.sandbox.syscalls import UnknownMachine, program

INSIDE = Path(__file__).with_name("inside.py")
PLACES = "/usr/local/bin:/usr/bin:/bin"
NOBODY = 65534
SAMPLE = 0.05  # seconds between two looks at the time and the memory
ENVIRONMENT: Mapping[str, str] = {
    "PATH": PLACES,
    "HOME": "/tmp",  # noqa: S108  the sandbox's own
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",  # or a test that rests on the order of a set fails now and then
    "PYTHONDONTWRITEBYTECODE": "1",
}
DEVICES = ("null", "zero", "full", "random", "urandom")


class Unavailable(Exception):
    """Something the sandbox is made of is missing on this machine; the words say what."""


@dataclass(frozen=True)
class Tools:
    """What the sandbox is made of here."""

    bwrap: str
    python: str
    roots: tuple[str, ...] = ()  # where that Python lives, if not under /usr
    version: str = ""


@dataclass(frozen=True)
class Finished:
    """How a run ended; `stopped` says which of our limits ended it."""

    code: int | None
    output: bytes
    errors: bytes
    seconds: float
    stopped: str = ""  # "time", "memory" or "output"
    most_bytes: int = field(default=0, compare=False)


def tools(python: str = "") -> Tools:
    """Find bubblewrap and a Python; `python` names another one than /usr's. Raises Unavailable."""
    bwrap = shutil.which("bwrap", path=PLACES)
    if bwrap is None:
        raise Unavailable("bubblewrap is not installed (the package is called bubblewrap)")
    found = python or shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if not found or not Path(found).is_file():
        raise Unavailable(f"there is no Python at {found or '/usr/bin/python3'}")
    ask = "import platform, sys; print(sys.prefix, sys.base_prefix, platform.python_version())"
    try:
        said = _ask(found, "-I", "-c", ask).split()
        version = _ask(bwrap, "--version").split()[-1]
    except (OSError, subprocess.SubprocessError, IndexError) as error:
        raise Unavailable(f"{found} or {bwrap} does not answer: {type(error).__name__}") from None
    roots = tuple(sorted({root for root in said[:2] if not root.startswith("/usr")}))
    return Tools(bwrap, found, roots, f"bubblewrap {version}, Python {said[2]}")


def run(tools: Tools, plan: Mapping[str, Any], limits: Limits) -> Finished:
    """Run a plan of `inside.py` and return when every process of it is gone.

    Raises Unavailable where the processor has no filter; a sandbox that cannot be made shows
    as a code other than 0 and no output.
    """
    plan = {**plan, "limits": _inner(limits, plan["kind"])}
    try:
        given = {
            "filter": program(),
            "inside": INSIDE.read_bytes(),
            "plan": json.dumps(plan).encode(),
        }
    except UnknownMachine as error:
        raise Unavailable(str(error)) from None
    held = {name: _held(data) for name, data in given.items()}
    try:
        process = subprocess.Popen(  # noqa: S603  what runs inside is shut in
            arguments(tools, limits, held),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=tuple(held.values()),
            env={},
            cwd="/",
            start_new_session=True,
            **_as_nobody(),
        )
    finally:
        for number in held.values():
            os.close(number)
    with process:
        try:
            return _watch(process, limits)
        finally:
            process.kill()


def arguments(tools: Tools, limits: Limits, held: Mapping[str, int]) -> list[str]:
    """The command line of bubblewrap; docs/sandbox.md goes through it."""
    return [
        tools.bwrap,
        *("--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL"),
        *("--die-with-parent", "--new-session", "--hostname", "sandbox"),
        *("--uid", str(NOBODY), "--gid", str(NOBODY)),
        "--clearenv",
        *(word for pair in ENVIRONMENT.items() for word in ("--setenv", *pair)),
        *_system(),
        *(word for root in tools.roots for word in ("--ro-bind", root, root)),
        *(w for name in DEVICES for w in ("--dev-bind", f"/dev/{name}", f"/dev/{name}")),
        *("--size", str(limits.disk_bytes // 4), "--tmpfs", "/dev/shm"),  # noqa: S108
        *("--size", str(limits.disk_bytes), "--tmpfs", "/tmp"),  # noqa: S108
        *("--file", str(held["inside"]), "/emend/inside.py"),
        *("--file", str(held["plan"]), "/emend/plan.json"),
        *("--remount-ro", "/", "--chdir", "/tmp"),  # noqa: S108
        *("--seccomp", str(held["filter"])),
        *("--", tools.python, "-s", "/emend/inside.py"),
    ]


def _system() -> list[str]:
    """The system's programs and libraries, read-only; of /etc only what finds libraries."""
    words = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        place = Path("/", name)
        if place.is_symlink():
            words += ["--symlink", str(place.readlink()), str(place)]
        elif place.is_dir():
            words += ["--ro-bind", str(place), str(place)]
    for name in ("/etc/ld.so.cache", "/etc/alternatives"):
        words += ["--ro-bind-try", name, name]
    return words


def _inner(limits: Limits, kind: str) -> dict[str, int]:
    """The limits that the process inside sets for itself before anything else.

    Runtimes other than Python reserve far more addresses than they use, so for commands the
    kernel counts what is writable and their own instead.
    """
    memory = "RLIMIT_DATA" if kind == "command" else "RLIMIT_AS"
    return {
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_CPU": limits.cpu_seconds,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_NPROC": limits.processes,
        memory: limits.address_bytes,
    }


def _as_nobody() -> dict[str, Any]:
    """Root's processes have no limit to their number, and root's files are root's inside too."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": ()}


def _held(data: bytes) -> int:
    """A file that is nowhere, to be read from its beginning."""
    number = os.memfd_create("emend")
    with os.fdopen(os.dup(number), "wb") as target:
        target.write(data)
    os.lseek(number, 0, os.SEEK_SET)
    return number


def _watch(process: "subprocess.Popen[bytes]", limits: Limits) -> Finished:
    """Read what it prints until it ends or one of our limits ends it."""
    started = time.monotonic()
    heard: dict[str, bytearray] = {"output": bytearray(), "errors": bytearray()}
    stopped, most = "", 0
    with selectors.DefaultSelector() as pipes:
        for name, pipe in (("output", process.stdout), ("errors", process.stderr)):
            assert pipe is not None
            pipes.register(pipe, selectors.EVENT_READ, name)
        looked = started
        while pipes.get_map() and not stopped:
            _read(pipes, heard)
            if time.monotonic() - looked >= SAMPLE:
                looked = time.monotonic()
                most = max(most, resident(process.pid))
            stopped = _over(limits, time.monotonic() - started, most, heard.values())
        if stopped:
            process.kill()
        code = process.wait()
    return Finished(
        code=None if stopped else code,
        output=bytes(heard["output"][: limits.output_bytes]),
        errors=bytes(heard["errors"][: limits.output_bytes]),
        seconds=time.monotonic() - started,
        stopped=stopped,
        most_bytes=most,
    )


def _read(pipes: selectors.BaseSelector, heard: Mapping[str, bytearray]) -> None:
    for key, _ in pipes.select(SAMPLE):
        pipe: IO[bytes] = key.fileobj  # type: ignore[assignment]  # registered by `_watch`
        data = os.read(pipe.fileno(), 65_536)
        heard[key.data].extend(data)
        if not data:
            pipes.unregister(pipe)


def _over(limits: Limits, seconds: float, most: int, heard: Iterable[Sequence[int]]) -> str:
    """Which limit is passed, if any."""
    if seconds > limits.seconds:
        return "time"
    if most > limits.total_bytes:
        return "memory"
    return "output" if any(len(each) > limits.output_bytes for each in heard) else ""


def resident(pid: int) -> int:
    """Bytes in memory of all that a process started; what they share counts once for each."""
    total = 0
    with suppress(psutil.Error):
        for child in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.Error):
                total += child.memory_info().rss
    return total


def _ask(*command: str) -> str:
    answer = subprocess.run(  # noqa: S603  our own settings name it
        command, capture_output=True, text=True, timeout=10, check=True, env={}
    )
    return answer.stdout
