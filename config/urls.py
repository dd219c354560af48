"""Every address, by the app that answers it."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularJSONAPIView

from config import home
from config.reference import api_docs
from lib.problems import no_such_address

# APIs of other parts go before `api/<path:rest>`, which answers for every address that is not there
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("feedback.urls")),  # first: the busiest
    path("", home.home, name="home"),
    path("p/<slug:slug>/", home.overview, name="overview"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("governance.urls")),
    path("", include("reviews.urls")),
    path("", include("curation.urls")),
    path("", include("deployments.urls")),
    path("api/schema", SpectacularJSONAPIView.as_view(), name="schema"),
    path("api/docs", api_docs, name="api_docs"),
    path("api/<path:rest>", no_such_address),
]
