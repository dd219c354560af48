"""Pages of dataset versions, and of what became of a correction."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from curation import datasets as freezing
from curation import publishing, remains, summary
from curation.downloads import Download, export_response, file_response
from curation.export import SPLITS, NoSuchFile
from curation.exports.catalogue import offered
from curation.findings import findings_of
from curation.models import DatasetVersion, Example, Vote
from curation.recalls import recall_of, recalled_in
from curation.tasks import build_dataset
from curation.voting import JUDGE
from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock
from lib.htmx import render_part
from lib.nudge import nudge
from lib.pages import BadCursor, Page, page_of
from lib.transitions import MoveRefused
from lib.wording import inside

PAGE = 50
OPEN = (DatasetVersion.State.REQUESTED, DatasetVersion.State.BUILDING)


@login_required
@require_GET
def datasets(request: HttpRequest, slug: str) -> HttpResponse:
    """Every dataset version of the project."""
    project = project_for(request.user, slug, Ability.SEE)
    return _datasets(request, project)


def _datasets(request: HttpRequest, project: Project, says: str = "") -> HttpResponse:
    page = _page(request, summary.versions_of(project), ["-number"])
    context = {
        "project": project,
        "place": "datasets",
        "page": page,
        "says": says,
        "rows": [
            (version, summary.BADGES[version.state], summary.totals_of(version.manifest))
            for version in page.rows
        ],
    }
    return render(request, "curation/datasets.html", context, status=409 if says else 200)


@login_required
@require_POST
def freeze(request: PersonRequest, slug: str) -> HttpResponse:
    """Ask for the next version."""
    project = project_for(request.user, slug, Ability.CURATE)
    try:
        version = freezing.request(project, request.user, clock.now())
    except freezing.NothingToFreeze as error:
        return _datasets(request, project, str(error))
    nudge(build_dataset, version.pk)
    return redirect("curation:dataset", slug, version.number)


@login_required
@require_GET
def dataset(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One version: its id, funnel, composition and files; or how far its build is."""
    project = project_for(request.user, slug, Ability.SEE)
    return _dataset(request, project, _version(project, number))


def _dataset(
    request: HttpRequest, project: Project, version: DatasetVersion, says: str = ""
) -> HttpResponse:
    manifest = version.manifest
    context = {
        "project": project,
        "place": "datasets",
        "version": version,
        "says": says,
        "state": summary.BADGES[version.state],
        "is_open": version.state in OPEN,
        "done": summary.progress_of(version),
        "manifest": manifest,
        "totals": summary.totals_of(manifest),
        "bars": summary.steps_of(manifest),
        "composition": summary.composition_of(manifest),
        "files": summary.files_of(version),
        "lines_lost": remains.lines_lost(version),
        "recalled": recalled_in(version),
        "lengths": summary.lengths_of(manifest),
        "texts": summary.texts_of(manifest),
        "exports": offered(version),
        "dvc": publishing.told_of(version),
        "splits": SPLITS,
        "twin": _twin(version),
    }
    page = "curation/dataset.html"
    response = render_part(request, page, "build-progress", context, 409 if says else 200)
    if version.state not in OPEN:  # a page that was waiting gets its figures
        response["HX-Refresh"] = "true"
    return response


def _twin(version: DatasetVersion) -> DatasetVersion | None:
    """Another version with the same content."""
    same = summary.versions_of(version.project).filter(content_id=version.content_id)
    return same.exclude(pk=version.pk).first() if version.content_id else None


@login_required
@require_POST
def cancel(request: PersonRequest, slug: str, number: int) -> HttpResponse:
    """Stop a build."""
    project = project_for(request.user, slug, Ability.CURATE)
    version = _version(project, number)
    try:
        freezing.cancel(version, request.user, clock.now())
    except MoveRefused:
        version.refresh_from_db()
        says = gettext("Nothing was cancelled: the version is {state}.").format(
            state=inside(version.get_state_display())
        )
        return _dataset(request, project, version, says)
    messages.success(
        request, gettext("The build of version {number} was cancelled.").format(number=number)
    )
    return redirect("curation:dataset", slug, number)


@login_required
@require_GET
def file(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponseBase:
    """One file of a frozen version, as it was hashed."""
    return _download(request, slug, number, name, file_response)


@login_required
@require_GET
def export_file(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponseBase:
    """One file of an export of a frozen version, or all of it as a ZIP."""
    return _download(request, slug, number, name, export_response)


def _download(
    request: HttpRequest, slug: str, number: int, name: str, respond: Download
) -> HttpResponseBase:
    project = project_for(request.user, slug, Ability.READ_CODE)
    try:
        return respond(request, _version(project, number), name)
    except NoSuchFile as error:
        raise Http404(str(error)) from error


@login_required
@require_GET
def rows(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The version's rows, each with the way back to its feedback."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    version = _version(project, number)
    split, category = request.GET.get("split", ""), request.GET.get("category", "")
    context = {
        "project": project,
        "place": "datasets",
        "version": version,
        "split": split,
        "splits": SPLITS,
        "category": category,
        "categories": summary.categories_of(version.manifest),
        "page": _page(request, summary.rows_of(version, split, category), ["row_id"]),
    }
    return render(request, "curation/rows.html", context)


@login_required
@require_GET
def example(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One example with everything it came from and went into."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    of = ("correction__generation", "prompt", "output", "ideal", "category")
    found = get_object_or_404(Example.objects.select_related(*of), project=project, pk=pk)
    context = {
        "project": project,
        "place": "datasets",
        "example": found,
        "state": summary.EXAMPLE_BADGES[found.state],
        "correction": found.correction,
        "generation": found.correction.generation,
        "reactions": found.correction.generation.reactions.order_by("occurred_at", "id"),
        "votes": _votes(project, found),
        "findings": findings_of(found),
        "decisions": found.decisions.select_related("by", "category", "ideal").order_by("id"),
        "rows": found.dataset_rows.select_related("version").order_by("version__number"),
        "recalled": recall_of(found),
    }
    return render(request, "curation/example.html", context)


@login_required
@require_GET
def mine(request: PersonRequest, slug: str) -> HttpResponse:
    """What became of the feedback that was reported under one's own name."""
    project = project_for(request.user, slug, Ability.SEE)
    page = _page(request, summary.reported_by(project, request.user), ["-id"])
    rows = [(example, summary.EXAMPLE_BADGES[example.state]) for example in page.rows]
    context = {"project": project, "place": "mine", "page": page, "rows": rows}
    return render(request, "curation/mine.html", context)


def _votes(project: Project, example: Example) -> QuerySet[Vote]:
    """Every vote; but who may still decide the example must not be led by the judge's."""
    votes = example.votes.select_related("category").order_by("id")
    may_review = Ability.REVIEW in getattr(project, "abilities", ())
    is_open = example.state in (Example.State.ARRIVED, Example.State.LABELLED)
    return votes.exclude(labeler=JUDGE) if may_review and is_open else votes


def _version(project: Project, number: int) -> DatasetVersion:
    return get_object_or_404(summary.versions_of(project), number=number)


def _page(request: HttpRequest, rows: Any, order: list[str]) -> Page[Any]:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        return page_of(rows, order, PAGE, after=after, before=before)
    except BadCursor as error:
        raise Http404(str(error)) from error
