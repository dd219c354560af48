"""Which benchmarks no row of a project's versions may be in: those shipped, and its own."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from curation import clean_rows, own_benchmarks
from curation.own_benchmarks import TooMany
from curation.standards import NAME, NoTasks
from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock

MOST_BYTES = 2_000_000


class BenchmarkForm(forms.Form):
    """A file of tasks, and what to call it."""

    name = forms.RegexField(
        NAME,
        label=_("Name"),
        max_length=100,
        help_text=_("Letters, digits, dots and dashes. One that is there already is replaced."),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "One JSON object a line with a prompt, a solution or a test. Only fingerprints are"
            " kept, never the text. For files over 2 MB: manage.py add_benchmark."
        ),
    )

    def clean_file(self) -> bytes:
        """What the file holds, as far as it may."""
        held: bytes = self.cleaned_data["file"].read(MOST_BYTES + 1)
        if len(held) > MOST_BYTES:
            raise forms.ValidationError(gettext("The file is over 2 MB."))
        return held


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def benchmarks(request: PersonRequest, slug: str) -> HttpResponse:
    """The page; POST adds one."""
    project = project_for(request.user, slug, Ability.CURATE)
    form = BenchmarkForm(request.POST or None, request.FILES or None)
    if form.is_valid() and _added(request, project, form):
        messages.success(request, gettext("Versions asked for from now on hold no row of it."))
        return redirect("curation:benchmarks", slug)
    context = {
        "project": project,
        "place": "datasets",
        "form": form,
        "own": own_benchmarks.counting(project),
        "shipped": [(each.name, len(each.whole)) for each in clean_rows.shipped()],
    }
    status = 422 if form.is_bound else 200
    return render(request, "curation/benchmarks.html", context, status=status)


def _added(request: PersonRequest, project: Project, form: BenchmarkForm) -> bool:
    """Whether there was a task to keep; the form says so where not."""
    tasks, name = form.cleaned_data["file"], form.cleaned_data["name"]
    try:
        own_benchmarks.add_to(project, tasks, name, clock.now(), source="the file", by=request.user)
    except NoTasks:
        form.add_error("file", gettext("No line of it is a task with a prompt, solution or test."))
    except TooMany:
        said = gettext("There are {count} already. Take the name of one to replace it.")
        form.add_error("name", said.format(count=own_benchmarks.MOST))
    return form.is_valid()
