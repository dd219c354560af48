"""The demo's own stories, read from the files beside this module into plain values.

Times are told as `days_ago`, in working days before the moment the demo is loaded, so that the
demo is never stale; `moment` turns them into times.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from lib.canonical import sha256_hex

CONTENT = Path(__file__).parent / "content"
FIRST_HOUR = 8  # a working day is 08:00 to 18:00 UTC
WORKING_DAY = timedelta(hours=10)
SHORTEST_DAY = timedelta(hours=6)  # what lies between 18:00 and midnight, so days never overlap


@dataclass(frozen=True, kw_only=True)
class ProjectStory:
    """A project of the demo."""

    slug: str
    name: str
    admin: str  # the username of who opened it


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone of the demo; `roles` maps a project's slug to the roles held there."""

    username: str
    first_name: str
    email: str
    roles: Mapping[str, list[str]] = field(default_factory=dict)
    demo_account: bool = False
    site_admin: bool = False


@dataclass(frozen=True, kw_only=True)
class Span:
    """The wrong block: half-open, lines from 1, columns from 0 in code points."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the demo's reviewers made of a correction; `verdict` may be "waiting"."""

    verdict: str
    category: str
    severity: str = ""
    reason: str = ""
    note: str = ""
    reviewer: str = ""
    days_ago: float | None = None
    held_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class CorrectionStory:
    """A correction with the generation it corrects, as a client would report it."""

    slug: str
    project: str
    language: str
    file_path: str
    repository: str
    developer: str
    model_name: str
    session: str
    comment: str
    days_ago: float
    prompt: str
    output: str
    corrected: str
    intended: Answer
    time_to_decide_ms: int | None = None
    confidence: float | None = None
    category: str = ""  # the developer's view, which may be wrong or missing
    severity: str = ""
    span: Span | None = None
    fixed: str | None = None  # the reviewer's version, where they fixed it
    tests: str | None = None  # what the developer sent along to try it
    near_duplicate_of: str = ""


@dataclass(frozen=True, kw_only=True)
class DatasetStory:
    """A dataset version frozen at a time, from what was decided until then."""

    project: str
    number: int
    by: str
    days_ago: float


@dataclass(frozen=True, kw_only=True)
class EvaluationStory:
    """One run of one suite; `report` is as `deployments.reports` reads it."""

    suite: str
    by: str
    days_ago: float
    report: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class SignOffStory:
    """One governance lead's answer to a promotion."""

    by: str
    answer: str
    days_ago: float
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class PromotionStory:
    """A promotion and how far it came; no `promoted_by`: it still waits for a sign-off."""

    endpoint: str
    why: str
    by: str
    days_ago: float
    sign_offs: list[SignOffStory]
    promoted_by: str = ""
    promoted_days_ago: float | None = None


@dataclass(frozen=True, kw_only=True)
class ModelStory:
    """A model version; `dataset` is the number of the dataset version it was trained on."""

    project: str
    name: str
    revision: int
    base_model: str
    artifacts: list[dict[str, Any]]  # as a manifest wants them: path, sha256, bytes
    settings: Mapping[str, Any]
    notes: str
    by: str
    days_ago: float
    evaluations: list[EvaluationStory]
    dataset: int | None = None
    promotion: PromotionStory | None = None

    def manifest(self, dataset_version: str | None) -> dict[str, Any]:
        """The manifest to register; `dataset_version` is the content id of the one it names."""
        return {
            "name": self.name,
            "base_model": self.base_model,
            "artifacts": self.artifacts,
            "dataset_version": dataset_version,
            "settings": dict(self.settings),
            "notes": self.notes,
        }


@dataclass(frozen=True, kw_only=True)
class Content:
    """Everything the demo shows but the suggestions, which `config.demo.suggestions` tells."""

    password: str  # of every demo account
    projects: list[ProjectStory]
    people: list[Person]
    corrections: list[CorrectionStory]
    datasets: list[DatasetStory]
    models: list[ModelStory]


def read(folder: Path = CONTENT) -> Content:
    """All of it; a missing file or an unknown field is an error."""
    team = toml(folder / "team.toml")
    models = toml(folder / "models.toml")
    return Content(
        password=team["password"],
        projects=[ProjectStory(**project) for project in team["projects"]],
        people=[Person(**person) for person in team["people"]],
        corrections=[correction(path.parent) for path in sorted(folder.glob("*/*/about.toml"))],
        datasets=[DatasetStory(**dataset) for dataset in models["datasets"]],
        models=[_model(**model) for model in models["models"]],
    )


def toml(path: Path) -> dict[str, Any]:
    """What a TOML file says."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def correction(folder: Path) -> CorrectionStory:
    """The story in one folder under `corrections/`."""
    about = toml(folder / "about.toml")
    span = about.pop("span", None)
    return CorrectionStory(
        slug=folder.name,
        span=Span(**span) if span else None,
        intended=Answer(**about.pop("intended")),
        prompt=_text(folder, "prompt").rstrip("\n"),
        output=_text(folder, "output"),
        corrected=_text(folder, "corrected"),
        fixed=_text(folder, "fixed") if any(folder.glob("fixed.*")) else None,
        tests=_text(folder, "tests") if any(folder.glob("tests.*")) else None,
        **about,
    )


def _model(
    *,
    artifacts: list[dict[str, Any]],
    evaluations: list[dict[str, Any]],
    promotion: dict[str, Any] | None = None,
    **about: Any,
) -> ModelStory:
    return ModelStory(
        artifacts=[
            {
                "path": each["path"],
                "sha256": sha256_hex(each["text"].encode()),
                "bytes": each["bytes"],
            }
            for each in artifacts
        ],
        evaluations=[EvaluationStory(**evaluation) for evaluation in evaluations],
        promotion=_promotion(**promotion) if promotion else None,
        **about,
    )


def _promotion(*, sign_offs: list[dict[str, Any]], **about: Any) -> PromotionStory:
    return PromotionStory(sign_offs=[SignOffStory(**each) for each in sign_offs], **about)


def _text(folder: Path, stem: str) -> str:
    (path,) = folder.glob(f"{stem}.*")
    return path.read_text(encoding="utf-8")


def moment(days_ago: float, now: datetime) -> datetime:
    """The time `days_ago` working days before `now`: 0 is now, almost 1 when today's work began.

    Today always counts as a working day of at least six hours, so that the demo has something
    from just now even when it is loaded on a Sunday or a minute past midnight; before today,
    Saturdays and Sundays are passed over.
    """
    whole, share = divmod(days_ago, 1)
    if not whole:
        morning = datetime.combine(now.date(), time(FIRST_HOUR), now.tzinfo)
        return now - share * (now - min(morning, now - SHORTEST_DAY))
    morning = datetime.combine(_working_day(int(whole), now), time(FIRST_HOUR), now.tzinfo)
    return morning + (1 - share) * WORKING_DAY


def _working_day(back: int, now: datetime) -> date:
    day = now.date()
    while back:
        day -= timedelta(days=1)
        back -= day.weekday() < 5
    return day
