"""How the demo's model versions are registered, evaluated, signed and promoted, and when."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from config.demo.content import EvaluationStory, ModelStory, PromotionStory, SignOffStory, moment
from config.demo.stage import Act, Stage
from curation.models import DatasetVersion
from deployments import promotion, registry
from deployments.models import ModelVersion, Promotion
from deployments.subjects import subject_of

METHOD = "password"


def release_acts(stage: Stage) -> Iterator[Act]:
    """Curators register and propose, governance leads sign."""
    for story in stage.content.models:
        yield Act(moment(story.days_ago, stage.now), partial(_register, stage, story))
        for run in story.evaluations:
            yield Act(moment(run.days_ago, stage.now), partial(_evaluate, stage, story, run))
        if story.promotion:
            yield from _promotion_acts(stage, story, story.promotion)


def _promotion_acts(stage: Stage, story: ModelStory, told: PromotionStory) -> Iterator[Act]:
    yield Act(moment(told.days_ago, stage.now), partial(_propose, stage, story, told))
    for signed in told.sign_offs:
        yield Act(moment(signed.days_ago, stage.now), partial(_sign, stage, story, signed))
    if told.promoted_days_ago is not None:
        yield Act(moment(told.promoted_days_ago, stage.now), partial(_promote, stage, story, told))


def _register(stage: Stage, story: ModelStory, now: datetime) -> None:
    project = stage.projects[story.project]
    content_id = None
    if story.dataset is not None:
        content_id = DatasetVersion.objects.get(project=project, number=story.dataset).content_id
    manifest = story.manifest(content_id)
    registry.register(project, story.name, manifest, stage.people[story.by], now)


def _evaluate(stage: Stage, story: ModelStory, run: EvaluationStory, now: datetime) -> None:
    version, by = _version(stage, story), stage.people[run.by]
    registry.attach_evaluation(version, run.suite, run.report, by, now)


def _propose(stage: Stage, story: ModelStory, told: PromotionStory, now: datetime) -> None:
    by = stage.people[told.by]
    promotion.propose(_version(stage, story), told.endpoint, told.why, by, now)


def _sign(stage: Stage, story: ModelStory, signed: SignOffStory, now: datetime) -> None:
    proposed = _proposed(stage, story)
    shown = subject_of(proposed).digest
    by, reason = stage.people[signed.by], signed.reason
    promotion.sign_off(proposed, by, signed.answer, shown, now, method=METHOD, reason=reason)


def _promote(stage: Stage, story: ModelStory, told: PromotionStory, now: datetime) -> None:
    proposed = _proposed(stage, story)
    shown = subject_of(proposed).digest
    promotion.promote(proposed, stage.people[told.promoted_by], shown, now)


def _version(stage: Stage, story: ModelStory) -> ModelVersion:
    return ModelVersion.objects.get(
        project=stage.projects[story.project], name=story.name, revision=story.revision
    )


def _proposed(stage: Stage, story: ModelStory) -> Promotion:
    return Promotion.objects.get(
        model_version=_version(stage, story), state=Promotion.State.PROPOSED
    )
