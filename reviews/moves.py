"""Blocks of lines that moved: gone in one place, there again in another, in the same words.

A block grows around a line that is unmatched exactly once on each side, so nothing is guessed
where a text repeats itself; and it must say something, so a lone bracket never moves.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

SAYS = 20  # letters and digits that a block has at least


@dataclass(frozen=True)
class Move:
    """Line numbers from 0 of a block, as many on each side, equal but for blanks."""

    old: range
    new: range


def find_moves(
    old: Sequence[str], new: Sequence[str], matches: Sequence[tuple[int, int]]
) -> list[Move]:
    """The blocks among the lines that `matches` leaves out, in the order of the old text.

    `old` and `new` are the lines without what does not count, such as their indentation.
    """
    kept_old, kept_new = {i for i, _ in matches}, {j for _, j in matches}
    gone = [i for i in range(len(old)) if i not in kept_old]
    came = [j for j in range(len(new)) if j not in kept_new]
    times = Counter(old[i] for i in gone), Counter(new[j] for j in came)
    places = {new[j]: j for j in came if times[1][new[j]] == 1}
    left, right = set(gone), set(came)
    found: list[Move] = []
    seen = -1  # the end of the block looked at last, so that none is grown twice
    for i in gone:
        j = places.get(old[i])
        if i <= seen or j not in right or times[0][old[i]] != 1 or not old[i]:
            continue
        move = _grown(old, new, i, j, left, right)
        seen = move.old[-1]
        if _says_enough(old, move):
            left -= set(move.old)
            right -= set(move.new)
            found.append(move)
    return found


def _grown(
    old: Sequence[str], new: Sequence[str], i: int, j: int, left: set[int], right: set[int]
) -> Move:
    """The longest block of equal free lines around one pair, without blank ends."""
    first = last = 0
    while _free(old, new, i + first - 1, j + first - 1, left, right):
        first -= 1
    while _free(old, new, i + last + 1, j + last + 1, left, right):
        last += 1
    while not old[i + first]:
        first += 1
    while not old[i + last]:
        last -= 1
    return Move(range(i + first, i + last + 1), range(j + first, j + last + 1))


def _free(
    old: Sequence[str], new: Sequence[str], i: int, j: int, left: set[int], right: set[int]
) -> bool:
    return i in left and j in right and old[i] == new[j]


def _says_enough(old: Sequence[str], move: Move) -> bool:
    said = 0
    for at in move.old:
        said += sum(character.isalnum() for character in old[at][: SAYS * 10])
        if said >= SAYS:
            return True
    return False
