"""Addresses of the feedback API both ways, of clients in their own words, of connecting them."""

from django.urls import path, re_path

from feedback import explorer_views, masking_views, quarantine_views, read_api, sampling_views
from feedback.api import FeedbackView
from feedback.client_views import door, no_door
from feedback.connect_views import connect, connect_tool

CLIENT, BY_KEY = "ingest/<str:client>", "k/<str:key>/<str:client>"

CAPTURED = {
    "generations": (read_api.Generations, read_api.GenerationsFile),
    "reactions": (read_api.Reactions, read_api.ReactionsFile),
    "corrections": (read_api.Corrections, read_api.CorrectionsFile),
    "quarantine": (read_api.Quarantine, read_api.QuarantineFile),
}
FILE = r"^api/v1/{name}\.(?P<suffix>jsonl|parquet)$"

app_name = "feedback"
urlpatterns = [
    path("api/v1/feedback", FeedbackView.as_view(), name="feedback"),
    *(
        path(f"api/v1/{name}", page.as_view(), name=f"api-{name}")
        for name, (page, _) in CAPTURED.items()
    ),
    *(
        re_path(FILE.format(name=name), file.as_view(), name=f"api-{name}-file")
        for name, (_, file) in CAPTURED.items()
    ),
    path("p/<slug:slug>/feedback/", explorer_views.generations, name="generations"),
    path("p/<slug:slug>/settings/masking", masking_views.masking, name="masking"),
    path(
        "p/<slug:slug>/settings/masking/<int:pk>/end",
        masking_views.end_pattern,
        name="end-pattern",
    ),
    path("p/<slug:slug>/settings/quarantine", quarantine_views.listing, name="quarantine"),
    path(
        "p/<slug:slug>/settings/quarantine/replay",
        quarantine_views.replay_all,
        name="replay-quarantine",
    ),
    path("p/<slug:slug>/settings/quarantine/<int:pk>", quarantine_views.event, name="quarantined"),
    path(
        "p/<slug:slug>/settings/quarantine/<int:pk>/replay",
        quarantine_views.replay,
        name="replay-quarantined",
    ),
    path(
        "p/<slug:slug>/settings/quarantine/<int:pk>/dismiss",
        quarantine_views.dismiss,
        name="dismiss-quarantined",
    ),
    path("p/<slug:slug>/settings/sampling", sampling_views.sampling, name="sampling"),
    # a slash at the end is taken too: a redirect would lose the body
    *(path(f"{CLIENT}{end}", door, name="client") for end in ("", "/", "/<path:path>")),
    *(path(f"{BY_KEY}{end}", door, name="client-by-key") for end in ("", "/", "/<path:path>")),
    path("p/<slug:slug>/connect/", connect, name="connect"),
    path("p/<slug:slug>/connect/<slug:tool>/", connect_tool, name="connect-tool"),
    re_path(r"^k/(?P<path>(?s:.*))$", no_door),
]
