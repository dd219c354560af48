"""The page that generations are looked through on."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.db.models.functions import Left
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from feedback.exploring import ORDER, Asked, clients_of, from_query, narrow
from feedback.models import Generation
from feedback.outcomes import Came, Outcome, what_came_of
from governance.access import Ability, project_for
from governance.requests import PersonRequest
from lib.pages import BadCursor, page_of

PAGE = 25
STARTS = 400  # characters of an output that are fetched for its first line


@dataclass(frozen=True)
class Line:
    """One generation as the list shows it."""

    generation: Generation
    href: str
    folder: str
    name: str
    starts: str
    came: Came
    only: Mapping[str, str]  # by filter, the address that adds this generation's own value


@login_required
@require_safe
def generations(request: PersonRequest, slug: str) -> HttpResponse:
    """Those that pass the filters in the address, the newest first."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    asked = from_query(request.GET.dict())
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    rows = narrow(project, asked).defer("extra").annotate(starts=Left("output__text", STARTS))
    try:
        page = page_of(rows.select_related("key"), ORDER, PAGE, after=after, before=before)
    except BadCursor:
        return redirect(f"{request.path}?{asked.query()}")
    came = what_came_of(page.rows)
    context = {
        "project": project,
        "place": "feedback",
        "page": page,
        "asked": asked,
        "lines": [_line(row, came[row.pk], asked, slug) for row in page.rows],
        "outcomes": Outcome.choices,
        "clients": clients_of(project),
    }
    return render(request, "feedback/generations.html", context)


def _line(row: Generation, came: Came, asked: Asked, slug: str) -> Line:
    folder, slash, name = row.file_path.rpartition("/")
    own = {"language": row.language, "model": row.model_name, "client": row.key.name}
    own |= {"developer": row.developer}
    return Line(
        row,
        reverse("generation", args=[slug, row.pk]),
        folder + slash,
        name or row.client_id,
        _first_line(row),
        came,
        {field: asked.query(**{field: value}) for field, value in own.items()},
    )


def _first_line(row: Generation) -> str:
    """What the output begins with, blank lines left out."""
    text: str = getattr(row, "starts", "")
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
