"""Rows of a dataset version one after the other, each as the files have it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from curation.export import SPLITS, TEXTS_OF, Row, contents_of, is_pair, shaped
from curation.models import DatasetRow, DatasetVersion
from curation.summary import categories_of, rows_of, versions_of
from governance.access import Ability, project_for
from lib.canonical import canonical_bytes
from lib.pages import BadCursor, page_of

AT_ONCE = 5  # rows on a page; each brings three texts and its lines


@dataclass(frozen=True)
class Sample:
    """One row: what it says, and the lines of files that say it."""

    row: DatasetRow
    content: Row
    lines: list[tuple[str, str]]  # a file's path, and the line in it


@login_required
@require_GET
def samples(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Rows as exported, of all or of one split and category, each with the way to its feedback."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    version = get_object_or_404(versions_of(project).exclude(content_id=""), number=number)
    split, category = request.GET.get("split", ""), request.GET.get("category", "")
    there, back = request.GET.get("after", ""), request.GET.get("before", "")
    rows = rows_of(version, split, category).prefetch_related(*TEXTS_OF)
    try:
        page = page_of(rows, ["row_id"], AT_ONCE, after=there, before=back)
    except BadCursor as error:
        raise Http404(str(error)) from error
    context = {
        "project": project,
        "place": "datasets",
        "version": version,
        "split": split,
        "splits": SPLITS,
        "category": category,
        "categories": categories_of(version.manifest),
        "page": page,
        "samples": _samples(version, page.rows),
    }
    return render(request, "curation/samples.html", context)


def _samples(version: DatasetVersion, rows: Sequence[DatasetRow]) -> list[Sample]:
    contents = contents_of(version, rows)
    return [
        Sample(row, content, _lines(row, content))
        for row, content in zip(rows, contents, strict=True)
    ]


def _lines(row: DatasetRow, content: Row) -> list[tuple[str, str]]:
    objectives = ["sft", "dpo"] if is_pair(content) else ["sft"]
    return [
        (f"{each}/{row.split}.jsonl", canonical_bytes(shaped(each, content)).decode())
        for each in objectives
    ]
