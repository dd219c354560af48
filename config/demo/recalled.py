"""The row that the demo's curator recalls after it was frozen twice."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from config.demo.content import moment
from config.demo.stage import Act, Stage
from curation import recalls
from curation.models import Example

PROJECT, CURATOR, STORY = "ledger-platform", "maren", "21-fee-rounding-correction"
DAYS_AGO = 1.4
WHY = "Fees are rounded half up since the contract of November; this teaches half to even."


def recall_acts(stage: Stage) -> Iterator[Act]:
    """A curator recalls what was right once."""
    yield Act(moment(DAYS_AGO, stage.now), partial(_recall, stage))


def _recall(stage: Stage, now: datetime) -> None:
    example = Example.objects.get(project=stage.projects[PROJECT], correction__client_id=STORY)
    recalls.recall(example, "wrong", WHY, stage.people[CURATOR], now)
