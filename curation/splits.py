"""Which rows are for training, validation and test: what belongs together never crosses.

Rows that share a repository or a session, or are near-duplicates, are one group, and so are
groups that share one. A group goes whole to the split its hash says, so the shares hold for many
small groups and not for a few big ones; the manifest says how big the biggest is.

Sticky: a group with a row that an earlier version had for test stays there, whatever joins it, and
so does one with a row that was for validation. What models were measured with is never learnt from.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

type Tie = tuple[str, str]  # what kind of thing is shared, and which

HUNDRED = 100
STICKY = ("test", "validation")  # earlier splits that a group holds on to, the strongest first
GIANT = 50  # percent of all rows in one group, from which on the shares mean little


@dataclass(frozen=True)
class Grouped:
    """One row and what ties it to others: a key of its own, and those it shares."""

    row: str
    ties: tuple[Tie, ...] = ()


@dataclass(frozen=True)
class Grouping:
    """How the rows hang together, for the manifest."""

    groups: int
    largest: int
    rows: int

    @property
    def is_giant(self) -> bool:
        """Is one group so big that the shares cannot hold?"""
        return self.rows > 1 and HUNDRED * self.largest > GIANT * self.rows


def tie(kind: str, value: str) -> tuple[Tie, ...]:
    """A tie by a value; an empty one ties nothing, for it is not known."""
    return ((kind, value),) if value else ()


def assign(
    rows: Sequence[Grouped],
    shares: Mapping[str, int],
    salt: str,
    before: Mapping[str, str] | None = None,
) -> tuple[dict[str, str], Grouping]:
    """The split of each row, and how they hang together.

    `shares` are whole percents that add up to 100; `before` has splits of STICKY that rows were in.
    The result depends on no order.
    """
    if sum(shares.values()) != HUNDRED:
        raise ValueError(f"the shares {dict(shares)} do not add up to {HUNDRED}")
    groups = group(rows)
    sizes = Counter(groups.values())
    stuck = _stuck(groups, before or {})
    goes = {name: stuck.get(name) or bucket(name, shares, salt) for name in sizes}
    splits = {row: goes[name] for row, name in groups.items()}
    return splits, Grouping(len(sizes), max(sizes.values(), default=0), len(rows))


def _stuck(groups: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """The split that each group with a row of an earlier test or validation split stays in."""
    found: dict[str, str] = {}
    for row, split in before.items():
        name = groups[row]
        found[name] = min(found.get(name, split), split, key=STICKY.index)
    return found


def bucket(name: str, shares: Mapping[str, int], salt: str) -> str:
    """The split of the group so named: the same today, tomorrow and elsewhere."""
    place = int.from_bytes(sha256(f"{salt}\0{name}".encode()).digest()[:8]) % HUNDRED
    for split, share in sorted(shares.items()):  # JSON in the database keeps no order
        if place < share:
            return split
        place -= share
    raise AssertionError("shares add up to 100")


def group(rows: Iterable[Grouped]) -> dict[str, str]:
    """Each row's group, named after its smallest tie, or the row itself where nothing ties it.

    Named so, a repository keeps its split when rows join it. Union-find with halved paths.
    """
    parent: dict[Tie, Tie] = {}

    def root(key: Tie) -> Tie:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = key = parent[parent[key]]
        return key

    own: dict[str, Tie] = {}
    for each in rows:
        own[each.row] = ("row", each.row)
        for other in each.ties:
            parent[root(other)] = root(own[each.row])
    names: dict[Tie, Tie] = {}
    for key in sorted(parent.keys() | own.values(), key=_as_name, reverse=True):
        names[root(key)] = key
    return {row: "\0".join(names[root(key)]) for row, key in own.items()}


def _as_name(key: Tie) -> tuple[bool, Tie]:
    """Ties come before rows, repositories before sessions before likeness ("similar")."""
    return key[0] == "row", key
