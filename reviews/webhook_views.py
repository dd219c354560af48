"""A project's webhooks: made, stopped, tried, and what became of each delivery."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance.access import Ability, project_for
from governance.models import Project
from governance.requests import PersonRequest
from lib import clock
from lib.outbound import Refused
from lib.pages import BadCursor, page_of
from reviews import webhooks
from reviews.models import Webhook, WebhookDelivery

ROWS = 30


class WebhookForm(forms.Form):
    """Where to, and what of."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2000,
        help_text=gettext_lazy("https:// and a host that the internet can reach."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Tell it when"),
        choices=[(event, gettext_lazy(words)) for event, words in webhooks.EVENTS.items()],
        widget=forms.CheckboxSelectMultiple,
    )


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def webhooks_page(request: PersonRequest, slug: str) -> HttpResponse:
    """The project's webhooks; POST makes one and shows its secret, this once."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    if request.method == "GET":
        return _list(request, project, WebhookForm(initial={"events": list(webhooks.EVENTS)}))
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return _list(request, project, form, status=422)
    try:
        hook, secret = webhooks.make(
            *(project, form.cleaned_data["url"], form.cleaned_data["events"], request.user),
            clock.now(),
            loopback=settings.WEBHOOKS_TO_LOOPBACK,
        )
    except Refused as problem:
        form.add_error("url", str(problem))
        return _list(request, project, form, status=422)
    except webhooks.TooMany:
        form.add_error(
            None, gettext("There are {MOST} already. Stop one first.").format(MOST=webhooks.MOST)
        )
        return _list(request, project, form, status=409)
    return _list(request, project, WebhookForm(), made=hook, secret=secret)


@login_required
@require_GET
@never_cache
def webhook_page(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """What it was told, the newest first."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    hook = get_object_or_404(_hooks(project), pk=pk)
    cursor = {name: request.GET.get(name, "") for name in ("after", "before")}
    try:
        page = page_of(hook.deliveries.all(), ("-id",), ROWS, **cursor)
    except BadCursor:
        return redirect("reviews:webhook", slug, pk)
    context = _context(project) | {"hook": hook, "page": page}
    return render(request, "reviews/webhook.html", context)


@login_required
@require_POST
def act_on_webhook(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Stop it, or try it."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    hook = get_object_or_404(_hooks(project), pk=pk)
    if "stop" in request.POST:
        webhooks.stop(hook, request.user, clock.now())
        messages.success(request, gettext("Stopped. It is told nothing any more."))
    elif "ping" in request.POST and hook.stopped_at is None:
        webhooks.ping(hook, clock.now())
        messages.success(request, gettext("A test is on its way; reload to see how it went."))
    return redirect("reviews:webhook", slug, pk)


@login_required
@require_POST
def replay_delivery(request: PersonRequest, slug: str, pk: int, delivery: int) -> HttpResponse:
    """Send the same bytes again."""
    project = project_for(request.user, slug, Ability.ADMINISTER)
    hook = get_object_or_404(_hooks(project).filter(stopped_at=None), pk=pk)
    told = get_object_or_404(hook.deliveries.exclude(state=WebhookDelivery.State.DUE), pk=delivery)
    webhooks.replay(told, clock.now())
    messages.success(request, gettext("It is sent again, under the same event id."))
    return redirect("reviews:webhook", slug, pk)


def _list(
    request: PersonRequest, project: Project, form: WebhookForm, status: int = 200, **more: Any
) -> HttpResponse:
    hooks = _hooks(project).order_by("stopped_at", "-id")[:100]
    context = _context(project) | {"form": form, "hooks": hooks} | more
    return render(request, "reviews/webhooks.html", context, status=status)


def _hooks(project: Project) -> QuerySet[Webhook]:
    return Webhook.objects.filter(project=project).select_related("created_by", "project")


def _context(project: Project) -> dict[str, Any]:
    return {"project": project, "place": "settings", "events": webhooks.EVENTS}
