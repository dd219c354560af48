"""Secrets made anew on each run, and code in several languages to plant them in.

None is written down here: each is put together from a prefix in pieces and random characters.
"""

import base64
import json
import random
import string

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
WORD = LOWER + UPPER + DIGITS
HEX = "0123456789abcdef"

# Each with one hole in a string; parsed by tree-sitter before and after
CODE = {
    "python": 'import os\n\n\ndef connect():\n    mark = "@"\n    return os, mark\n',
    "javascript": 'const mark = "@";\nexport function go() {\n  return `${mark}`;\n}\n',
    "typescript": "const mark: string = '@';\nexport const go = (): string => mark;\n",
    "go": 'package main\n\nfunc mark() string {\n\treturn "@"\n}\n',
    "java": 'class Mark {\n  private static final String MARK = "@";\n}\n',
    "ruby": "MARK = '@'.freeze\ndef mark\n  MARK\nend\n",
    "rust": 'fn mark() -> &\'static str {\n    "@"\n}\n',
    "php": "<?php\n$mark = '@';\necho $mark;\n",
    "csharp": 'class Mark { const string Value = "@"; }\n',
    "kotlin": 'val mark = "@"\nfun go() = mark\n',
    "bash": "MARK='@'\necho \"$MARK\"\n",
}
# The same, where only the name gives the secret away
NAMED = {
    "python": 'client = connect(user="ann", password="@")\n',
    "javascript": "const config = { user: 'ann', password: '@' };\n",
    "typescript": "const dbPassword: string = '@';\n",
    "go": 'package main\n\nvar password = "@"\n',
    "java": 'class A { String password = "@"; }\n',
    "ruby": "settings = { 'password' => '@' }\n",
    "rust": 'fn a() { let password: &str = "@"; }\n',
    "php": "<?php\n$config = ['password' => '@'];\n",
    "csharp": 'class A { string Password = "@"; }\n',
    "kotlin": 'val dbPassword: String = "@"\n',
    "bash": "export DB_PASSWORD='@'\n",
}


def any_of(chars, count, source):
    return "".join(source.choice(chars) for _ in range(count))


def shaped(seed):
    """One secret of every kind that its own shape gives away, by kind."""
    source = random.Random(seed)

    def some(chars, count):
        return any_of(chars, count, source)

    def mixed(count):  # a letter of each case and a digit for certain
        return "aB3" + some(WORD, count - 3)

    token = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "HS256", "typ": "JWT"}, {"sub": some(DIGITS, 10), "admin": True})
    )
    return {
        "aws": "AK" + "IA" + some(UPPER + DIGITS, 16),
        "github": "gh" + "p_" + some(WORD, 36),
        "github_fine": "github" + "_pat_" + some(WORD, 22) + "_" + some(WORD, 59),
        "gitlab": "gl" + "pat-" + some(WORD, 20),
        "slack": "xo" + "xb-" + some(DIGITS, 12) + "-" + some(DIGITS, 12) + "-" + some(WORD, 24),
        "slack_hook": "https://hooks.slack"
        + ".com/services/T"
        + some(UPPER, 8)
        + "/B"
        + some(UPPER, 8)
        + "/"
        + some(WORD, 24),
        "stripe": "sk" + "_live_" + some(WORD, 24),
        "stripe_test": "rk" + "_test_" + some(WORD, 99),
        "sendgrid": "S" + "G." + some(WORD, 22) + "." + some(WORD, 43),
        "google": "AI" + "za" + some(WORD, 35),
        "google_secret": "GOC" + "SPX-" + some(WORD, 28),
        "openai": "s" + "k-proj-" + mixed(64),
        "openai_older": "s" + "k-" + mixed(48),
        "anthropic": "s" + "k-ant-api03-" + some(WORD, 90),
        "langfuse": "s" + "k-lf-" + "-".join(some(HEX, n) for n in (8, 4, 4, 4, 12)),
        "huggingface": "h" + "f_" + some(WORD, 34),
        "npm": "np" + "m_" + some(WORD, 36),
        "pypi": "py" + "pi-AgEIcHlwaS5vcmc" + some(WORD, 80),
        "rubygems": "ruby" + "gems_" + some(HEX, 48),
        "docker": "dckr" + "_pat_" + some(WORD, 27),
        "digitalocean": "do" + "p_v1_" + some(HEX, 64),
        "shopify": "shp" + "at_" + some(HEX, 32),
        "databricks": "da" + "pi" + some(HEX, 32),
        "postman": "PM" + "AK-" + some(HEX, 24) + "-" + some(HEX, 34),
        "newrelic": "NR" + "AK-" + some(UPPER + DIGITS, 27),
        "linear": "lin" + "_api_" + some(WORD, 40),
        "vault": "hv" + "s." + some(WORD, 95),
        "grafana": "gl" + "sa_" + some(WORD, 32) + "_" + some(HEX, 8),
        "age": "AGE-" + "SECRET-KEY-1" + some(UPPER + DIGITS, 58),
        "telegram": some("123456789", 10) + ":A" + "A" + some(WORD, 33),
        "discord": "M" + some(WORD, 23) + "." + some(WORD, 6) + "." + some(WORD, 27),
        "mailchimp": some(HEX, 32) + "-u" + "s21",
        "mailgun": "ke" + "y-" + some(HEX, 32),
        "twilio": "S" + "K" + some(HEX, 32),
        "square": "sq0" + "csp-" + some(WORD, 43),
        "azure_storage": some(WORD, 86) + "=" + "=",
        "azure_client": some(WORD, 3) + "8" + "Q~" + some(WORD, 34),
        "terraform": some(WORD, 14) + ".atlas" + "v1." + some(WORD, 67),
        "jwt": token + "." + some(WORD, 43),
        "emend": "em" + "k_" + some(WORD, 43),
        "url_password": "postgres://app:" + "p" + some(WORD, 11) + "@db.internal:5432/app",
        "bearer": "Bearer " + mixed(40),
        "email": some(LOWER, 6) + "." + some(LOWER, 7) + "@" + "acme-corp.io",
        "phone": "+" + "49 30 " + "901820" + some(DIGITS, 2),
        "card": _card(source, "4", 16),
        "card_amex": _card(source, "37", 15),
        "card_spaced": " ".join(_four(_card(source, "51", 16))),
        "iban": _iban(source),
        "ip": "91.198." + f"{source.randrange(1, 250)}.{source.randrange(1, 250)}",
    }


def passwords(seed):
    """Passwords that only their name gives away."""
    source = random.Random(seed)
    return [
        any_of(LOWER, 5, source) + any_of(DIGITS, 2, source),
        any_of(WORD + "!?%&*+-_.,", 14, source),
        "-".join(any_of(LOWER, 5, source) for _ in range(4)),
        any_of(WORD, 60, source),
    ]


def private_key(seed, *, lines=14):
    """An armoured key with a last line that is not full."""
    source = random.Random(seed)
    body = [any_of(WORD + "+/", 64, source) for _ in range(lines)]
    body.append(any_of(WORD, 22, source) + "==")
    kind = "RSA PRIVATE" + " KEY"
    return [f"-----BEGIN {kind}-----", *body, f"-----END {kind}-----"]


def _card(source, start, length):
    digits = start + any_of(DIGITS, length - 1 - len(start), source)
    for last in DIGITS:
        doubled = [
            int(c) * (2 if place % 2 else 1) for place, c in enumerate(reversed(digits + last))
        ]
        if sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0:
            return digits + last
    raise AssertionError(digits)


def _four(digits):
    return [digits[at : at + 4] for at in range(0, len(digits), 4)]


def _iban(source):
    account = any_of(DIGITS, 18, source)
    rest = int("".join(str(int(c, 36)) for c in account + "DE" + "00")) % 97
    return f"DE{98 - rest:02d}{account}"
