"""Whether code may run in this process: what the sandbox's own test said, not long ago."""

import os
import time
from collections.abc import Sequence

from reviews.sandbox.proof import Proof, prove

HOLDS_FOR = 60 * 60  # seconds; machines are updated while workers run
FAILS_FOR = 60  # and mended
OFF = Proof(("tests are turned off here (EMEND_SANDBOX is no)",))

_proved: dict[tuple[object, ...], tuple[float, Proof]] = {}


def standing(*, on: bool, python: str, hidden: Sequence[str]) -> Proof:
    """The proof for this process, made before its first run and again now and then.

    A process that was forked since makes its own.
    """
    if not on:
        return OFF
    key = (os.getpid(), python, *hidden)
    at, proof = _proved.get(key, (0.0, None))
    if proof is None or time.monotonic() - at > (HOLDS_FOR if proof.holds else FAILS_FOR):
        proof = prove(python, hidden)
        _proved.clear()
        _proved[key] = (time.monotonic(), proof)
    return proof
