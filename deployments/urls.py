"""Addresses of models, promotions and endpoints."""

from django.urls import path

from deployments import api, promotion_views, views

app_name = "deployments"
urlpatterns = [
    path("p/<slug:slug>/models/", views.models, name="models"),
    path("p/<slug:slug>/models/register", views.register_model, name="register"),
    path("p/<slug:slug>/models/<int:pk>/", views.model, name="model"),
    path("p/<slug:slug>/models/<int:pk>/amend", views.amend_model, name="amend"),
    path("p/<slug:slug>/models/<int:pk>/evaluate", views.evaluate, name="evaluate"),
    path("p/<slug:slug>/models/<int:pk>/propose", views.propose_model, name="propose"),
    path("p/<slug:slug>/endpoints/<slug:name>/roll-back", views.roll_back_one, name="roll_back"),
    path("p/<slug:slug>/promotions/<int:pk>/", promotion_views.promotion, name="promotion"),
    path("p/<slug:slug>/promotions/<int:pk>/sign", promotion_views.sign, name="sign"),
    path("p/<slug:slug>/promotions/<int:pk>/promote", promotion_views.go_live, name="promote"),
    path("p/<slug:slug>/promotions/<int:pk>/withdraw", promotion_views.take_back, name="withdraw"),
    path(
        "api/v1/projects/<slug:slug>/model-versions",
        api.ModelVersions.as_view(),
        name="api-register",
    ),
    path(
        "api/v1/projects/<slug:slug>/model-versions/<int:pk>/evaluations",
        api.Evaluations.as_view(),
        name="api-evaluate",
    ),
    path(
        "api/v1/projects/<slug:slug>/endpoints/<slug:name>",
        api.LiveVersion.as_view(),
        name="api-live",
    ),
]
