"""Every address, by the app that answers it."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from config import erasure_views, explorer, home, palette, recall_views
from config.reference import api_docs, schema
from governance.logging_out_views import logout
from governance.single_sign_on_views import first_password
from lib.problems import no_such_address

# APIs of other parts go before the last one, which answers for every address that is not there
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("feedback.urls")),  # first: the busiest
    path("", home.home, name="home"),
    path("favicon.ico", home.favicon, name="favicon"),
    path("go", palette.go, name="go"),
    path("p/<slug:slug>/", home.overview, name="overview"),
    path("p/<slug:slug>/mine/<int:pk>/", home.fate, name="fate"),
    path("p/<slug:slug>/erasure/", erasure_views.erasures, name="erasures"),
    path("p/<slug:slug>/erasure/plan", erasure_views.plan, name="erasure-plan"),
    path("p/<slug:slug>/erasure/now", erasure_views.erase_now, name="erasure-now"),
    path("p/<slug:slug>/erasure/retention", erasure_views.retain, name="erasure-retention"),
    path("p/<slug:slug>/erasure/<int:pk>/", erasure_views.erasure, name="erasure"),
    path("p/<slug:slug>/recalls/", recall_views.recall_list, name="recalls"),
    path("p/<slug:slug>/examples/<int:pk>/recall", recall_views.recall, name="recall"),
    path("p/<slug:slug>/feedback/acceptance/", explorer.acceptance, name="acceptance"),
    path("p/<slug:slug>/feedback/<int:pk>/", explorer.generation, name="generation"),
    path("accounts/password/set/", first_password),  # before allauth's own, which asks for nothing
    path("accounts/logout/", logout),  # before allauth's own, which clears nothing
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("governance.urls")),
    path("", include("reviews.urls")),
    path("", include("curation.urls")),
    path("", include("deployments.urls")),
    path("api/schema", schema, name="schema"),
    path("api/docs", api_docs, name="api_docs"),
    re_path(r"^api/(?P<rest>(?s:.*))$", no_such_address),  # a line feed ends a `path`
]
