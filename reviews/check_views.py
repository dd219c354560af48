"""The check of code while a reviewer writes it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from governance.access import Ability, project_for
from governance.requests import PersonRequest
from reviews.checking import TooBusy, check
from reviews.models import ReviewTask


@login_required
@require_POST
def check_code(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """Parse errors, the formatter's word, and findings the correction does not have."""
    project = project_for(request.user, slug, Ability.REVIEW)
    tasks = ReviewTask.objects.filter(project=project).select_related("example__ideal")
    task = get_object_or_404(tasks, pk=task_id)
    code = request.POST.get("code", "").replace("\r\n", "\n")
    try:
        found = check(code, task.example.ideal.text, task.language, task.file_path)
    except TooBusy:
        return JsonResponse({"words": gettext("The analysers are busy.")}, status=429)
    return JsonResponse(found.to_json())
