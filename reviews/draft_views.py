"""Drafts come in the background, also while a page is being left."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from governance.access import Ability, project_for
from governance.requests import PersonRequest
from lib import clock
from reviews import drafts
from reviews.forms import LeaseForm
from reviews.models import ReviewTask


@login_required
@require_POST
def draft(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """Keep what was typed; 409 where the person has decided meanwhile."""
    project = project_for(request.user, slug, Ability.REVIEW)
    task = get_object_or_404(ReviewTask, project=project, pk=task_id)
    form = LeaseForm(request.POST)
    epoch = form.cleaned_data["epoch"] if form.is_valid() else None
    said = {name: request.POST.get(name, "").replace("\r\n", "\n") for name in drafts.FIELDS}
    try:
        drafts.keep(task, request.user, said, epoch, clock.now())
    except drafts.Decided:
        return JsonResponse({"problem": gettext("You have decided this item already.")}, status=409)
    return HttpResponse(status=204)
