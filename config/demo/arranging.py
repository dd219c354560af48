"""How the demo's curator arranged the queue: a team, two routes, an item, a shared view."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from config.demo.content import moment
from config.demo.stage import Act, Stage
from reviews import arranging, routing, rows, saved

PROJECT, CURATOR = "ledger-platform", "maren"
TEAM = ("payments-core", ["wren", "idris"])
ROUTES = [("payments/", ""), ("", "sql")]
VIEW = ("Security, unsure", "tab=waiting&category=security&doubt=20")
DAYS_AGO = 0.01  # after what everybody decided; from here on items go to the team first
ASSIGNED = "roles/reporting.sql"


def arranging_acts(stage: Stage) -> Iterator[Act]:
    """A curator makes a team, routes and a shared view."""
    yield Act(moment(DAYS_AGO, stage.now), partial(_arrange, stage))


def _arrange(stage: Stage, now: datetime) -> None:
    project, curator = stage.projects[PROJECT], stage.people[CURATOR]
    name, members = TEAM
    people = [stage.people[each] for each in members]
    team = arranging.save_team(project, curator, now, name=name, members=people)
    for path, language in ROUTES:
        arranging.add_route(
            project, curator, now, repository="", language=language, path=path, team=team
        )
    for task in rows.waiting(project).filter(file_path=ASSIGNED):
        routing.assign(task, curator, now, team=team)
    saved.save(project, curator, *VIEW, is_shared=True)
