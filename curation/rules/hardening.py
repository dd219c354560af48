"""Safeguards that the correction brings in: a missing check is no finding, but an added one shows.

Words of defences in what the correction adds, in any language: names of functions, and what
programmers call it in their comments. What the output has in a comment it does not do.
"""

import re

from django.utils.translation import gettext_noop

from curation.categories import SECURITY
from curation.findings import Finding
from curation.rules.evidence import Evidence, Opinion
from curation.rules.families import category_of
from curation.rules.shape import LIMIT

LABELER = gettext_noop("hardening")

# Each says by itself what it is for. Left out on purpose: "check", "valid", "password", "key",
# "token", "encrypt" and what else one writes about any program that has users.
WORDS = (
    # input made harmless, or let in by a list
    *(r"sanit[iy]\w*", r"escap(?:e|ed|es|ing)\w*", r"html\.escape"),
    *("htmlspecialchars", "parameteri[sz]ed", r"sqlite3_bind\w*", r"prepare\w*statement"),
    *(r"allow_?list\w*", r"white_?list\w*", r"allowed_?chars\w*", r"\^\[[^\]\n]{2,40}\][+*]\$"),
    *(r"(?:sql|code|command|log|header|xpath) injection", r"injection attacks?", "xss", "csrf"),
    # paths and commands held in
    *("realpath", r"canonicali[sz]\w*", "secure_filename", "is_relative_to", r"path traversal"),
    *(r"directory traversal", "execfile", "shlex", r"0o?600\b", r"0o?700\b", "umask"),
    # secrets, chance, signatures
    *("compare_digest", "timingsafeequal", r"constant_?time\w*", "urandom", "rand_bytes"),
    *("randombytes", "securerandom", "crypto/rand", r"secrets\.", r"salt\b", r"argon2\w*"),
    *(r"bcrypt\w*", "scrypt", r"pbkdf2\w*", r"sha_?-?(?:256|512)", r"aes\b", r"gcm\b", "hmac"),
    *("verify_signature", "algorithms=", "httponly", "samesite", "noopener"),
    # memory and parsers
    *("strncpy", "snprintf", "strlcpy", "strncat", "defusedxml", "resolve_entities"),
    *("safe_?load", "literal_eval"),
)
PATTERN = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(WORDS)})", re.IGNORECASE)
COMMENT = re.compile(r"\s*(?://|#(?!\s*(?:include|define))|--|\*)")


def opinion(evidence: Evidence) -> Opinion:
    """Security where the correction has a safeguard that the output's code has not."""
    if max(len(evidence.output), len(evidence.ideal)) > LIMIT:
        return Opinion(LABELER, None, "Too long to read.")
    if any(_is_mended_hole(each) for each in evidence.findings or ()):
        return Opinion(LABELER, None, "The analysers name what was secured.")
    before = words_of("\n".join(_code(evidence.output)))
    added = [word for name, word in words_of(evidence.ideal).items() if name not in before]
    if not added:
        return Opinion(LABELER, None, "The correction brings no safeguard we know by name.")
    told = ", ".join(f"“{word}”" for word in added[:3])
    return Opinion(LABELER, SECURITY, f"The correction brings in {told}.", {"words": added[:10]})


def words_of(text: str) -> dict[str, str]:
    """The words of defences in a text as they stand there first, by what they are in lower case."""
    found: dict[str, str] = {}
    for match in PATTERN.finditer(text):
        found.setdefault(match.group().casefold(), match.group()[:40])
    return found


def _code(text: str) -> list[str]:
    """The lines that are more than a comment."""
    return [line for line in text.split("\n") if not COMMENT.match(line)]


def _is_mended_hole(finding: Finding) -> bool:
    """One voter a fault: what the analysers said is not said again."""
    return finding.state == "fixed" and category_of(finding.tool, finding.rule) == SECURITY
