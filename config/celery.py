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
    "find near-duplicates": {
        "task": "curation.tasks.find_near_duplicates",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "join orphans": {
        "task": "feedback.tasks.join_orphans",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "join every orphan": {"task": "feedback.tasks.join_every_orphan", "schedule": 60 * 60.0},
    "find every correction": {"task": "curation.tasks.pull_everything", "schedule": 60 * 60.0},
    "build datasets": {
        "task": "curation.tasks.sweep_datasets",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "publish datasets": {
        "task": "curation.tasks.sweep_publications",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "prune published files": {
        "task": "curation.tasks.sweep_published",
        "schedule": 10 * 60.0,
        "options": {"expires": 10 * 60},
    },
    "open review tasks": {
        "task": "reviews.tasks.open_review_tasks",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "run batches": {
        "task": "reviews.tasks.sweep_batches",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "test new examples": {
        "task": "reviews.tasks.plan_tests",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "find by words": {
        "task": "reviews.tasks.index_examples",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "find generations by words": {
        "task": "feedback.tasks.index_generations",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "find every generation by words": {
        "task": "feedback.tasks.index_every_generation",
        "schedule": 60 * 60.0,
        "options": {"expires": 60 * 60},
    },
    "order the queue": {
        "task": "config.tasks.order_queues",
        "schedule": 15 * 60.0,
        "options": {"expires": 15 * 60},
    },
    "sweep review leases": {
        "task": "reviews.tasks.sweep_leases",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "drop old drafts": {"task": "reviews.tasks.drop_old_drafts", "schedule": 60 * 60.0},
    "send letters": {
        "task": "reviews.tasks.send_letters",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    "announce to webhooks": {
        "task": "reviews.tasks.announce",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "tell webhooks": {
        "task": "reviews.tasks.tell_webhooks",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "ask the judge": {
        "task": "curation.tasks.ask_the_judge",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "sweep relabellings": {
        "task": "reviews.tasks.sweep_relabellings",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "freeze by schedule": {
        "task": "curation.tasks.freeze_by_schedule",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "forget what old runs said": {
        "task": "curation.tasks.prune_run_lines",
        "schedule": 60 * 60.0,
        "options": {"expires": 60 * 60},
    },
    "train learned voters": {"task": "config.tasks.train_voters", "schedule": 60 * 60.0},
    "erase what is past keeping": {"task": "config.tasks.erase_old", "schedule": 60 * 60.0},
    "drop old deliveries": {"task": "reviews.tasks.drop_old_deliveries", "schedule": 60 * 60.0},
}
