"""What votes as a project's learned voter, or train it now."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.learning import train
from curation.label_models import figures_of
from curation.learned_voters import LEAST_GOLD, voter_of
from curation.models import LearnedVoter
from governance.models import Project
from lib import clock


class Command(BaseCommand):
    help = "Say what votes as a project's learned voter and how it did; --train trains it first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", required=True, help="the project's slug")
        parser.add_argument("--train", action="store_true", help="train it on the verdicts so far")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']}.")
        if options["train"] and train(project, clock.now()) is None:
            raise CommandError("Its verdicts are all of one category, or there are none.")
        voter = voter_of(project.pk)
        newest = LearnedVoter.objects.filter(project=project).order_by("-number").first()
        if newest is not None:
            self.stdout.write(_told(newest))
        used = "the project's own" if voter.version > 1 else "the one that comes with Emend"
        digest = voter.model.digest[:12] if voter.model else "none: its file cannot be read"
        self.stdout.write(f"In use: {used}, {digest}")
        figures = figures_of(project)
        if figures is not None:
            self.stdout.write(_made(figures))


def _told(voter: LearnedVoter) -> str:
    few = f", too few of {LEAST_GOLD}" if voter.gold < LEAST_GOLD else ""
    return (
        f"Trained last: number {voter.number} of {voter.trained_at:%Y-%m-%d}, on {voter.rows}"
        f" verdicts; of {voter.gold} in random order{few} it is right in {voter.right},"
        f" the majority of the other labelers in {voter.majority_right}"
    )


def _made(figures: Mapping[str, Any]) -> str:
    used = figures["used"]
    told = ", ".join(
        f"{name.replace('_', ' ')} {used[name]:.3f}"
        f" ({used[f'{name}_95'][0]:.3f} to {used[f'{name}_95'][1]:.3f})"
        for name in ("accuracy", "macro_f1", "calibration_error")
    )
    return (
        f"Labels: by {'the stacker' if figures['aggregator'] == 'stacker' else 'Dawid and Skene'},"
        f" of {figures['verdicts']} verdicts in random order: {told}"
    )
