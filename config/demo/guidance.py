"""What the demo's people write: guidelines version by version, and comments on items."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from config.demo.acts import catch_up
from config.demo.content import CONTENT, moment, toml
from config.demo.stage import Act, Stage
from curation.categories import by_slug
from curation.models import Example
from feedback import originals, patterns
from feedback.clients import continue_dev
from feedback.models import MaskingPattern
from reviews import comments, guidelines, webhooks
from reviews.comments import Place
from reviews.models import ReviewTask, Thread, Webhook, WebhookDelivery


def guideline_acts(stage: Stage) -> Iterator[Act]:
    """Curators write, reviewers flag."""
    told = toml(CONTENT / "guidelines.toml")
    for story in told["guidelines"]:
        yield Act(moment(story["days_ago"], stage.now), partial(_write, stage, story))
    for story in told["flags"]:
        yield Act(moment(story["days_ago"], stage.now), partial(_flag, stage, story))


def _write(stage: Stage, story: dict[str, Any], now: datetime) -> None:
    project = stage.projects[story["project"]]
    category = by_slug(project).get(story["category"])
    last = guidelines.history(project, category).first()
    guidelines.write(
        *(project, category, story["text"].strip(), story["why"], stage.people[story["by"]], now),
        after=last.number if last else 0,
    )


def _flag(stage: Stage, story: dict[str, Any], now: datetime) -> None:
    example = Example.objects.get(correction__client_id=f"{story['correction']}-correction")
    category = by_slug(example.project).get(story["category"])
    guidelines.flag(example, category, story["why"], stage.people[story["by"]], now)


def comment_acts(stage: Stage) -> Iterator[Act]:
    """People talk about items."""
    for story in toml(CONTENT / "comments.toml")["threads"]:
        thread: list[Thread] = []
        for line in story["said"]:
            yield Act(
                moment(line["days_ago"], stage.now), partial(_say, stage, story, line, thread)
            )
        if "resolved_by" in story:
            at = moment(story["resolved_days_ago"], stage.now)
            yield Act(at, partial(_resolve, stage, story, thread))


def pattern_acts(stage: Stage) -> Iterator[Act]:
    """An admin has ticket numbers masked; a host name no longer, since it is gone."""
    project, admin = stage.projects["ledger-platform"], stage.people["rowan"]

    def end(now: datetime) -> None:
        patterns.end(MaskingPattern.objects.get(project=project, name="old_host"), admin, now)

    for days_ago, name, expression in (
        (1.9, "ticket", r"\bLEDGER-[0-9]{3,6}\b"),
        (1.8, "old_host", r"\bpg-[0-9]{2}\.ledger\.internal\b"),
    ):
        save = partial(patterns.save, project, name, expression, admin)
        yield Act(moment(days_ago, stage.now), save)
    yield Act(moment(0.02, stage.now), end)


def quarantine_acts(stage: Stage) -> Iterator[Act]:
    """An editor's new version tells its events in a schema that nobody knows yet."""
    project = stage.projects["ledger-platform"]

    def keep(name: str, now: datetime) -> None:
        event = {"name": name, "schema": "0.3.0", "data": {"completionId": f"{name}-1"}}
        item = continue_dev.item(event, now)
        originals.keep(stage.keys[project.slug], continue_dev.NAME, [item], now)

    for days_ago, name in ((0.6, "autocomplete"), (0.5, "editOutcome"), (0.1, "autocomplete2")):
        yield Act(moment(days_ago, stage.now), partial(keep, name))


def webhook_acts(stage: Stage) -> Iterator[Act]:
    """An admin has a chat bridge told for two days; it is stopped, for nobody listens there."""
    project, admin = stage.projects["ledger-platform"], stage.people["rowan"]

    def begin(now: datetime) -> None:
        webhooks.make(project, "https://example.com/emend-bridge", webhooks.EVENTS, admin, now)

    def end(now: datetime) -> None:
        hook = Webhook.objects.get(project=project)
        told = WebhookDelivery.State.DELIVERED
        hook.deliveries.update(state=told, due_at=None, attempts=1, last_status=204, last_at=now)
        webhooks.stop(hook, admin, now)

    yield Act(moment(2.0, stage.now), begin)
    yield Act(moment(0.01, stage.now), end)


def _say(
    stage: Stage,
    story: dict[str, Any],
    line: dict[str, Any],
    thread: list[Thread],
    now: datetime,
) -> None:
    catch_up(now)
    task = (
        ReviewTask.objects.filter(
            example__correction__client_id=f"{story['correction']}-correction"
        )
        .select_related("project")
        .order_by("slot")[0]
    )
    place = Place(story.get("side", ""), story.get("line"))
    said = comments.say(
        *(task, stage.people[line["by"]], line["text"], now),
        place=place,
        thread=thread[0] if thread else None,
    )
    thread[:] = [said.thread]


def _resolve(stage: Stage, story: dict[str, Any], thread: list[Thread], now: datetime) -> None:
    comments.resolve(thread[0], stage.people[story["resolved_by"]], now)
