"""Background work. Each task finds its work in rows; any may be lost, repeated or killed."""

from contextlib import suppress

from celery import shared_task
from django.conf import settings

from curation import clusters, datasets, intake, judging, labeling, publishing, runs, scheduling
from curation.models import DatasetVersion
from governance.models import Project
from lib import clock
from lib.nudge import nudge
from lib.transitions import MoveRefused

AT_ONCE = 500  # examples one run labels; the next tick goes on
JUDGED = 10  # examples of a project one run asks the judge about
COMPARED = 2_000  # examples one run compares


@shared_task
def pull_and_label() -> None:
    """New corrections become examples, and arrived examples get their label."""
    intake.pull(clock.now())
    labeling.label_waiting(AT_ONCE, clock.now())


@shared_task
def ask_the_judge() -> None:
    """Ask the judge about what waits, in projects that let it be asked."""
    judging.judge_waiting(JUDGED, clock.now())


@shared_task
def find_near_duplicates() -> None:
    """Put labelled examples into clusters of near-duplicates."""
    clusters.join_waiting(COMPARED, clock.now())


@shared_task
def pull_everything() -> None:
    """Find corrections that no overlap could promise to find."""
    intake.pull_everything(clock.now())


@shared_task
def build_dataset(version_id: int) -> None:
    """Build a version, unless it is over or another is built; then wake who builds the next."""
    version = DatasetVersion.objects.select_related("project").filter(pk=version_id).first()
    if version is None:
        return
    with suppress(MoveRefused):
        datasets.build(version)
        following = datasets.next_of(version.project)
        if following is not None:
            nudge(build_dataset, following.pk)


@shared_task
def freeze_by_schedule() -> None:
    """Ask for versions of projects whose schedule says so."""
    for version in scheduling.freeze_due(clock.now()):
        nudge(build_dataset, version.pk)


@shared_task
def sweep_datasets() -> None:
    """Wake builders for versions that wait or were left."""
    for version in datasets.due(clock.now()):
        nudge(build_dataset, version.pk)


@shared_task
def publish_dataset(version_id: int) -> None:
    """Publish a frozen version for DVC, unless it is published or given up."""
    version = DatasetVersion.objects.filter(pk=version_id).first()
    if version is not None:
        with suppress(MoveRefused):
            publishing.publish(version)


@shared_task
def sweep_publications() -> None:
    """Put frozen versions in line, and wake publishers for those that wait or were left."""
    publishing.begin_waiting()
    for publication in publishing.due(clock.now()):
        nudge(publish_dataset, publication.pk)


@shared_task
def prune_published(project_id: int) -> None:
    """Remove a project's published files that no version has any longer."""
    project = Project.objects.filter(pk=project_id).first()
    if project is not None:
        publishing.prune(project, clock.now())


@shared_task
def sweep_published() -> None:
    """The same for every project that published anything."""
    with_any = Project.objects.filter(dataset_versions__publication__isnull=False).distinct()
    for pk in with_any.values_list("pk", flat=True):
        nudge(prune_published, pk)


@shared_task
def prune_run_lines() -> None:
    """Forget what old runs said."""
    runs.prune(settings.RUNS_KEPT)
