"""The page of accepted examples that a frozen version does not hold, each with its reason."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from curation.models import LeftOut
from curation.summary import STEPS, reason_in_words, versions_of
from governance.access import Ability, project_for
from lib.pages import BadCursor, page_of

PAGE = 50


@login_required
@require_GET
def left_out(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Accepted examples that make no row of the version; `reason` names those of one kind."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    version = get_object_or_404(versions_of(project).exclude(content_id=""), number=number)
    found = LeftOut.objects.filter(version=version)
    counts = found.values_list("reason").annotate(n=Count("id")).order_by("-n", "reason")
    reason = request.GET.get("reason", "")
    rows = found.filter(reason=reason) if reason else found
    there, back = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        page = page_of(
            rows.select_related("example__prompt", "example__correction"),
            ["example_id"],
            PAGE,
            after=there,
            before=back,
        )
    except BadCursor as error:
        raise Http404(str(error)) from error
    context = {
        "project": project,
        "place": "datasets",
        "version": version,
        "reason": reason,
        "reasons": [(why, reason_in_words(why), n) for why, n in counts],
        "page": page,
        "rows": [(row, gettext(STEPS[row.step]), reason_in_words(row.reason)) for row in page.rows],
    }
    return render(request, "curation/left_out.html", context)
