"""What a detector is: an expression for RE2, which takes linear time whatever the text is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import re2

MEMORY = 64 * 1024 * 1024  # bytes for one compiled expression; RE2's own 8 MB are few for hints


@dataclass(frozen=True, slots=True)
class Found:
    """One thing to mask: where, what kind for the counts, what its placeholder is called.

    A contextual one is recognised by what stands around it; the same text elsewhere is not, so
    it has to be looked for. Of a thing in several pieces only the first counts.
    """

    start: int
    end: int
    kind: str
    word: str
    value: str
    is_contextual: bool = False
    counts: bool = True


type Check = Callable[[str, int, int], bool]  # the text, and where the value starts and ends
type Finder = Callable[[str], Iterator[Found]]


def compiled(expression: str, memory: int = MEMORY) -> Any:
    """The expression for RE2. Raises re2.error, also for what RE2 would need too much memory."""
    options = re2.Options()
    options.max_mem = memory
    options.log_errors = False  # it would print the expression
    return re2.compile(expression, options)


@dataclass(frozen=True)
class Rule:
    """One detector: the last group that took part is what to mask, or the whole match.

    `hint` is a wider and cheaper expression that everything it finds matches too.
    """

    kind: str
    expression: str
    hint: str = ""
    check: Check | None = None
    is_contextual: bool = False
    word: str = ""
    pattern: Any = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", compiled(self.expression))

    def find(self, text: str) -> Iterator[Found]:
        """Everything it finds, in order."""
        word = self.word or ("secret" if self.is_contextual else self.kind)
        for match in self.pattern.finditer(text):
            taken = [n for n in range(1, self.pattern.groups + 1) if match.start(n) >= 0]
            start, end = match.span(taken[-1] if taken else 0)
            if start < end and (self.check is None or self.check(text, start, end)):
                value = text[start:end]
                yield Found(start, end, self.kind, word, value, self.is_contextual)


@dataclass(frozen=True)
class Family:
    """Detectors that are asked together: none of them where no hint matches."""

    finders: tuple[Finder, ...]
    hints: tuple[str, ...]
    hint: Any = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hint", any_of(self.hints))


def family(rules: Sequence[Rule]) -> Family:
    """Rules as a family, the first winning where two find something in one place."""
    hints = tuple(rule.hint or rule.expression for rule in rules)
    return Family(tuple(rule.find for rule in rules), hints)


def any_of(expressions: Sequence[str]) -> Any:
    """One expression for all of them: text it does not match is clean in one pass."""
    return compiled("|".join(f"(?:{each})" for each in expressions))
