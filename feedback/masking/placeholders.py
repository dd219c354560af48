"""What stands where a secret stood: its kind and a short digest of it, keyed by the project.

It is an identifier in every language we parse, so code with it parses inside a string and
outside of one. The same secret has the same placeholder in every text of a project, and nobody
without the key can try secrets against it.
"""

import hmac
import re
from base64 import b32encode
from hashlib import sha256

MARK = "MASKED_"
SUFFIX = 8  # characters of base32: 40 bits
SHAPE = re.compile(r"MASKED_[a-z0-9_]{1,60}_[a-z2-7]{8}(?![A-Za-z0-9_])|999\d{9,15}0")
IN_JSON = re.compile(r'"\s*:\s*\Z')


def placeholder(pepper: bytes, word: str, value: str) -> str:
    """The identifier that takes the secret's place."""
    return f"{MARK}{word}_{b32encode(_keyed(pepper, value)).decode().lower()[:SUFFIX]}"


def number(pepper: bytes, value: str) -> str:
    """A number of the same length that no card and no account has, where only a number parses."""
    digits = str(int.from_bytes(_keyed(pepper, value))).zfill(len(value))
    return f"999{digits[: len(value) - 4]}0"


def is_json_number(before: str, value: str) -> bool:
    """Whether the value is a bare number after a key, where an identifier may not parse."""
    return value.isdigit() and IN_JSON.search(before) is not None


def is_placeholder(value: str) -> bool:
    """Whether this is what an earlier masking left."""
    return SHAPE.fullmatch(value) is not None


def digest(pepper: bytes, content: bytes) -> str:
    """64 hexadecimal digits that tell one content from another to us and to nobody else."""
    return hmac.digest(pepper, b"content\0" + content, "sha256").hex()


def pepper_for(server_key: str, project_id: int) -> bytes:
    """A project's pepper: it follows from the server's key and is stored nowhere."""
    return hmac.digest(server_key.encode(), b"feedback.masking\0%d" % project_id, sha256)


def _keyed(pepper: bytes, value: str) -> bytes:
    return hmac.digest(pepper, b"value\0" + value.encode(), "sha256")[:10]
