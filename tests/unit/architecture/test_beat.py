from config.celery import app


def test_every_entry_names_a_task_that_exists():
    app.autodiscover_tasks(force=True)
    named = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert named - set(app.tasks) == set()
    assert named


def test_what_repeats_often_expires_before_the_next():
    """Or a worker that was away finds a heap of the same request."""
    heaping = [
        name
        for name, entry in app.conf.beat_schedule.items()
        if entry["schedule"] < 60 * 60
        and entry.get("options", {}).get("expires", 2**31) > entry["schedule"]
    ]
    assert heaping == []


def test_a_killed_workers_message_comes_back_only_after_the_longest_task():
    visible_again = app.conf.broker_transport_options["visibility_timeout"]
    assert visible_again > app.conf.task_time_limit > app.conf.task_soft_time_limit
