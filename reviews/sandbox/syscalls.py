"""The system calls that are refused inside, as the filter that the kernel runs.

Namespaces already take away what these would reach. They are refused all the same, because most
ways out of a sandbox went through a call that ordinary programs never make, and because some of
them hold memory that no limit counts.
"""

import platform
import struct
from errno import EAFNOSUPPORT, ENOSYS, EPERM

ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER, MACHINE, FIRST_ARGUMENT = 0, 4, 16  # offsets in the kernel's seccomp_data
LOAD, IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT, ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06
X32 = 0x40000000  # the same calls once more, under other numbers
NEW_NAMESPACES = 0x7E020000
FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6; there is only a loopback to talk over

# name: (x86_64, aarch64); None where the machine has no such call
REFUSED: dict[str, tuple[int | None, int]] = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "mbind": (237, 235),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "migrate_pages": (256, 238),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "semget": (64, 190),
    "set_mempolicy": (238, 237),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "shmget": (29, 194),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "vmsplice": (278, 75),
}
MACHINES = {  # platform.machine(): the kernel's name for it, column of REFUSED, clone, socket
    "x86_64": (0xC000003E, 0, 56, 41),
    "aarch64": (0xC00000B7, 1, 220, 198),
}
CLONE3 = 435  # its flags lie in memory, where a filter cannot look; libraries fall back to clone


class UnknownMachine(Exception):
    """We have no list of system calls for this processor."""


def program(machine: str | None = None) -> bytes:
    """The filter for a kind of processor, this one unless named. Raises UnknownMachine."""
    named = machine or platform.machine()
    if named not in MACHINES:
        raise UnknownMachine(f"there is no system call filter for {named} processors")
    arch, column, clone, socket = MACHINES[named]
    steps = [_step(LOAD, MACHINE), *_unless(arch, KILL), _step(LOAD, NUMBER)]
    if named == "x86_64":
        steps += [_step(IF_AT_LEAST, X32, 0, 1), _step(ANSWER, REFUSE | ENOSYS)]
    steps += _when(CLONE3, REFUSE | ENOSYS)
    for numbers in REFUSED.values():
        number = numbers[column]
        if number is not None:
            steps += _when(number, REFUSE | EPERM)
    steps += [
        _step(IF_EQUAL, clone, 0, 4),
        _step(LOAD, FIRST_ARGUMENT),
        _step(IF_ANY_BIT, NEW_NAMESPACES, 0, 1),
        _step(ANSWER, REFUSE | EPERM),
        _step(ANSWER, ALLOW),
        _step(IF_EQUAL, socket, 0, len(FAMILIES) + 2),
        _step(LOAD, FIRST_ARGUMENT),
        *(_step(IF_EQUAL, family, len(FAMILIES) - n, 0) for n, family in enumerate(FAMILIES)),
        _step(ANSWER, REFUSE | EAFNOSUPPORT),
        _step(ANSWER, ALLOW),
    ]
    return b"".join(steps)


def _when(number: int, answer: int) -> list[bytes]:
    return [_step(IF_EQUAL, number, 0, 1), _step(ANSWER, answer)]


def _unless(value: int, answer: int) -> list[bytes]:
    return [_step(IF_EQUAL, value, 1, 0), _step(ANSWER, answer)]


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)
