"""The guidelines: to read, to compare version by version, and for curators to write."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from curation import categories
from curation.models import Category
from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock
from lib.htmx import render_part
from lib.markdown import document
from reviews import evidence, guidelines
from reviews.diffing import How, diff
from reviews.lines import MOST_LINES
from reviews.models import Guideline
from reviews.workspace import number_of

EVERYTHING = "-"  # stands in the address for the text of the whole project
LONGEST = 40_000
OVERTAKEN = gettext_lazy(
    "Version {number} was written while you wrote. Nothing was saved and your"
    " text is kept below; compare it with the new version, then save again."
)


class GuidelineForm(forms.Form):
    """A new version; `after` is the number it was begun from."""

    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "true"}),
        help_text=gettext_lazy(
            "Markdown: headings, lists, tables, code. Leave it empty to take the text back."
        ),
    )
    why = forms.CharField(
        label=gettext_lazy("What changed, and why"),
        max_length=300,
        help_text=gettext_lazy("Reviewers see it beside the version."),
    )
    after = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """Browsers send CRLF from a text area."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()


@login_required
@require_GET
@never_cache
def guidelines_page(request: PersonRequest, slug: str) -> HttpResponse:
    """Every text in force, and what reviewers found missing."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    chapters = [(each, _rendered(each.in_force)) for each in guidelines.chapters(project)]
    context = _context(project) | {"chapters": chapters}
    return render(request, "reviews/guidelines.html", context)


@login_required
@require_GET
@never_cache
def guideline_page(request: PersonRequest, slug: str, category: str) -> HttpResponse:
    """One text, its versions, and what the chosen one changed."""
    project = project_for(request.user, slug, Ability.READ_CODE)
    named = _named(project, category)
    versions = list(guidelines.history(project, named)[:200])
    wanted = number_of(request.GET.get("version", ""))
    chosen = next((each for each in versions if each.number == wanted), None)
    if wanted is not None and chosen is None:
        raise Http404("No such version")
    chosen = chosen or (versions[0] if versions else None)
    before = next((v for v in versions if chosen and v.number == chosen.number - 1), None)
    whole = How(most=MOST_LINES)
    changes = (
        diff(before.text, chosen.text, language="markdown", how=whole)
        if chosen and before
        else None
    )
    context = _context(project, named) | {
        "versions": versions,
        "chosen": chosen,
        "newest": versions[0] if versions else None,
        "rendered": _rendered(chosen),
        "changes": changes,
    }
    return render(request, "reviews/guideline.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def edit_guideline(request: PersonRequest, slug: str, category: str) -> HttpResponse:
    """Write the next version; "preview" shows the text and saves nothing."""
    project = project_for(request.user, slug, Ability.CURATE)
    named = _named(project, category)
    last = guidelines.history(project, named).first()
    if request.method == "GET":
        begun = {"text": last.text if last else "", "after": last.number if last else 0}
        return _edit(request, project, named, GuidelineForm(initial=begun))
    form = GuidelineForm(request.POST)
    if "preview" in request.POST:
        form.is_valid()
        return _edit(request, project, named, form, preview=request.POST.get("text", "")[:LONGEST])
    if not form.is_valid():
        return _edit(request, project, named, form, status=422)
    return _save(request, project, named, form)


@login_required
@require_POST
def flag_guideline(request: PersonRequest, slug: str, task_id: int) -> HttpResponse:
    """A reviewer says what the guideline leaves open, with the item that shows it."""
    project = project_for(request.user, slug, Ability.REVIEW)
    task = get_object_or_404(evidence.tasks(project, request.user), pk=task_id)
    named = categories.tree(project).filter(slug=request.POST.get("category", "")).first()
    why = request.POST.get("why", "").strip()[:1000]
    if why and "\x00" not in why:
        guidelines.flag(task.example, named, why, request.user, clock.now())
        messages.success(request, gettext("The curators see it on the guidelines page."))
    else:
        messages.warning(request, gettext("Nothing was sent: say what the guideline leaves open."))
    return redirect("reviews:task", slug, task_id)


def _save(
    request: PersonRequest, project: Project, category: Category | None, form: GuidelineForm
) -> HttpResponse:
    said = form.cleaned_data
    try:
        version = guidelines.write(
            *(project, category, said["text"], said["why"], request.user, clock.now()),
            after=said["after"],
        )
    except guidelines.Unchanged:
        form.add_error("text", gettext("This is what the version in force says already."))
        return _edit(request, project, category, form, status=422)
    except guidelines.Overtaken:
        last = guidelines.history(project, category).first()
        number = last.number if last else 0
        form.data = request.POST.dict() | {"after": str(number)}
        form.add_error(None, OVERTAKEN.format(number=number))
        return _edit(request, project, category, form, status=409)
    messages.success(
        request, gettext("Version {number} is in force.").format(number=version.number)
    )
    return redirect(_address(project, category))


def _edit(
    request: PersonRequest,
    project: Project,
    category: Category | None,
    form: GuidelineForm,
    preview: str | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _context(project, category) | {
        "form": form,
        "preview": document(preview) if preview is not None else None,
    }
    page = "reviews/guideline_edit.html"
    if preview is not None:
        return render_part(request, page, "guideline-preview", context, status)
    return render(request, page, context, status=status)


def _context(project: Project, category: Category | None = None) -> dict[str, Any]:
    return {
        "project": project,
        "place": "review",
        "category": category,
        "name": category.title if category else gettext("Everything"),
        "key": category.slug if category else EVERYTHING,
        "may_write": Ability.CURATE in getattr(project, "abilities", ()),
    }


def _named(project: Project, slug: str) -> Category | None:
    """The category of the address; None for the text of the whole project."""
    if slug == EVERYTHING:
        return None
    return get_object_or_404(categories.tree(project), slug=slug)


def _rendered(version: Guideline | None) -> str:
    return document(version.text) if version else ""


def _address(project: Project, category: Category | None) -> str:
    key = category.slug if category else EVERYTHING
    return reverse("reviews:guideline", args=[project.slug, key])
