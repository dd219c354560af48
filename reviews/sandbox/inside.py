"""The program that runs inside the sandbox: sets limits, runs each test by itself, tells outcomes.

It is handed over as text and run by the sandbox's own Python, 3.9 or newer, with the standard
library only. This process never runs the code under test: each test gets a process of its own and
a fresh copy of the files, so that none can touch the next one or write our protocol.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import json
import os
import resource
import select
import shutil
import signal
import sys
import time
import unittest
from collections.abc import Callable
from typing import Any

SHOWN = 4_000  # characters of a test's output that are kept from each end
MESSAGE = 500
MOST = 200  # tests of one suite
SCRATCH = ("/tmp", "/dev/shm")  # noqa: S108  private to the sandbox
HERE = "/tmp/work"  # noqa: S108
NOTES = "/tmp/printed"  # noqa: S108


def main() -> None:
    """Read the plan, run the tests, print one line of JSON for each."""
    with open("/emend/plan.json", encoding="utf-8") as source:
        plan = json.load(source)
    set_limits(plan["limits"])
    if plan["kind"] == "program":
        os.chdir("/tmp")  # noqa: S108
        os.execv(plan["command"][0], plan["command"])  # noqa: S606
    tell = os.dup(1)
    os.set_inheritable(tell, False)
    os.dup2(0, 1)  # nothing reads what a test prints but `printed`
    names = names_of(plan)
    say(tell, {"tests": names})
    for number, name in enumerate(names):
        started = time.monotonic()
        outcome = run(plan, number, name, tell)
        say(tell, {"test": name, "ms": int((time.monotonic() - started) * 1000), **outcome})
    say(tell, {"end": True})


def set_limits(limits: dict[str, int]) -> None:
    """Lower this process's limits for good; what it starts inherits them."""
    for name, value in limits.items():
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        free = hard == resource.RLIM_INFINITY
        lowest = value if free else min(value, hard)
        # SIGXCPU first, which `judge` can tell from other ends, and SIGKILL a second later
        grace = 1 if name == "RLIMIT_CPU" and (free or lowest < hard) else 0
        resource.setrlimit(kind, (lowest, lowest + grace))
    os.nice(5)


def say(tell: int, line: dict[str, Any]) -> None:
    """Write one line to whoever watches from outside."""
    os.write(tell, json.dumps(line).encode() + b"\n")


def names_of(plan: dict[str, Any]) -> list[str]:
    """The tests: every file for a command; every test function, or the whole text, for Python."""
    if plan["kind"] == "command":
        return [path for path, _ in plan["tests"]][:MOST]
    names: list[str] = []
    for _, text in plan["tests"]:
        try:
            body = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ["tests"]
        for node in body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                names.append(node.name)
            elif isinstance(node, ast.ClassDef):
                names += [
                    f"{node.name}.{each.name}"
                    for each in node.body
                    if isinstance(each, ast.FunctionDef) and each.name.startswith("test")
                ]
    return list(dict.fromkeys(names))[:MOST] or ["tests"]


def run(plan: dict[str, Any], number: int, name: str, tell: int) -> dict[str, Any]:
    """Run one test in a process of its own; afterwards nothing of it is left."""
    try:
        clean()
        write_files(plan)
        answer, says = os.pipe()
        child = os.fork()
    except OSError as error:
        return {"outcome": "error", "message": f"could not start: {error}", "output": ""}
    if child == 0:
        os.close(tell)
        os.close(answer)
        os._exit(be_the_test(plan, number, name, says))
    os.close(says)
    heard, status = wait_for(child, answer, plan["seconds"])
    os.close(answer)
    end_the_rest()
    outcome = judge(plan, heard, status)
    return {**outcome, "output": printed()}


def clean() -> None:
    """Empty the places a test may write to."""
    for place in SCRATCH:
        for entry in os.listdir(place) if os.path.isdir(place) else ():
            path = os.path.join(place, entry)
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    os.unlink(path)


def write_files(plan: dict[str, Any]) -> None:
    """Lay out the code under test, its tests and what comes with them."""
    for path, text in [*plan["files"], *plan["tests"]]:
        whole = os.path.join(HERE, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8", newline="") as target:
            target.write(text)


def be_the_test(plan: dict[str, Any], number: int, name: str, says: int) -> int:
    """In the child: run the test and say what came of it."""
    os.setsid()
    notes = os.open(NOTES, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(notes, 1)
    os.dup2(notes, 2)
    os.close(notes)
    os.chdir(HERE)
    if plan["kind"] == "command":
        os.set_inheritable(says, False)
        command = [each.replace("{test}", plan["tests"][number][0]) for each in plan["command"]]
        try:
            os.execvp(command[0], command)  # noqa: S606
        except OSError as error:
            os.write(says, json.dumps(["error", f"{command[0]}: {error.strerror}"]).encode())
            return 127
    outcome = try_test(plan, name)
    sys.stdout.flush()
    os.write(says, json.dumps(outcome).encode())
    return 0


def try_test(plan: dict[str, Any], name: str) -> list[str]:
    """Load the code and its tests, then call the one that is asked for."""
    sys.path[0] = HERE
    try:
        call = load(plan, name)
    except BaseException as error:  # noqa: BLE001  also what tries to exit
        return ["error", told(error)]
    try:
        call()
    except BaseException as error:  # noqa: BLE001
        return [kind_of(error), told(error)]
    return ["passed", ""]


def kind_of(error: BaseException) -> str:
    """What is missing is no failure of the code: it was never tried."""
    if isinstance(error, unittest.SkipTest):
        return "skipped"
    return "error" if isinstance(error, (ImportError, SyntaxError)) else "failed"


def load(plan: dict[str, Any], name: str) -> Callable[[], Any]:
    """What to call for a test, with the code's own names at hand in the tests."""
    under_test = module_at(plan["code_path"])
    space: dict[str, Any] = vars(under_test)
    if not plan["entry_point"]:  # with one, code and tests are one program, as benchmarks have it
        space = {**space, "__name__": "tests"}
    check = None
    for path, text in plan["tests"]:
        space["__file__"] = os.path.join(HERE, path)
        step = compile(text, path, "exec")
        if name == "tests":
            check = partial_of(check, step, space)
        else:
            exec(step, space)  # noqa: S102  this is what the sandbox is for
    if check is not None:
        return lambda: whole(check, space, plan["entry_point"])
    owner, _, method = name.rpartition(".")
    if not owner:
        return space[method]  # type: ignore[no-any-return]
    if issubclass(space[owner], unittest.TestCase):
        return space[owner](method).debug  # type: ignore[no-any-return]
    return getattr(space[owner](), method)  # type: ignore[no-any-return]


def partial_of(before: Callable[[], None] | None, step: Any, space: dict[str, Any]) -> Any:
    """Run a text after those before it."""

    def after() -> None:
        if before is not None:
            before()
        exec(step, space)  # noqa: S102

    return after


def whole(check: Callable[[], None], space: dict[str, Any], entry_point: str) -> None:
    """Run tests that are one text; call its `check` with the entry point, if it has one."""
    check()
    if callable(space.get("check")) and entry_point:
        space["check"](space[entry_point])


def module_at(path: str) -> Any:
    """The code under test as a module, under its whole and under its last name."""
    dotted = path.rpartition(".")[0].replace("/", ".")
    short = dotted.rpartition(".")[2]
    spec = importlib.util.spec_from_file_location(dotted, os.path.join(HERE, path))
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[dotted] = sys.modules[short] = module
    spec.loader.exec_module(module)
    return module


def told(error: BaseException) -> str:
    """What went wrong, in one line, with the line of the tests or the code it came from."""
    line, at = error.__traceback__, ""
    while line is not None:
        path = line.tb_frame.f_code.co_filename
        if path.startswith(HERE) or not path.startswith("/"):
            at = f"{os.path.basename(path)}, line {line.tb_lineno}: "
        line = line.tb_next
    words = str(error).strip().split("\n")[0]
    kind = type(error).__name__
    return f"{at}{kind}{': ' if words else ''}{words}"[:MESSAGE]


def wait_for(child: int, answer: int, seconds: float) -> tuple[str, int | None]:
    """What the test said, and how it ended; None if its time was up before."""
    heard = b""
    over = time.monotonic() + seconds
    while True:
        left = over - time.monotonic()
        if left <= 0:
            return heard.decode(errors="replace"), None
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            with contextlib.suppress(OSError):
                os.set_blocking(answer, False)
                heard += os.read(answer, 4 * MESSAGE)
            return heard.decode(errors="replace"), status
        if select.select([answer], [], [], min(left, 0.02))[0]:
            heard += os.read(answer, 4 * MESSAGE)[: 8 * MESSAGE - len(heard)]
            time.sleep(0.002)


def end_the_rest() -> None:
    """Kill all that the test left running, and wait until it is gone."""
    for _ in range(1000):
        try:
            os.kill(-1, signal.SIGKILL)  # everyone but us and the sandbox's first process
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ProcessLookupError:
            return
        except ChildProcessError:
            pass
        time.sleep(0.001)


def judge(plan: dict[str, Any], heard: str, status: int | None) -> dict[str, str]:
    """The outcome, from what the test said and how its process ended."""
    if status is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
        return {"outcome": "timeout", "message": f"stopped after {plan['seconds']} s"}
    try:
        outcome, message = json.loads(heard)
    except ValueError:
        outcome, message = "", ""
    if outcome in ("passed", "failed", "error", "skipped"):
        return {"outcome": outcome, "message": str(message)[:MESSAGE]}
    if os.WIFSIGNALED(status):
        return {"outcome": "error", "message": f"killed by signal {os.WTERMSIG(status)}"}
    code = os.WEXITSTATUS(status)
    if plan["kind"] == "command":
        return {"outcome": "failed" if code else "passed", "message": f"exit code {code}"}
    return {"outcome": "error", "message": f"the process left with code {code} in the middle"}


def printed() -> str:
    """What the test printed: all of it, or its two ends."""
    try:
        with open(NOTES, "rb") as notes:
            size = notes.seek(0, os.SEEK_END)
            notes.seek(0)
            head = notes.read(SHOWN)
            notes.seek(max(size - SHOWN, len(head)))
            tail = notes.read(SHOWN)
    except OSError:
        return ""
    left_out = size - len(head) - len(tail)
    between = f"\n… {left_out} bytes left out …\n" if left_out > 0 else ""
    return head.decode(errors="replace") + between + tail.decode(errors="replace")


if __name__ == "__main__":
    main()
