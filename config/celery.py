"""The Celery app, and the only list of periodic work."""

from celery import Celery

app = Celery("emend")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Every sweep finds what a lost nudge would have started. Seconds.
app.conf.beat_schedule = {
    "label": {
        "task": "curation.tasks.pull_and_label",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "find every correction": {"task": "curation.tasks.pull_everything", "schedule": 60 * 60.0},
    "build datasets": {
        "task": "curation.tasks.sweep_datasets",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "open review tasks": {
        "task": "reviews.tasks.open_review_tasks",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "sweep review leases": {
        "task": "reviews.tasks.sweep_leases",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
}
