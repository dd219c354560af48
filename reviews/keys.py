"""The acts of the review workspace and the keys that do them, as each person has set them. Pure.

One registry: the legend, the sheet, the key caps, the palette and the settings page read it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from governance.models import User


@dataclass(frozen=True)
class Action:
    """One thing that a key does; `short` is its word in the legend, empty where it has none."""

    name: str
    words: str
    key: str
    group: str
    short: str = ""
    fixed: bool = False  # the same for everyone: it works while one types, or is a range
    scripted: bool = False  # a script does it; the others click a control of the page


DECIDE, LABEL, READ = (
    gettext_noop("Decide, then the next item"),
    gettext_noop("Label"),
    gettext_noop("Read"),
)

ACTIONS = (
    Action("accept", gettext_noop("Accept the developer's correction"), "a", DECIDE),
    Action("fix", gettext_noop("Fix it, then accept your code"), "f", DECIDE),
    Action("reject", gettext_noop("Reject: a digit says why, then Enter"), "r", DECIDE),
    Action("skip", gettext_noop("Skip: you see it again last"), "s", DECIDE),
    Action("unsure", gettext_noop("Not sure: others look, then a curator decides"), "u", DECIDE),
    Action("escalate", gettext_noop("Escalate to the curators"), "e", DECIDE),
    Action(
        "later", gettext_noop("Later, or somebody else: snooze it, leave it to others"), "l", DECIDE
    ),
    Action("undo", gettext_noop("Undo your last decision"), "z", DECIDE, gettext_noop("undo")),
    Action(
        "last",
        gettext_noop("Your last ten decisions, each with its undo"),
        "h",
        DECIDE,
        scripted=True,
    ),
    Action(
        "decide",
        gettext_noop("Decide and next, also while typing"),
        "Ctrl+Enter",
        DECIDE,
        gettext_noop("decide and next"),
        fixed=True,
        scripted=True,
    ),
    Action(
        "category",
        gettext_noop("Category; with Shift the second ten"),
        "1–0",
        LABEL,
        gettext_noop("category"),
        fixed=True,
    ),
    Action("severity-down", gettext_noop("Severity down"), "-", LABEL, scripted=True),
    Action("severity-up", gettext_noop("Severity up"), "+", LABEL, scripted=True),
    Action("note", gettext_noop("Note for the developer"), "t", LABEL, scripted=True),
    Action("tags", gettext_noop("Tags"), "g", LABEL, scripted=True),
    Action(
        "leave",
        gettext_noop("Leave a text, back to keys"),
        "Escape",
        LABEL,
        fixed=True,
    ),
    Action("line-next", gettext_noop("Next line"), "j", READ, gettext_noop("line"), scripted=True),
    Action(
        "line-previous",
        gettext_noop("Previous line"),
        "k",
        READ,
        gettext_noop("line"),
        scripted=True,
    ),
    Action(
        "change-next", gettext_noop("Next change"), "n", READ, gettext_noop("change"), scripted=True
    ),
    Action(
        "change-previous",
        gettext_noop("Previous change"),
        "p",
        READ,
        gettext_noop("change"),
        scripted=True,
    ),
    Action("cluster", gettext_noop("Near-duplicates: decide them together"), "d", READ),
    Action(
        "view",
        gettext_noop("Side by side or unified"),
        "m",
        READ,
        gettext_noop("split or unified"),
        scripted=True,
    ),
    Action("unfold", gettext_noop("Show all lines, or fold what did not change"), "x", READ),
    Action("hide", gettext_noop("Choose which differences to show"), "w", READ),
    Action(
        "comment",
        gettext_noop("Comment on the line"),
        "c",
        READ,
        gettext_noop("comment"),
        scripted=True,
    ),
    Action(
        "thread-next",
        gettext_noop("Next thread of comments"),
        "Shift+n",
        READ,
        scripted=True,
    ),
    Action(
        "thread-previous",
        gettext_noop("Previous thread of comments"),
        "Shift+p",
        READ,
        scripted=True,
    ),
    Action("queue", gettext_noop("Fold or open the queue"), "[", READ),
    Action("filter", gettext_noop("Filter the queue"), "/", READ),
    Action(
        "take",
        gettext_noop("Take the item, or the next one"),
        "Enter",
        READ,
        fixed=True,
    ),
    Action("keys", gettext_noop("This sheet"), "?", READ),
    Action(
        "palette",
        gettext_noop("Commands: every place and act by name"),
        "Ctrl+k",
        READ,
        fixed=True,
    ),
)
BY_NAME = {action.name: action for action in ACTIONS}
REBINDABLE = tuple(action for action in ACTIONS if not action.fixed)

MODIFIERS = (gettext_noop("Ctrl"), "Alt", gettext_noop("Shift"))
CHORD = re.compile(r"((?:(?:ctrl|alt|shift)\+)*)(\S|f(?:[1-9]|1[0-2]))", re.IGNORECASE)
# What browsers keep for themselves, or what would be pressed by accident
RESERVED = {
    *(f"Ctrl+{key}" for key in "acfghjklnopqrtvwxyz0123456789+-="),
    *(f"Ctrl+Shift+{key}" for key in "cijkmnprtwz"),
    *("Alt+d", "Alt+f", "F1", "F3", "F5", "F6", "F7", "F11", "F12"),
}


class KeyRefused(Exception):
    """The key cannot be given to this act; the message says why."""


@dataclass(frozen=True)
class Keys:
    """One person's keys: what they changed, and whether a key without a modifier acts at all."""

    own: Mapping[str, str]
    bare: bool = True

    def __hash__(self) -> int:
        return hash((frozenset(self.own.items()), self.bare))

    def of(self, name: str) -> str:
        """The key that does this act for the person; empty where none does."""
        action = BY_NAME[name]
        key = action.key if action.fixed else self.own.get(name, action.key)
        return key if self.bare or not is_bare(key) else ""

    def chosen(self, name: str) -> str:
        """The key as it is set, whether or not keys without a modifier are switched on."""
        return self.own.get(name, BY_NAME[name].key)

    def groups(self) -> list[tuple[str, list[tuple[Action, str]]]]:
        """Every act with its key, under its heading."""
        return [
            (group, [(each, self.of(each.name)) for each in ACTIONS if each.group == group])
            for group in (DECIDE, LABEL, READ)
        ]

    def legend(self) -> list[tuple[str, list[str]]]:
        """The words of the legend, each with the keys that do it: reading first, then deciding."""
        found: dict[str, list[str]] = {}
        for action in sorted(ACTIONS, key=lambda each: (READ, LABEL, DECIDE).index(each.group)):
            if action.short and self.of(action.name):
                found.setdefault(action.short, []).append(self.of(action.name))
        return list(found.items())

    def to_json(self) -> dict[str, Any]:
        """As it is kept: only what differs from what everyone has."""
        own = {name: key for name, key in self.own.items() if BY_NAME[name].key != key}
        return {"own": own, "bare": self.bare}


def keys_of(person: Any) -> Keys:
    """The keys of a person, or everyone's; what is stored and makes no sense is passed over."""
    stored = person.keys if isinstance(person, User) and isinstance(person.keys, dict) else {}
    own = stored.get("own")
    kept = own.items() if isinstance(own, dict) else ()
    return Keys(
        {n: k for n, k in kept if n in BY_NAME and not BY_NAME[n].fixed and isinstance(k, str)},
        bare=stored.get("bare") is not False,
    )


def changed(own: Mapping[str, str], *, bare: bool) -> tuple[Keys, dict[str, str]]:
    """The keys as typed, put into shape, and by act what is wrong with them, in words."""
    problems: dict[str, str] = {}
    shaped: dict[str, str] = {}
    for action in REBINDABLE:
        try:
            shaped[action.name] = in_shape(own.get(action.name) or action.key)
        except KeyRefused as problem:
            problems[action.name] = str(problem)
    taken: dict[str, Action] = {}
    for name, key in shaped.items():
        other = taken.setdefault(key, BY_NAME[name])
        if other.name != name:
            problems[name] = gettext("{key} is the key for “{act}” already.").format(
                key=said(key), act=gettext(other.words)
            )
    return Keys(shaped, bare=bare), problems


def in_shape(typed: str) -> str:
    """A key as it is compared: modifiers in order, letters small. Raises KeyRefused."""
    found = CHORD.fullmatch(typed.strip())
    if not found:
        raise KeyRefused(gettext("Give one key, such as Y or Alt+Y."))
    held = {part for part in found[1].lower().split("+") if part}
    key = found[2].upper() if len(found[2]) > 1 else found[2].lower()
    shaped = "+".join([*(each for each in MODIFIERS if each.lower() in held), key])
    if key.isdecimal() and not held & {"ctrl", "alt"}:
        raise KeyRefused(gettext("The digits choose the category."))
    if shaped in RESERVED:
        raise KeyRefused(
            gettext("The browser keeps {shaped} for itself.").format(shaped=said(shaped))
        )
    if held == {"shift"} and not key.isalpha():
        raise KeyRefused(
            gettext("Give the sign itself, without Shift: Shift makes it another one.")
        )
    return shaped


def is_bare(key: str) -> bool:
    """Whether it is a letter, digit or sign that acts with no modifier but Shift (WCAG 2.1.4)."""
    rest = key.removeprefix("Shift+")
    return rest == "1–0" or len(rest) == 1


def said(key: str) -> str:
    """A key in words: Alt+Y."""
    return "+".join(caps(key))


def caps(key: str) -> list[str]:
    """The caps to show for a key, one for each part."""
    last, held = key, []
    for modifier in MODIFIERS:
        if last.startswith(f"{modifier}+"):
            held.append(modifier)
            last = last.removeprefix(f"{modifier}+")
    named = {"-": "−", "Escape": "Esc"}.get(last, last)
    return [gettext(cap) for cap in (*held, named.upper() if len(named) == 1 else named)]
