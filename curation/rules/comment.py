"""What the developer's comment talks about, by its words."""

import re

from django.utils.translation import gettext_noop

from curation.categories import LOGIC, PERFORMANCE, SECURITY, STYLE
from curation.rules.evidence import Evidence, Opinion

LABELER = gettext_noop("comment")

# Stems at a word's start. Each names the kind of fault by itself in most sentences; words that
# fit several kinds ("error", "unused", "better") are left out on purpose.
WORDS: dict[str, str] = {
    SECURITY: (
        r"security|insecure|vulnerab\w*|attack\w*|exploit\w*|inject\w*|malicious|untrusted"
        r"|sanitiz\w*|sanitis\w*|credential\w*|password\w*|secrets?\b|plaintext|encrypt\w*"
        r"|cryptograph\w*|traversal|xss|csrf|ssrf|cwe|privilege\w*|denial[- ]of[- ]service"
        r"|hard-?coded (?:key|token|pass\w*)|authenticat\w*|authoriz\w*|certificate\w*|tls|ssl"
    ),
    PERFORMANCE: (
        r"slow\w*|faster|performan\w*|perf\b|inefficien\w*|efficien\w*|quadratic|o\(n\W|latency"
        r"|memory|allocat\w*|cach(?:e|ed|ing)|n\+1|overhead|expensive|blocks? the event loop"
    ),
    STYLE: (
        r"readab\w*|style|naming|renamed?|convention\w*|pep ?8|idiom\w*|formatt(?:ing|ed)"
        r"|indentation|whitespace|docstrings?|type (?:hints?|annotations?)|annotations?|verbose"
        r"|concise\w*|simplif\w*|redundant|unnecessar\w*|deprecated|cleaner|consisten\w*"
        r"|snake_case|camelcase|trailing comma\w*|maintainab\w*"
    ),
    LOGIC: (
        r"incorrect\w*|wrong\w*|bugs?\b|mistakes?|fails?\b|off[- ]by[- ]one|edge case\w*"
        r"|does(?: not|n't) (?:work|handle|return|check|terminate|compile)"
        r"|infinite (?:loop|recursion)"
        r"|race condition\w*|deadlock\w*|crash\w*|raises? an? \w*(?:error|exception)|unexpected"
        r"|never (?:true|false|called|reached|executed)|always (?:true|false)|base cases?"
        r"|should (?:return|have returned|be returning)|out of (?:bounds|range)|off by"
        r"|(?:type|value|key|index|attribute|name|runtime)error"
    ),
}
PATTERNS = {slug: re.compile(rf"\b(?:{words})", re.IGNORECASE) for slug, words in WORDS.items()}
LIMIT = 10_000  # characters read


def opinion(evidence: Evidence) -> Opinion:
    """The category most of the telling words belong to; a tie is no opinion."""
    comment = evidence.comment[:LIMIT]
    if not comment.strip():
        return Opinion(LABELER, None, "No comment was left.")
    found = {slug: _found(pattern, comment) for slug, pattern in PATTERNS.items()}
    ranked = sorted(found, key=lambda slug: -len(found[slug]))
    first, second = ranked[0], ranked[1]
    if not found[first]:
        return Opinion(LABELER, None, "The comment has no telling word.")
    if len(found[first]) == len(found[second]):
        reason = f"The comment speaks of {first} as much as of {second}."
        return Opinion(LABELER, None, reason)
    words = ", ".join(f"“{word}”" for word in found[first][:3])
    return Opinion(LABELER, first, f"The comment says {words}.", {"words": found[first][:10]})


def _found(pattern: re.Pattern[str], comment: str) -> list[str]:
    """Each different word once, as it was written."""
    return list(
        {
            match.group().casefold(): match.group()[:40] for match in pattern.finditer(comment)
        }.values()
    )
