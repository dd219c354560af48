"""What code in the sandbox may use; docs/sandbox.md says what each limit counts."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of one run. Those marked (kernel) no program can pass, not even for a moment."""

    seconds: float = 60.0  # from start to end, of everything; then all of it is killed
    cpu_seconds: int = 60  # of one process (kernel)
    address_bytes: int = 512 * MIB  # what one process may map or, for commands, write (kernel)
    total_bytes: int = 1024 * MIB  # resident, all processes together; sampled, see `box.SAMPLE`
    processes: int = 64  # and threads, at one time (kernel)
    open_files: int = 64  # of one process (kernel)
    file_bytes: int = 16 * MIB  # the largest file (kernel)
    disk_bytes: int = 64 * MIB  # everything in /tmp (kernel); /dev/shm has a quarter of it
    output_bytes: int = 1 * MIB  # what the run may print to us; more ends it


USUAL = Limits()
