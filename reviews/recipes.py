"""A project's recipes: tests for a language and a path, in versions that never change."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from governance.ledger import record
from governance.models import Project, User
from lib.canonical import digest_of
from reviews.models import TestRecipe

type Files = tuple[tuple[str, str], ...]


class NothingChanged(Exception):
    """The recipe says this already."""


class NoSuchRecipe(Exception):
    """The project has no recipe of this name, or it was taken back."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a curator says in a recipe."""

    name: str
    language: str
    path: str
    kind: str
    command: str
    tests: Files
    files: Files
    seconds: int


@transaction.atomic
def save(project: Project, said: Said, by: User, now: datetime) -> TestRecipe:
    """Write the next version of a recipe. Raises NothingChanged.

    New examples follow it; older ones when somebody asks for their tests.
    """
    last = _last(project, said.name)
    columns = {
        "language": said.language,
        "path": said.path,
        "kind": said.kind,
        "command": said.command,
        "tests": [list(each) for each in said.tests],
        "files": [list(each) for each in said.files],
        "seconds": said.seconds,
    }
    if last and last.is_on and all(getattr(last, name) == columns[name] for name in columns):
        raise NothingChanged
    return _append(project, said.name, by, now, is_on=True, **columns)


@transaction.atomic
def take_back(project: Project, name: str, by: User, now: datetime) -> TestRecipe:
    """End a recipe: no further example has it. Raises NoSuchRecipe."""
    last = _last(project, name)
    if last is None or not last.is_on:
        raise NoSuchRecipe
    kept = ("language", "path", "kind", "command", "tests", "files", "seconds")
    columns = {each: getattr(last, each) for each in kept}
    return _append(project, name, by, now, is_on=False, **columns)


def _append(
    project: Project, name: str, by: User, now: datetime, *, is_on: bool, **columns: object
) -> TestRecipe:
    newest = TestRecipe.objects.filter(project=project, name=name).aggregate(n=Max("version"))["n"]
    recipe = TestRecipe.objects.create(
        project=project, name=name, version=(newest or 0) + 1, is_on=is_on, by=by, at=now, **columns
    )
    action = "test recipe saved" if is_on else "test recipe taken back"
    digest = digest_of(columns)
    record(project, by, action, name, now, subject_digest=digest, version=recipe.version)
    return recipe


def _last(project: Project, name: str) -> TestRecipe | None:
    """The newest version. Writers of one project take turns, or two would write one version."""
    Project.objects.select_for_update().get(pk=project.pk)
    return TestRecipe.objects.filter(project=project, name=name).order_by("-version").first()
