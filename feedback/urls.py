"""Addresses of the feedback API, of clients in their own words, and of how to connect them."""

from django.urls import path, re_path

from feedback import masking_views, quarantine_views, sampling_views
from feedback.api import FeedbackView
from feedback.client_views import door, no_door
from feedback.connect_views import connect, connect_tool

CLIENT, BY_KEY = "ingest/<str:client>", "k/<str:key>/<str:client>"

app_name = "feedback"
urlpatterns = [
    path("api/v1/feedback", FeedbackView.as_view(), name="feedback"),
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
