"""The most rows of a version that one cluster, repository or person may give."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from curation.recipe import Caps

if TYPE_CHECKING:
    from curation.selection import Chosen

# The gravest first; a severity nobody chose comes last
GRAVITY: Mapping[str, int] = {"critical": 0, "high": 1, "medium": 2, "low": 3}
LEAST = len(GRAVITY)


def over_caps(rows: Sequence["Chosen"], by: Caps) -> dict[str, str]:
    """Why rows are too many of their kind, by their leader's id; 0 is no limit.

    The gravest stay, then those that most examples stand behind, then the smallest ids.
    """
    limits: tuple[tuple[str, int, Callable[[Chosen], str]], ...] = (
        ("over_cap_cluster", by.cluster, lambda row: row.kin),
        ("over_cap_repository", by.repository, lambda row: row.leader.repository),
        ("over_cap_user", by.user, lambda row: row.leader.developer),
    )
    found: dict[str, str] = {}
    order = sorted(rows, key=_rank)
    for reason, most, group_of in limits:
        given: Counter[str] = Counter()
        for row in order:
            group, name = group_of(row), row.leader.client_id
            if most and group and name not in found:
                given[group] += 1
                if given[group] > most:
                    found[name] = reason
    return found


def _rank(row: "Chosen") -> tuple[int, int, str]:
    leader = row.leader
    return GRAVITY.get(leader.severity, LEAST), -len(row.everyone), leader.client_id
