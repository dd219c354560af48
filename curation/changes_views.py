"""The page of what changed from one dataset version to another."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from curation import changes as comparing
from curation.changes import before_of
from curation.models import DatasetVersion
from curation.summary import reason_in_words, versions_of
from governance.access import Ability, project_for
from lib.pages import BadCursor, page_of

PAGE = 50
MOST = 100  # fields of the recipes shown
CHOICES = 100  # versions to compare with

KINDS = {
    "in": gettext_noop("Rows in"),
    "out": gettext_noop("Rows out"),
    "category": gettext_noop("Another category"),
    "severity": gettext_noop("Another severity"),
    "code": gettext_noop("Other code to learn"),
    "split": gettext_noop("Another split"),
    "leads": gettext_noop("Leads its row now, or no longer"),
    "again": gettext_noop("Decided again, alike"),
}


@login_required
@require_GET
def changes(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What changed since an earlier version; `show` says which of it is listed."""
    project = project_for(request.user, slug, Ability.SEE)
    version = get_object_or_404(versions_of(project).exclude(content_id=""), number=number)
    before = _before(request, version)
    context = {
        "project": project,
        "place": "datasets",
        "version": version,
        "before": before,
        "choices": before_of(version)[:CHOICES],
    }
    if before is not None:
        context |= _figures(before, version)
        if Ability.READ_CODE in getattr(project, "abilities", ()):
            context |= _list(request, before, version)
    return render(request, "curation/changes.html", context)


def _before(request: HttpRequest, version: DatasetVersion) -> DatasetVersion | None:
    """The version asked for; else the one before; else none. Raises Http404 for a wrong number."""
    since = request.GET.get("since", "")
    if not since:
        return before_of(version).filter(number__lt=version.number).first()
    if not (since.isascii() and since.isdigit()):
        raise Http404(f"No version {since}")
    return get_object_or_404(before_of(version), number=since)


def _figures(before: DatasetVersion, after: DatasetVersion) -> dict[str, Any]:
    found = comparing.changes(before, after)
    whole = max(before.rows.count(), after.rows.count())
    return {
        "found": found,
        "kinds": [
            (kind, title, found.counts[kind], f"{100 * found.counts[kind] / (whole or 1):.1f}%")
            for kind, title in KINDS.items()
        ],
        "left": _in_words(found.left),
        "came": _in_words(found.came),
        "fields": [
            (each.field, _as_json(each.before), _as_json(each.after))
            for each in found.recipe[:MOST]
        ],
        "more_fields": len(found.recipe[MOST:]),
    }


def _list(request: HttpRequest, before: DatasetVersion, after: DatasetVersion) -> dict[str, Any]:
    kind = request.GET.get("show", "")
    if kind not in KINDS:
        kind = comparing.IN
    rows = comparing.rows_of(before, after, kind).select_related(*comparing.TEXTS)
    there, back = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        page = page_of(rows, ["example_id"], PAGE, after=there, before=back)
    except BadCursor as error:
        raise Http404(str(error)) from error
    told = comparing.told(before, after, kind, page.rows)
    return {
        "page": page,
        "kind": kind,
        "title": KINDS[kind],
        "rows": [(each, reason_in_words(each.why)) for each in told],
    }


def _in_words(reasons: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(reason_in_words(why), n) for why, n in reasons.items()]


def _as_json(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)
