"""Ids made here, so that sending a record again is harmless."""

from __future__ import annotations

import os
import time
from uuid import UUID


def uuid7(now_ns: int | None = None) -> str:
    """A UUID of version 7 (RFC 9562, 5.7): milliseconds, then their fraction, then chance."""
    now = time.time_ns() if now_ns is None else now_ns
    milliseconds, rest = divmod(now, 1_000_000)
    fraction = (rest << 12) // 1_000_000
    chance = int.from_bytes(os.urandom(8), "big") >> 2
    value = (milliseconds & (2**48 - 1)) << 80 | 7 << 76 | fraction << 64 | 2 << 62 | chance
    return str(UUID(int=value))
