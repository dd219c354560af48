"""Addresses of the feedback API."""

from django.urls import path

from feedback.api import FeedbackView

app_name = "feedback"
urlpatterns = [path("api/v1/feedback", FeedbackView.as_view(), name="feedback")]
