"""How curators arrange the queue: teams, routes, its order; each change is in the ledger."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from governance import ledger
from governance.models import Project, User
from reviews import routing
from reviews.models import ReviewPolicy, ReviewTask, ReviewTeam, Route

ORDERING = (
    "weighs_doubt",
    "weighs_cluster",
    "weighs_weakness",
    "weighs_novelty",
    "weighs_age",
    "reserve_hours",
)


@transaction.atomic
def save_team(
    project: Project, by: User, now: datetime, *, name: str, members: Iterable[User]
) -> ReviewTeam:
    """Make the team or give it these members."""
    team, _ = ReviewTeam.objects.get_or_create(project=project, name=name)
    people = sorted(members, key=lambda person: person.username)
    team.members.set(people)
    names = [person.username for person in people]
    ledger.record(project, by, "review team set", name, now, members=names)
    return team


@transaction.atomic
def drop_team(team: ReviewTeam, by: User, now: datetime) -> None:
    """Dissolve the team, free what was assigned to it and drop its routes; history keeps it."""
    ReviewTask.objects.filter(assigned_team=team).update(assigned_team=None, assigned_until=None)
    Route.objects.filter(team=team).delete()
    ledger.record(team.project, by, "review team dissolved", team.name, now)
    if team.assigned_by_hand.exists():
        team.members.clear()
        ReviewTeam.objects.filter(pk=team.pk).update(name=f"{team.name[:40]} (was {team.pk})")
    else:
        team.delete()


@transaction.atomic
def add_route(
    project: Project,
    by: User,
    now: datetime,
    *,
    repository: str,
    language: str,
    path: str,
    **to: Any,
) -> Route:
    """A route that wins over those before it."""
    mine = Route.objects.filter(project=project, source=Route.Source.HAND)
    route = Route.objects.create(
        project=project,
        position=(mine.aggregate(last=Max("position"))["last"] or 0) + 1,
        repository=repository,
        language=language,
        path=path,
        matches=routing.regex_of(path) if path else "",
        **to,
    )
    ledger.record(project, by, "review route added", str(route), now)
    return route


@transaction.atomic
def drop_route(route: Route, by: User, now: datetime) -> None:
    """Take the route away."""
    ledger.record(route.project, by, "review route removed", str(route), now)
    route.delete()


@transaction.atomic
def follow_code_owners(
    project: Project, by: User, now: datetime, *, repository: str, text: str
) -> int:
    """Replace the repository's routes by its CODEOWNERS file; how many it made."""
    made = routing.follow_code_owners(project, repository, text)
    ledger.record(project, by, "code owners followed", repository, now, routes=made)
    return made


@transaction.atomic
def reorder(project: Project, by: User, now: datetime, **wanted: Any) -> ReviewPolicy:
    """Set what counts in the order; the open slots follow with the next sweep."""
    policy, _ = ReviewPolicy.objects.get_or_create(project=project)
    changes = {name: wanted[name] for name in ORDERING}
    ReviewPolicy.objects.filter(pk=policy.pk).update(**changes, changed_at=now, changed_by=by)
    ledger.record(project, by, "review order set", project.slug, now, **changes)
    policy.refresh_from_db()
    return policy


def order_of(policy: ReviewPolicy) -> dict[str, Any]:
    """What counts now."""
    return {name: getattr(policy, name) for name in ORDERING}


def routes_of(project: Project) -> Iterable[Route]:
    """The project's routes, the one that wins first."""
    rows = Route.objects.filter(project=project).select_related("team", "person")
    return rows.order_by("-source", "-position", "-id")[: routing.MOST_ROUTES]
