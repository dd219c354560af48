import json
import re
import struct
from pathlib import Path

import pytest

from reviews.sandbox import inside, outcomes, probe, proof, syscalls
from reviews.sandbox.box import Finished
from reviews.sandbox.outcomes import Broken

ALLOW, KILL = syscalls.ALLOW, syscalls.KILL
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def answer(program, number, argument=0, arch=0xC000003E):
    """What the kernel would answer: the filter's few instructions, interpreted."""
    data = {0: number, 4: arch, 16: argument}
    steps = list(struct.iter_unpack("=HBBI", program))
    at, held = 0, 0
    while True:
        code, then, otherwise, value = steps[at]
        if code == syscalls.ANSWER:
            return value
        if code == syscalls.LOAD:
            held, step = data[value], 0
        else:
            met = {
                syscalls.IF_EQUAL: held == value,
                syscalls.IF_AT_LEAST: held >= value,
                syscalls.IF_ANY_BIT: bool(held & value),
            }[code]
            step = then if met else otherwise
        at += 1 + step


@pytest.mark.parametrize(("machine", "of"), syscalls.MACHINES.items())
def test_the_filter_answers_as_the_table_says(machine, of):
    arch, column, clone, socket = of
    program = syscalls.program(machine)

    def asks(number, argument=0):
        return answer(program, number, argument, arch)

    for name, numbers in syscalls.REFUSED.items():
        assert asks(numbers[column]) == syscalls.REFUSE | 1, name
    assert asks(clone, 0x01200011) == ALLOW, "fork"
    assert asks(clone, 0x003D0F00) == ALLOW, "a thread"
    for flag in (0x00020000, 0x02000000, 0x10000000, 0x20000000, 0x40000000):
        assert asks(clone, flag) == syscalls.REFUSE | 1
    assert asks(syscalls.CLONE3) == syscalls.REFUSE | 38
    assert [asks(socket, family) == ALLOW for family in (1, 2, 10, 16, 38, 40)] == [
        *[True] * 3,
        *[False] * 3,
    ]
    assert asks(0) == ALLOW
    assert answer(program, 0, arch=0x40000003) == KILL, "another kind of program"


def test_the_other_numbers_of_the_same_calls_are_refused():
    assert answer(syscalls.program("x86_64"), syscalls.X32 | 101) == syscalls.REFUSE | 38


@pytest.mark.parametrize("machine", HEADERS)
def test_the_numbers_are_the_kernels(machine):
    if not HEADERS[machine].exists():
        pytest.skip("the kernel's headers are not on this machine")
    text = HEADERS[machine].read_text()
    known = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text))
    column = syscalls.MACHINES[machine][1]
    told = {name: numbers[column] for name, numbers in syscalls.REFUSED.items()}
    assert told == {name: int(known[name]) for name in told if name in known}


def test_the_probe_and_whoever_reads_it_know_the_same_attempts():
    assert tuple(each.__name__ for each in probe.ATTEMPTS) == proof.ATTEMPTS


def suite(tests, kind="python"):
    return {"kind": kind, "tests": tests}


def test_tests_are_found_without_running_anything():
    text = "import nothing\ndef test_a(): pass\ndef helper(): pass\n"
    text += "class TestB:\n    def test_c(self): pass\n"
    assert inside.names_of(suite([["t.py", text]])) == ["test_a", "TestB.test_c"]
    assert inside.names_of(suite([["t.py", "assert True"]])) == ["tests"]
    assert inside.names_of(suite([["t.py", "def ("]])) == ["tests"]
    assert inside.names_of(suite([["a.js", ""], ["b.js", ""]], "command")) == ["a.js", "b.js"]


def told(*lines, **changes):
    output = b"\n".join(
        line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines
    )
    return Finished(**{"code": 0, "output": output, "errors": b"", "seconds": 1.0} | changes)


def test_what_was_announced_and_not_told_has_an_outcome_all_the_same():
    lines = {"tests": ["a", "b"]}, {"test": "a", "outcome": "passed", "ms": 3}
    for stopped, expected in [("time", "timeout"), ("memory", "error"), ("", "error")]:
        found = outcomes.outcomes(told(*lines, stopped=stopped))
        assert [each.outcome for each in found] == ["passed", expected]


def test_what_is_made_up_is_not_believed():
    found = outcomes.outcomes(
        told(
            {"tests": ["a", "a", 7, "x" * 5000]},
            b"\xff not json",
            ["a"],
            {"test": "a", "outcome": "splendid"},
            {"test": "a", "outcome": "failed", "ms": "1", "message": "m" * 9999, "output": 3},
            {"test": "a", "outcome": "passed", "ms": 1},
            {"test": "never announced", "outcome": "passed", "ms": 1},
        )
    )
    assert [each.name for each in found] == ["a", "", "x" * 200]
    first = found[0]
    assert (first.outcome, first.ms, len(first.message), first.output) == ("failed", 0, 500, "")


def test_text_is_made_storable():
    line = b'{"test": "a", "outcome": "failed", "ms": 1, "message": "nul \\u0000, half \\ud800"}'
    (found,) = outcomes.outcomes(told({"tests": ["a"]}, line))
    assert found.message == "nul ␀, half ?"


@pytest.mark.parametrize("output", [b"", b"{}", b'{"tests": []}', b'{"tests": "a"}', b"nonsense"])
def test_a_run_that_never_came_to_its_tests_is_broken(output):
    with pytest.raises(Broken, match="a reason"):
        outcomes.outcomes(told(output, code=1, errors=b"first\na reason\n"))
