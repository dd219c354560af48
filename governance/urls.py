"""Addresses of a project's settings and of a person's own account."""

from django.urls import path

from governance import ledger_views, single_sign_on_views, views

app_name = "governance"
urlpatterns = [
    path("p/<slug:slug>/settings/", views.settings, name="settings"),
    path("p/<slug:slug>/settings/members", views.add, name="add-member"),
    path("p/<slug:slug>/settings/members/<int:user_id>", views.roles, name="roles"),
    path("p/<slug:slug>/settings/keys", views.new_key, name="new-key"),
    path("p/<slug:slug>/settings/keys/<int:key_id>/revoke", views.end_key, name="end-key"),
    path("p/<slug:slug>/settings/keys/<int:key_id>/rotate", views.replace_key, name="rotate-key"),
    path("p/<slug:slug>/ledger/", ledger_views.ledger, name="ledger"),
    path("p/<slug:slug>/ledger/<int:pk>/", ledger_views.entry, name="ledger-entry"),
    path("p/<slug:slug>/ledger/<int:pk>/bytes", ledger_views.entry_bytes, name="ledger-bytes"),
    path("account/tokens/", views.tokens, name="tokens"),
    path("account/tokens/<int:token_id>/revoke", views.end_token, name="end-token"),
    path("account/theme", views.theme, name="theme"),
    path("account/language", views.language, name="language"),
    path("account/log-in-again", single_sign_on_views.log_in_again, name="log-in-again"),
]
