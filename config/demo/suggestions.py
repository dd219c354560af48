"""The demo's suggestions and what developers did with them: five weeks, the same every time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from config.demo.content import CONTENT, toml

SEED = 7


@dataclass(frozen=True, kw_only=True)
class Event:
    """One reaction: what happened, how long after the suggestion was shown, and its value."""

    kind: str
    after_ms: int | None = None
    value: float | None = None


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """One generation, as a client would report it, with its reactions in order."""

    client_id: str
    project: str
    prompt: str
    output: str
    language: str
    file_path: str
    repository: str
    model_name: str
    developer: str
    session: str
    confidence: float
    days_ago: float
    events: list[Event]


@dataclass(frozen=True, kw_only=True)
class Model:
    """When a model was live, in working days before now, and how it did."""

    name: str
    from_days_ago: float
    to_days_ago: float
    accepted: float
    a_day: float


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """One suggestion that was made again and again in one file; `appeal` is the odds it adds."""

    language: str
    file_path: str
    repository: str
    appeal: float
    prompt: str
    output: str


def suggestions(folder: Path = CONTENT, seed: int = SEED) -> list[Suggestion]:
    """Every project's suggestions, oldest first."""
    random = Random(seed)  # noqa: S311 - nothing secret; a seed makes the demo repeatable
    told = toml(folder / "suggestions.toml")
    made = [
        suggestion for project in told["projects"] for suggestion in _project(random, **project)
    ]
    return sorted(made, key=lambda each: -each.days_ago)


def _project(
    random: Random,
    *,
    slug: str,
    developers: dict[str, list[str]],
    models: list[dict[str, Any]],
    snippets: list[dict[str, Any]],
) -> Iterator[Suggestion]:
    known = [Snippet(**snippet) for snippet in snippets]
    for model in (Model(**each) for each in models):
        days = model.from_days_ago - model.to_days_ago
        for number in range(round(model.a_day * days)):
            days_ago = model.to_days_ago + _hour(random, days)
            name = random.choice([*developers])
            snippet = random.choice([s for s in known if s.language in developers[name]])
            confidence = round(random.betavariate(5, 2), 3)
            yield Suggestion(
                client_id=f"{slug}-{model.name.replace(' ', '-')}-{number:04}",
                project=slug,
                prompt=snippet.prompt,
                output=snippet.output,
                language=snippet.language,
                file_path=snippet.file_path,
                repository=snippet.repository,
                model_name=model.name,
                developer=name,
                session=f"{name}-day-{int(days_ago):02}",
                confidence=confidence,
                days_ago=days_ago,
                events=_events(random, model.accepted + snippet.appeal + (confidence - 0.71) / 4),
            )


def _hour(random: Random, days: float) -> float:
    """A moment within `days`; people write most before noon and in the middle of the afternoon."""
    while True:
        back = random.uniform(0, days)
        share = 1 - back % 1  # of the working day, 0 at 08:00
        busy = 1 - 0.75 * (0.38 < share < 0.52) - 0.5 * (share < 0.08) - 0.4 * (share > 0.92)
        if random.random() < busy:
            return back


def _events(random: Random, chance: float) -> list[Event]:
    shown = Event(kind="shown")
    if random.random() >= chance:
        if random.random() < 0.08:
            return [shown, Event(kind="timed_out", after_ms=10_000)]
        return [shown, Event(kind="rejected", after_ms=_thinking(random, 1_400))]
    accepted = Event(kind="accepted", after_ms=_thinking(random, 2_600))
    left = round(min(1.0, random.betavariate(6, 1.2)), 2)
    events = [shown, accepted]
    if left < 0.9:
        events.append(Event(kind="edited", after_ms=30_000 + _thinking(random, 20_000)))
    return [*events, Event(kind="survived", after_ms=600_000, value=left)]


def _thinking(random: Random, usual_ms: int) -> int:
    return round(usual_ms * random.lognormvariate(0, 0.6))
