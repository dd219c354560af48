"""Whose code the demo's admin says may be learnt from."""

from collections.abc import Iterator
from functools import partial

from config.demo.content import moment
from config.demo.stage import Act, Stage
from feedback import terms

PROJECT, ADMIN = "ledger-platform", "rowan"
STATED = [("ledger-core", True, "Apache-2.0"), ("webhooks", True, ""), ("vendor-sdk", False, "")]
DAYS_AGO = 6.0


def terms_acts(stage: Stage) -> Iterator[Act]:
    """An admin states the terms of three repositories; one of them has not come up yet."""
    project, admin = stage.projects[PROJECT], stage.people[ADMIN]
    for number, (repository, may_learn, licence) in enumerate(STATED):
        decide = partial(terms.decide, project, repository, may_learn, licence, admin)
        yield Act(moment(DAYS_AGO - number / 1000, stage.now), decide)
