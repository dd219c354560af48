"""The sandbox proves itself before use: every hole we make is found, and then nothing runs."""

import os
import socket

import pytest

from reviews.sandbox import box, proof, syscalls
from tests.house import ROOT
from tests.sandboxes import tools_or_skip


@pytest.fixture(scope="module")
def tools():
    return tools_or_skip()


def problems(hidden=()):
    return " ".join(proof.prove("", hidden).problems)


def test_it_holds_here_and_says_of_what_it_is_made(tools):
    proved = proof.prove("", [str(ROOT)])
    assert proved.holds
    assert "bubblewrap" in proved.version
    assert "Python 3." in proved.version


ALL_CLOSED = box.arguments
HOLES = {
    "network: code inside sees the network interfaces": ["--share-net"],
    "files: code inside sees": ["--ro-bind", "/etc", "/etc"],
    "writing: code inside can write to /open": ["--tmpfs", "/open"],
    "writing: code inside can write to /opt": ["--bind", "/var/tmp", "/opt"],
    "processes: code inside sees /proc": ["--proc", "/proc"],
    "environment: code inside sees the variables SECRET": ["--setenv", "SECRET", "ours"],
}


@pytest.mark.parametrize(("found", "words"), HOLES.items())
def test_a_hole_is_found(tools, monkeypatch, found, words):
    def open_(*args):
        closed = ALL_CLOSED(*args)
        end = closed.index("--remount-ro")
        return [*closed[:end], *words, *closed[end:]]

    monkeypatch.setattr(box, "arguments", open_)
    assert found in problems()


@pytest.mark.parametrize(
    ("found", "flag"),
    [("has no filter of system calls", "--seccomp"), ("can write to /,", "--remount-ro")],
)
def test_a_flag_left_out_is_found(tools, monkeypatch, found, flag):
    def without(*args):
        closed = ALL_CLOSED(*args)
        at = closed.index(flag)
        return closed[:at] + closed[at + 2 :]

    monkeypatch.setattr(box, "arguments", without)
    assert found in problems()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("RLIMIT_AS", "memory: code inside could take"),
        ("RLIMIT_NPROC", "forks: code inside could start"),
        ("RLIMIT_FSIZE", "disk: code inside could write a file"),
        ("RLIMIT_CPU", "core: code inside has no RLIMIT_CPU"),
    ],
)
def test_a_limit_that_is_not_set_is_found(tools, monkeypatch, name, found):
    limits = box._inner

    def without(*args):
        return {key: value for key, value in limits(*args).items() if key != name}

    monkeypatch.setattr(box, "_inner", without)
    assert found in problems()


def test_a_system_call_that_is_allowed_is_found(tools, monkeypatch):
    fewer = {name: n for name, n in syscalls.REFUSED.items() if name != "memfd_create"}
    monkeypatch.setattr(syscalls, "REFUSED", fewer)
    assert "can hold memory that no limit counts" in problems()


def test_a_directory_of_ours_that_shows_is_found(tools):
    assert "files: code inside sees /usr/lib" in problems(["/usr/lib"])


def test_no_answer_is_no_proof(tools, monkeypatch, tmp_path):
    """A test that tried nothing must not pass for one that got nowhere."""
    silent = tmp_path / "probe.py"
    silent.write_text("print('{}')")
    monkeypatch.setattr(proof, "PROBE", silent)
    assert "gave no answer" in problems()


def test_printing_past_the_limit_is_found(tools, monkeypatch):
    monkeypatch.setattr(
        proof.box, "_over", lambda limits, seconds, *_: "time" if seconds > 1 else ""
    )
    assert "output: code inside was not stopped" in problems()


def test_without_bubblewrap_nothing_runs(monkeypatch):
    monkeypatch.setattr(box, "PLACES", "/nowhere")
    assert "bubblewrap is not installed" in problems()


def test_without_a_python_nothing_runs(tools):
    assert proof.prove("/nowhere/python3", ()).problems == (
        "there is no Python at /nowhere/python3",
    )


def test_a_bubblewrap_that_cannot_start_is_told(monkeypatch, tmp_path):
    """As where the kernel or a container allows no user namespaces."""
    fake = tmp_path / "bwrap"
    fake.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 0.0 && exit 0\n'
        "echo 'bwrap: No permissions to create new namespace' >&2\nexit 1\n"
    )
    fake.chmod(0o755)
    monkeypatch.setattr(box, "_as_nobody", dict)  # whom pytest's own folder is closed to
    monkeypatch.setattr(box, "PLACES", str(tmp_path))
    assert "No permissions to create new namespace" in problems()


def test_an_unknown_processor_is_refused(monkeypatch):
    monkeypatch.setattr(syscalls.platform, "machine", lambda: "pdp11")
    tools_here = box.tools
    monkeypatch.setattr(box, "tools", lambda python: box.Tools("/bin/true", "/bin/true"))
    assert "no system call filter for pdp11" in problems()
    assert tools_here is not box.tools


def test_the_bait_is_live():
    """Negative control: whoever is not shut in can reach what the probe tries to reach."""
    with proof._bait() as facts:
        with socket.create_connection(("127.0.0.1", facts["port"]), 2):
            pass
        for address in (facts["socket"], "\0" + facts["abstract"]):
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(address)
        assert all(os.path.exists(path) for path in facts["hidden"])
        os.kill(facts["processes"][0], 0)
