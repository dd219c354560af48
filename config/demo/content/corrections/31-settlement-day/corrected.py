"""Close a settlement day: read the acquirer's file, match it with our captures, report the rest.

The acquirer sends one file a day with a header, one line for each settled capture, refund or
chargeback, and a trailer with the number of lines and the sum. Amounts are in minor units.
"""

import csv
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path

logger = logging.getLogger(__name__)

TOLERANCE = Decimal("0.01")
LATEST = timedelta(days=3)
EXPONENTS = {"JPY": 0, "ISK": 0, "KWD": 3, "BHD": 3}


class BadFile(Exception):
    """The settlement file contradicts itself; nothing of it was used."""


class Kind(Enum):
    """What a settlement line is about."""

    CAPTURE = "CAP"
    REFUND = "REF"
    CHARGEBACK = "CBK"
    FEE = "FEE"


@dataclass(frozen=True)
class Line:
    """One line of the acquirer's file."""

    number: int
    kind: Kind
    reference: str
    card_ending: str
    amount: Decimal
    currency: str
    booked: date


@dataclass(frozen=True)
class Capture:
    """One capture of ours that waits for its settlement."""

    id: int
    reference: str
    card_ending: str
    amount: Decimal
    currency: str
    captured: datetime
    merchant: str


@dataclass
class Day:
    """What became of one day's file."""

    booked: date
    matched: list[tuple[Line, Capture]] = field(default_factory=list)
    different: list[tuple[Line, Capture]] = field(default_factory=list)
    unknown: list[Line] = field(default_factory=list)
    open: list[Capture] = field(default_factory=list)
    fees: dict[str, Decimal] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Nothing is left for the back office."""
        return not (self.different or self.unknown or self.open)


# Reading the file


def read_lines(path: Path) -> list[Line]:
    """The lines of a settlement file; BadFile when its trailer does not agree with them."""
    with path.open(newline="", encoding="ascii") as stream:
        records = list(csv.reader(stream, delimiter=";"))
    if len(records) < 2 or records[0][0] != "HDR" or records[-1][0] != "TRL":
        raise BadFile(f"{path.name}: header or trailer is missing")

    booked = datetime.strptime(records[0][1], "%Y%m%d").date()
    lines = [
        to_line(number, record, booked)
        for number, record in enumerate(records[1:-1], start=2)
    ]
    check_trailer(path.name, records[-1], lines)
    return lines


def to_line(number: int, record: list[str], booked: date) -> Line:
    """One record as a line; BadFile when it cannot be read."""
    try:
        kind, reference, card_ending, minor, currency = record
        return Line(
            number=number,
            kind=Kind(kind),
            reference=reference.strip(),
            card_ending=card_ending[-4:],
            amount=from_minor(int(minor), currency),
            currency=currency,
            booked=booked,
        )
    except ValueError as error:
        raise BadFile(f"line {number}: {error}") from error


def from_minor(minor: int, currency: str) -> Decimal:
    """An amount in minor units as an amount in major ones."""
    return Decimal(minor).scaleb(-EXPONENTS.get(currency, 2))


def check_trailer(name: str, trailer: list[str], lines: list[Line]) -> None:
    """Raise BadFile unless the trailer counts and sums what came before it."""
    _, count, total = trailer
    if int(count) != len(lines):
        raise BadFile(f"{name}: trailer says {count} lines, there are {len(lines)}")
    minor = sum(to_minor(line.amount, line.currency) for line in lines)
    if int(total) != minor:
        raise BadFile(f"{name}: trailer says {total}, the lines sum up to {minor}")


def to_minor(amount: Decimal, currency: str) -> int:
    """An amount in major units as an amount in minor ones."""
    return int(amount.scaleb(EXPONENTS.get(currency, 2)))


# Matching


def close_day(lines: Iterable[Line], captures: Iterable[Capture], booked: date) -> Day:
    """Match a day's lines with the captures that wait for one."""
    day = Day(booked)
    waiting = {capture.id: capture for capture in captures}
    by_reference = index(waiting.values())

    for line in lines:
        if line.kind is Kind.FEE:
            day.fees[line.currency] = day.fees.get(line.currency, Decimal(0)) + line.amount
            continue
        if line.kind is not Kind.CAPTURE:
            continue
        capture = find(line, by_reference, waiting)
        if capture is None:
            day.unknown.append(line)
            continue
        del waiting[capture.id]  # one line settles one capture
        if same_money(line, capture):
            day.matched.append((line, capture))
        else:
            day.different.append((line, capture))

    day.open = [capture for capture in waiting.values() if is_late(capture, booked)]
    logger.info(
        "%s: %s matched, %s different, %s unknown, %s open",
        booked,
        len(day.matched),
        len(day.different),
        len(day.unknown),
        len(day.open),
    )
    return day


def index(captures: Iterable[Capture]) -> dict[str, list[Capture]]:
    """Captures by their reference; acquirers reuse references after a year."""
    found = defaultdict(list)
    for capture in captures:
        found[capture.reference].append(capture)
    return found


def find(
    line: Line, by_reference: dict[str, list[Capture]], waiting: dict[int, Capture]
) -> Capture | None:
    """The waiting capture a line settles: by its reference, else by card, money and date."""
    for capture in by_reference.get(line.reference, []):
        if capture.id in waiting and capture.card_ending == line.card_ending:
            return capture
    for capture in waiting.values():
        if capture.card_ending != line.card_ending or not same_money(line, capture):
            continue
        if abs(capture.captured.date() - line.booked) <= LATEST:
            return capture
    return None


def same_money(line: Line, capture: Capture) -> bool:
    """Whether both name the same amount of the same currency, but for rounding."""
    same_currency = line.currency == capture.currency
    return same_currency and abs(capture.amount - line.amount) <= TOLERANCE


def is_late(capture: Capture, booked: date) -> bool:
    """Whether a capture should have been settled by now."""
    return booked - capture.captured.date() > LATEST


# Reporting


def summary(day: Day) -> str:
    """What the back office reads first."""
    if day.is_clean:
        return f"{day.booked}: clean, {len(day.matched)} settled"
    parts = [f"{day.booked}: {len(day.matched)} settled"]
    if day.different:
        parts.append(f"{len(day.different)} with another amount")
    if day.unknown:
        parts.append(f"{len(day.unknown)} that we do not know")
    if day.open:
        parts.append(f"{len(day.open)} captures still open")
    return ", ".join(parts)


def differences(day: Day) -> Iterator[dict[str, str]]:
    """One row for each thing the back office has to look at."""
    for line, capture in day.different:
        yield {
            "what": "another amount",
            "reference": line.reference,
            "merchant": capture.merchant,
            "ours": f"{capture.amount} {capture.currency}",
            "theirs": f"{line.amount} {line.currency}",
        }
    for line in day.unknown:
        yield {
            "what": "unknown to us",
            "reference": line.reference,
            "merchant": "",
            "ours": "",
            "theirs": f"{line.amount} {line.currency}",
        }
    for capture in day.open:
        yield {
            "what": "not settled",
            "reference": capture.reference,
            "merchant": capture.merchant,
            "ours": f"{capture.amount} {capture.currency}",
            "theirs": "",
        }


def write_report(day: Day, folder: Path) -> Path:
    """Write the differences as CSV; the path of the file."""
    path = folder / f"settlement-{day.booked:%Y-%m-%d}.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, ["what", "reference", "merchant", "ours", "theirs"])
        writer.writeheader()
        writer.writerows(differences(day))
    return path


def by_merchant(day: Day) -> dict[str, Decimal]:
    """What each merchant is owed for the day, in the currencies' major units."""
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for _, capture in day.matched:
        owed[f"{capture.merchant} {capture.currency}"] += capture.amount
    return dict(owed)
