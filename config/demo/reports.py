"""The demo's stories as the records its clients report, in batches as they would come."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from config.demo.content import CorrectionStory, moment
from config.demo.suggestions import Suggestion

type Report = dict[str, Any]
USUAL_PAUSE_MS = 40_000  # from shown to corrected, where the story does not say


@dataclass(frozen=True)
class Batch:
    """What one project's clients reported at once, and when the last of it happened."""

    project: str
    at: datetime
    reports: list[Report]


def batches(
    corrections: Iterable[CorrectionStory], suggestions: Iterable[Suggestion], now: datetime
) -> Iterator[Batch]:
    """Each correction by itself; what happened to suggestions hour by hour, up to `now`."""
    for story in corrections:
        yield _batch(story.project, of_correction(story, now))
    told = [(each.project, report) for each in suggestions for report in of_suggestion(each, now)]
    for (_, project), hour in groupby(sorted(told, key=_hour), key=_hour):
        yield _batch(project, [report for _, report in hour])


def _batch(project: str, reports: Sequence[Report]) -> Batch:
    last = max(report["occurred_at"] for report in reports)
    return Batch(project, last, [_sent(report) for report in reports])


def of_suggestion(told: Suggestion, now: datetime) -> Sequence[Report]:
    """The generation and what the developer did with it, as far as it has happened."""
    shown = moment(told.days_ago, now)
    reports = [_generation(told, told.client_id, shown)]
    for number, event in enumerate(told.events):
        at = shown + timedelta(milliseconds=event.after_ms or 0)
        said = {"kind": event.kind, "after_ms": event.after_ms, "value": event.value}
        reports.append(_about(told, told.client_id, f"{number}", at, type="reaction", **said))
    return [report for report in reports if report["occurred_at"] <= now]


def of_correction(told: CorrectionStory, now: datetime) -> Sequence[Report]:
    """The generation, that it was shown and edited, and the correction."""
    made = moment(told.days_ago, now)
    after_ms = told.time_to_decide_ms or USUAL_PAUSE_MS
    shown = made - timedelta(milliseconds=after_ms)
    correction = {
        "type": "correction",
        "corrected": told.corrected,
        "category": told.category,
        "severity": told.severity,
        "comment": told.comment,
        "after_ms": told.time_to_decide_ms,
        "span": _span(told),
    }
    if told.tests is not None:
        correction["tests"] = {"framework": "python", "code": told.tests}
    edited = {"type": "reaction", "kind": "edited", "after_ms": after_ms}
    return [
        _generation(told, told.slug, shown),
        _about(told, told.slug, "shown", shown, type="reaction", kind="shown"),
        _about(told, told.slug, "edited", made, **edited),
        _about(told, told.slug, "correction", made, **correction),
    ]


def _about(
    told: Suggestion | CorrectionStory, generation: str, name: str, at: datetime, **said: Any
) -> Report:
    return {
        "id": f"{generation}-{name}",
        "generation": generation,
        "session": told.session,
        "developer": told.developer,
        "occurred_at": at,
        **said,
    }


def _generation(told: Suggestion | CorrectionStory, client_id: str, at: datetime) -> Report:
    return {
        "type": "generation",
        "id": client_id,
        "prompt": told.prompt,
        "output": told.output,
        "language": told.language,
        "file_path": told.file_path,
        "repository": told.repository,
        "model_name": told.model_name,
        "confidence": told.confidence,
        "session": told.session,
        "developer": told.developer,
        "occurred_at": at,
    }


def _span(told: CorrectionStory) -> Report | None:
    if told.span is None:
        return None
    return {
        "start": {"line": told.span.start_line, "column": told.span.start_column},
        "end": {"line": told.span.end_line, "column": told.span.end_column},
    }


def _hour(told: tuple[str, Report]) -> tuple[datetime, str]:
    project, report = told
    at: datetime = report["occurred_at"]
    return at.replace(minute=0, second=0, microsecond=0), project


def _sent(report: Report) -> Report:
    return report | {"occurred_at": report["occurred_at"].isoformat()}
