"""The labeler rules that the demo's curator wrote after the third time."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from config.demo.content import moment
from config.demo.stage import Act, Stage
from curation import panel

PROJECT, CURATOR = "ledger-platform", "maren"
RULES: list[tuple[float, dict[str, Any]]] = [
    (
        20.0,
        {
            "name": "Query inside a loop",
            "kind": "words",
            "looks_for": "N+1, one query per, round trip, round trips",
            "place": "comment",
            "category": "performance",
            "why": "Comments say it in these words; the comment labeler knows only some of them.",
            "is_on": True,
        },
    ),
    (
        16.0,
        {
            "name": "SQL glued together",
            "kind": "pattern",
            "looks_for": r"(?i)(select|insert|update|delete)\b.*(\+ |\{|%s.*%)",
            "place": "removed",
            "category": "security",
            "why": "Whoever takes a glued query out does it for injection's sake.",
            "is_on": True,
        },
    ),
]


def rule_acts(stage: Stage) -> Iterator[Act]:
    """A curator writes two rules down."""
    for days_ago, told in RULES:
        yield Act(moment(days_ago, stage.now), partial(_write, stage, told))


def _write(stage: Stage, told: dict[str, Any], now: datetime) -> None:
    panel.write(stage.projects[PROJECT], told, stage.people[CURATOR], now)
