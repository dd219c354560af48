"""Which findings are shown: those of the tools and states that somebody asked for. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext_noop

STATES = (gettext_noop("introduced"), gettext_noop("fixed"), gettext_noop("unchanged"))
MOST = 20  # tools one address may name
LONGEST = 60  # characters of a name


class Found(Protocol):
    """What the filter needs of a finding."""

    @property
    def tool(self) -> str: ...
    @property
    def state(self) -> str: ...


@dataclass(frozen=True)
class Wanted:
    """Empty asks for everything."""

    tools: tuple[str, ...] = ()
    states: tuple[str, ...] = ()

    @classmethod
    def of(cls, lists: Mapping[str, Sequence[str]]) -> "Wanted":
        """What the address asks for."""
        states = {state for state in lists.get("state", ()) if state in STATES}
        tools = {tool for tool in lists.get("tool", ())[:MOST] if 0 < len(tool) <= LONGEST}
        return cls(tuple(sorted(tools)), tuple(state for state in STATES if state in states))

    def __bool__(self) -> bool:
        return bool(self.tools or self.states)

    def shows(self, finding: Found) -> bool:
        """Whether the finding is among them."""
        of_tool = not self.tools or finding.tool in self.tools
        return of_tool and (not self.states or finding.state in self.states)


@dataclass(frozen=True)
class Facet:
    """One value to filter by, how many findings have it, and the values with it switched."""

    name: str
    value: str
    count: int
    is_on: bool
    switched: list[str]


def facets(findings: Sequence[Found], wanted: Wanted) -> dict[str, list[Facet]]:
    """Tools and states there are findings of, and those that were asked for in vain."""
    states = Counter(finding.state for finding in findings)
    tools = Counter(finding.tool for finding in findings)
    return {
        "states": [
            _facet("state", state, states[state], wanted.states)
            for state in STATES
            if states[state] or state in wanted.states
        ],
        "tools": [
            _facet("tool", tool, tools[tool], wanted.tools)
            for tool in sorted({*tools, *wanted.tools})
        ],
    }


def _facet(name: str, value: str, count: int, chosen: Sequence[str]) -> Facet:
    rest = [other for other in chosen if other != value]
    switched = rest if value in chosen else sorted([*chosen, value])
    return Facet(name, value, count, value in chosen, switched)
