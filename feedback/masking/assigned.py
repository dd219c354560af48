"""Secrets that only what stands around them gives away: `password = "…"`, `https://ann:…@host`."""

import re
from collections import Counter
from math import log2

from feedback.masking.placeholders import is_placeholder
from feedback.masking.rules import Rule, compiled

LEAST_BITS = 2.5  # of entropy a character, for what is named a token or key
WORDS = r"(?:passw(?:or)?d|passwd|pwd|passphrase|passcode)"
TOKENS = (
    r"(?:secret(?:[_.-]?(?:key|access[_.-]?key|value))?|(?:auth|access|refresh|bearer|session|api)"
    r"?[_.-]?token|(?:api|auth|access|account|private|encryption|signing|master|service|storage"
    r"|subscription|license|client|app|admin|webhook|hmac|jwt)[_.-]?(?:key|secret)|credentials?)"
)
# What people write where no secret should be seen; alone or together they are none
FILLERS = compiled(
    "(?i:your|my|the|an?|some|test(?:ing)?|dummy|fake|mock|example|sample|change|me|this|insert"
    "|here|place|holder|secret|passw(?:or)?d|passwd|pwd|pass|token|api|key|value|valid|invalid"
    "|wrong|bad|good|new|old|user(?:name)?|admin|root|default|none|null|nil|undefined|string"
    "|text|empty|foo|bar|baz|hidden|redacted|masked|required|confirm(?:ation)?|field|name|db"
    "|hash(?:ed)?|enter(?:ed)?|typed|input|plain|raw|encrypted|database|auth|access|client|class"
    r"|email|x+|\*+|[-_\s.<>{}\[\]$%#:/]+|[0-9])+"
)
TEMPLATE = compiled(
    r"\$\{[^}]*\}|\{\{.*\}\}|\{[A-Za-z_][^}]*\}|<[A-Za-z_][^>]*>|%\([a-z_]+\)s|^%[sdr]$|\$\(|"
    r"\bprocess\.env|os\.environ"
)
IDENTIFIER = re.compile(r"[$A-Za-z_][A-Za-z0-9_]*(?:(?:\.|->|::)[A-Za-z_][A-Za-z0-9_]*)*")
DIGITS = re.compile(r"\d+")


def could_be_password(text: str, start: int, end: int) -> bool:
    """Whether a person could have chosen it to be secret."""
    value = text[start:end]
    return not (is_placeholder(value) or FILLERS.fullmatch(value) or TEMPLATE.search(value))


def could_be_token(text: str, start: int, end: int) -> bool:
    """Whether a machine could have made it: letters and digits, and not a few again and again."""
    value = text[start:end]
    mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return mixed and bits(value) >= LEAST_BITS and could_be_password(text, start, end)


def could_be_bare(text: str, start: int, end: int) -> bool:
    """As a token, and no name of a variable or type, which would stand there just as bare."""
    if not could_be_token(text, start, end):
        return False
    value = text[start:end]
    if not IDENTIFIER.fullmatch(value):
        return True
    return len(DIGITS.findall(value)) >= 2 and bits(value) >= 3


def bits(value: str) -> float:
    """Shannon's entropy of its characters, in bits a character."""
    total = len(value)
    return -sum(n / total * log2(n / total) for n in Counter(value).values())


def _quoted(name: str, least: int, between: str) -> str:
    """A name, what may stand between it and its value, and a quoted value without spaces."""
    behind = r"[A-Za-z0-9_]{0,20}[\"']?\]?\)?(?:\s{0,3}:\s{0,3}[&A-Za-z'_<>\[\]|?.]{1,30})?"
    values = "|".join(rf"{q}((?:[^{q}\s\\]|\\.){{{least},}}){q}" for q in ('"', "'", "`"))
    return rf"(?i:{name}){behind}\s{{0,4}}(?:{between})\s{{0,4}}[rbfuRBFU@$L]{{0,2}}(?:{values})"


def _escaped(name: str, least: int) -> str:
    r"""The same inside a string of code, as JSON stands there: `\"password\": \"…\"`."""
    quote = r"\\{1,3}[\"']"
    value = rf"([^\"'\\\s]{{{least},}})"
    return rf"(?i:{name})[A-Za-z0-9_]{{0,20}}{quote}\s{{0,4}}[:=,]\s{{0,4}}{quote}{value}{quote}"


ASSIGNS = "=>|:=|<-|={1,3}|:|,"
NAMES = f"(?:{WORDS}|{TOKENS})"
QUOTED = (
    rf"(?i:{NAMES})\w*[\"'\])]*(?:\s*:\s*[&A-Za-z'_<>\[\]|?.]+)?\s*(?:=>|:=|<-|=+|:|,|\()\s*"
    r"[rbfuRBFU@$L]*[\"'`][^\"'`\s]{5}"
)
ESCAPED = rf"(?i:{NAMES})\w*\\+[\"']\s*[:=,]\s*\\+[\"'][^\"'\\\s]{{5}}"
BARE = r"([A-Za-z0-9!@#$%^&*_+=/.~?|-]{8,})"
RULES: tuple[Rule, ...] = (
    Rule(
        "url_password",
        r"[a-z][a-z0-9+.-]{1,20}://[^/\s:@\"'`]{0,100}:([^/\s@\"'`]{1,})@[A-Za-z0-9\[{$%_-]",
        r"://[^/\s:@\"'`]*:[^/\s@\"'`]+@",
        could_be_password,
        is_contextual=True,
    ),
    Rule(
        "authorization",
        r"(?i:\b(?:bearer|basic|token)\s{1,3})([A-Za-z0-9._~+/-]{16,}={0,2})",
        check=could_be_token,
        is_contextual=True,
    ),
    Rule("password", _quoted(WORDS, 5, ASSIGNS), QUOTED, could_be_password, is_contextual=True),
    Rule("password", _quoted(WORDS, 5, r"\("), QUOTED, could_be_token, is_contextual=True),
    Rule(
        "named_secret",
        _quoted(TOKENS, 8, rf"{ASSIGNS}|\("),
        QUOTED,
        could_be_token,
        is_contextual=True,
    ),
    Rule("password", _escaped(WORDS, 5), ESCAPED, could_be_password, is_contextual=True),
    Rule("named_secret", _escaped(TOKENS, 8), ESCAPED, could_be_token, is_contextual=True),
    Rule(
        "parameter",
        rf"(?i:[?&;\"']\s?(?:{NAMES}|AccountKey|SharedAccessKey|sig))=([^&;\"'\s<>)]{{6,}})",
        check=could_be_token,
        is_contextual=True,
    ),
    Rule(
        "element",
        rf"(?i:<[a-z:]{{0,20}}{NAMES}>)\s{{0,4}}([^<\s]{{6,}})\s{{0,4}}</",
        check=could_be_password,
        is_contextual=True,
    ),
    Rule(
        "option",
        rf"(?i:--?{NAMES})(?:=|\s{{1,3}}){BARE}(?:\s|$)",
        check=could_be_token,
        is_contextual=True,
    ),
    Rule(
        "setting",
        rf"(?m:^[ \t]{{0,40}}(?:export[ \t]+|ENV[ \t]+|ARG[ \t]+|-[ \t]+|set[ \t]+)?"
        rf"[A-Za-z0-9_.-]{{0,80}}(?i:{NAMES})[A-Za-z0-9_]{{0,20}}"
        rf"[ \t]{{0,4}}[=:][ \t]{{0,4}}{BARE}[ \t]{{0,20}}\r?$)",
        rf"(?m:(?i:{NAMES})\w*[ \t]*[=:][ \t]*{BARE}[ \t]*\r?$)",
        could_be_bare,
        is_contextual=True,
    ),
)
