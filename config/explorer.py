"""One generation with what came of it, and how much of what models suggest is taken and stays."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from config import taken
from config.journey import journey_of
from feedback.exploring import clients_of, from_query
from feedback.models import Generation
from feedback.outcomes import what_came_of
from governance.access import Ability, project_for
from governance.requests import PersonRequest
from lib import clock
from reviews.highlighting import Markup, colours
from reviews.highlighting import render as coloured

SHOWN = 100_000  # characters of one text; the API has all of it


@dataclass(frozen=True)
class Code:
    """A text as the page shows it: its lines as inert HTML, and how many characters more it has."""

    lines: Sequence[Markup]
    more: int


@login_required
@require_safe
def generation(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """One generation: what was asked, what was written, and everything that happened since."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    related = ("prompt", "output", "key")
    rows = Generation.objects.select_related(*related).prefetch_related("aliases")
    found = get_object_or_404(rows, project=project, pk=pk)
    journey = journey_of(found, slug)
    context = {
        "project": project,
        "place": "feedback",
        "generation": found,
        "came": what_came_of([found])[found.pk],
        "prompt": code_of(found.prompt.text),
        "output": code_of(found.output.text, found.language, found.file_path),
        "journey": journey,
        "corrected": [
            (each, code_of(each.corrected.text, found.language, found.file_path))
            for each in journey.corrections
        ],
    }
    return render(request, "home/generation.html", context)


@login_required
@require_safe
def acceptance(request: PersonRequest, slug: str) -> HttpResponse:
    """How much of what models suggested was taken in the last weeks, and how much of it stays."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    asked = from_query({name: request.GET.get(name, "") for name in taken.FILTERS})
    context = {
        "project": project,
        "place": "feedback",
        "asked": asked,
        "is_shares": True,
        "clients": clients_of(project),
        "seen": taken.taken(project, asked, clock.now()),
    }
    return render(request, "home/acceptance.html", context)


def code_of(text: str, language: str = "", file_path: str = "") -> Code:
    """The text in colours, as far as it is shown; without a language and a path it has none."""
    lines = text[:SHOWN].split("\n")
    found = colours(lines, language, file_path)
    return Code(
        [coloured(line, colour) for line, colour in zip(lines, found, strict=True)],
        max(len(text) - SHOWN, 0),
    )
