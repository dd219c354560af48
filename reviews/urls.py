"""Addresses of the queue and the review workspace."""

from django.urls import path

from reviews import views

app_name = "reviews"

urlpatterns = [
    path("p/<slug:slug>/review/", views.queue_page, name="queue"),
    path("p/<slug:slug>/review/next", views.next_task, name="next"),
    path("p/<slug:slug>/review/undo", views.undo, name="undo"),
    path("p/<slug:slug>/review/<int:task_id>/", views.task_page, name="task"),
    path("p/<slug:slug>/review/<int:task_id>/decide", views.decide, name="decide"),
    path("p/<slug:slug>/review/<int:task_id>/heartbeat", views.heartbeat, name="heartbeat"),
    path("p/<slug:slug>/review/<int:task_id>/release", views.release, name="release"),
]
