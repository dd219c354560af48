"""The Celery app, and the only list of periodic work."""

from celery import Celery

app = Celery("emend")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Every sweep finds what a lost nudge would have started. Seconds.
app.conf.beat_schedule = {}
