"""Personal data that can be told from its form: mailboxes, phone numbers, accounts, cards, hosts.

Names of people are not among them: nothing tells one from an identifier, docs/masking.md says
more.
"""

from ipaddress import AddressValueError, IPv4Address

import phonenumbers

from feedback.masking.placeholders import is_placeholder
from feedback.masking.published import is_whole
from feedback.masking.rules import Rule

# RFC 2606 and 6761: nobody's, made for examples
NOBODYS = {"example.com", "example.org", "example.net", "test", "invalid", "example", "localhost"}
# What follows a dot behind an @ and is no domain: `icon@2x.png`, `x@self.weight`
NO_DOMAINS = {
    *("png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "pdf", "js", "mjs", "ts", "tsx", "jsx"),
    *("css", "scss", "html", "json", "yaml", "yml", "toml", "lock", "txt", "csv", "xml", "java"),
    *("kt", "cpp", "hpp", "tgz", "gz", "zip", "whl", "jar", "inv", "transpose", "dot", "local"),
    *("weight", "data", "shape", "latest", "internal", "example", "test"),
}
ROBOTS = {"git", "noreply", "no-reply", "donotreply"}
RESOLVERS = {"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "208.67.222.222"}
# As the SWIFT registry of IBANs has them
IBANS = {  # countries by length
    15: "NO",
    16: "BE",
    18: "DK FI FO GL NL",
    19: "MK SI",
    20: "AT BA EE KZ LT LU XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU",
    31: "MT SC",
    32: "LC",
}


def _is_mailbox(text: str, start: int, end: int) -> bool:
    name, _, domain = text[start:end].lower().rpartition("@")
    top = domain.rpartition(".")[2]
    last_two = ".".join(domain.split(".")[-2:])
    if name in ROBOTS or is_placeholder(text[start : start + len(name)]):
        return False
    return not (last_two in NOBODYS or top in NOBODYS or top in NO_DOMAINS)


def _is_phone(text: str, start: int, end: int) -> bool:
    before = text[start - 1 : start]
    if before.isalnum() or before in ("+", ".", "_") or text[end : end + 1].isalnum():
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text[start:end]))
    except phonenumbers.NumberParseException:
        return False


def _is_account(text: str, start: int, end: int) -> bool:
    value = text[start:end].replace(" ", "")
    if not is_whole(text, start, end) or value[:2] not in IBANS.get(len(value), ""):
        return False
    return int("".join(str(int(c, 36)) for c in value[4:] + value[:4])) % 97 == 1


def _is_card(text: str, start: int, end: int) -> bool:
    """A number with a network's beginning, its length, and the right last digit."""
    digits = text[start:end].replace(" ", "").replace("-", "")
    around = text[start - 1 : start] + text[end : end + 1]
    if any(c.isalnum() or c in "._-+" for c in around.replace(". ", "")) or not _is_network(digits):
        return False
    return _luhn(digits) and len(set(digits)) > 2


def _is_network(digits: str) -> bool:
    two, four = int(digits[:2]), int(digits[:4])
    lengths: tuple[int, ...] = ()
    if digits[0] == "4":
        lengths = (13, 16, 19)
    elif 51 <= two <= 55 or 2221 <= four <= 2720 or 3528 <= four <= 3589:
        lengths = (16,)
    elif two in (34, 37):
        lengths = (15,)
    elif two in (36, 38, 30):
        lengths = (14,)
    elif two in (60, 62, 64, 65):
        lengths = (16, 19)
    return len(digits) in lengths


def _luhn(digits: str) -> bool:
    doubled = [int(c) * (2 if place % 2 else 1) for place, c in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _is_host(text: str, start: int, end: int) -> bool:
    """A public address of one machine, not a version of something and no well-known resolver."""
    value, before = text[start:end], text[max(0, start - 12) : start]
    after = text[end : end + 2]
    if before[-1:].isalnum() or before[-1:] in (".", "-", "_"):
        return False
    if after[:1].isalnum() or after[:1] in ("-", "_") or (after[:1] == "." and after[1:].isalnum()):
        return False
    if value in RESOLVERS or value.endswith(".0") or "ersion" in before:
        return False
    try:
        return IPv4Address(value).is_global
    except AddressValueError:
        return False


RULES: tuple[Rule, ...] = (
    Rule(
        "email",
        r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}",
        r"[A-Za-z0-9._%+-]@[A-Za-z0-9-]{1,63}\.",
        _is_mailbox,
    ),
    Rule(
        "iban",
        r"\b[A-Z]{2}[0-9]{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?)\b",
        r"\b[A-Z]{2}[0-9]{2} ?[A-Z0-9]{4} ?[A-Z0-9]{4}",
        _is_account,
    ),
    Rule(
        "card",
        r"[0-9]{13,19}|[0-9]{4}(?:[ -][0-9]{4}){3}(?:[ -][0-9]{3})?"
        r"|[0-9]{4}[ -][0-9]{6}[ -][0-9]{4,5}",
        r"[0-9]{13}|[0-9]{4}[ -][0-9]{4}[ -]?[0-9]{2}",
        _is_card,
    ),
    Rule(
        "phone",
        r"\+[1-9](?:[ .()/-]{0,2}[0-9]){7,14}",
        r"\+[1-9][ .()/-]*[0-9][ .()/-]*[0-9][ .()/-]*[0-9][ .()/-]*[0-9]",
        _is_phone,
    ),
    Rule(
        "ip_address",
        r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}",
        r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
        _is_host,
    ),
)
