"""Who should look first: routes by repository, language or path, and assignments by hand.

An assignment runs out, so that nothing is ever stuck with somebody who is away.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from governance.models import Membership, Project, Role, User
from reviews import inbox
from reviews.models import Assignment, InboxEntry, ReviewTask, ReviewTeam, Route
from reviews.queue import NotFree, OwnCorrection

State = ReviewTask.State
ASSIGNED_FOR = timedelta(days=7)
MOST_ROUTES = 5_000
LONGEST_PATTERN = 300

# The route of an example `e` under the policy `p`; never to whose correction it is
ROUTE = """
LEFT JOIN LATERAL (
    SELECT r.person_id, r.team_id, coalesce(p.reserve_hours, 24) AS hours
      FROM reviews_route r
     WHERE r.project_id = e.project_id AND %(kind)s = 'plain'
       AND r.repository IN ('', e.repository) AND r.language IN ('', e.language)
       AND (r.matches = '' OR e.file_path ~ r.matches)
       AND (r.person_id IS NULL
            OR r.person_id IS DISTINCT FROM coalesce(named.id, written.id))
     ORDER BY r.source = 'hand' DESC, r.position DESC, r.id DESC LIMIT 1
) AS route ON true
"""


class Malformed(ValueError):
    """A line of a CODEOWNERS file that cannot be read."""


@dataclass(frozen=True)
class Owners:
    """One line of a CODEOWNERS file."""

    pattern: str
    names: tuple[str, ...]


def owners_of(text: str) -> Iterator[Owners]:
    """The lines of a CODEOWNERS file, comments and sections left out. Pure. Raises Malformed."""
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition(" #")[0].strip()
        if not said or said.startswith(("#", "[", "^[")):
            continue
        pattern, *names = said.split()
        if pattern.startswith("!") or len(pattern) > LONGEST_PATTERN:
            raise Malformed(
                gettext("Line {number}: {pattern!r} is no pattern of a CODEOWNERS file.").format(
                    number=number, pattern=pattern[:40]
                )
            )
        yield Owners(pattern, tuple(name.lstrip("@") for name in names))


def regex_of(pattern: str) -> str:
    """A CODEOWNERS pattern as a regular expression PostgreSQL and Python read alike. Pure.

    The rules of gitignore: a slash at the start or inside anchors it, `*` stays in one folder,
    `**` does not, and a folder's name means everything below it.
    """
    anchored = "/" in pattern.rstrip("/")
    steps = re.split(r"(\*\*/|/\*\*|\*|\?)", pattern.strip("/"))
    wild = {"**/": "(.*/)?", "/**": "/.*", "*": "[^/]*", "?": "[^/]"}
    body = "".join(wild.get(step) or re.escape(step) for step in steps)
    start = "^" if anchored else "(^|/)"
    end = "/" if pattern.endswith("/") else "(/|$)"
    return f"{start}{body}{end}"


@transaction.atomic
def follow_code_owners(project: Project, repository: str, text: str) -> int:
    """Replace the repository's routes by its CODEOWNERS file; how many routes it made.

    An owner is a team or a reviewer of the project, by name (`@org/team` is the team `team`) or
    address; others are left out. Raises Malformed.
    """
    lines = list(owners_of(text))[:MOST_ROUTES]
    known = _owners(project)
    routes = [
        Route(
            project=project,
            source=Route.Source.CODEOWNERS,
            position=position,
            repository=repository,
            path=line.pattern,
            matches=regex_of(line.pattern),
            **owner,
        )
        for position, line in enumerate(lines)
        if (owner := next((known[name] for name in _spellings(line) if name in known), None))
    ]
    old = Route.objects.filter(
        project=project, repository=repository, source=Route.Source.CODEOWNERS
    )
    old.delete()
    Route.objects.bulk_create(routes)
    return len(routes)


@transaction.atomic
def assign(
    task: ReviewTask,
    by: User,
    now: datetime,
    *,
    person: User | None = None,
    team: ReviewTeam | None = None,
) -> Assignment:
    """Give a waiting item to a person or a team for ASSIGNED_FOR, or to everybody again.

    Raises OwnCorrection, and NotFree unless the slot waits.
    """
    stored = ReviewTask.objects.select_for_update().get(pk=task.pk)
    if person is not None and (stored.author_id == person.pk or stored.developer in person.names):
        raise OwnCorrection
    until = now + ASSIGNED_FOR if person or team else None
    changed = ReviewTask.objects.filter(
        pk=task.pk, state=State.OPEN, kind=ReviewTask.Kind.PLAIN
    ).update(assigned_to=person, assigned_team=team, assigned_until=until)
    if not changed:
        raise NotFree
    people = [person] if person else team.members.all() if team else []
    inbox.tell(people, InboxEntry.Kind.ASSIGNED, stored, by, now)
    return Assignment.objects.create(
        task=task, person=person, team=team, until=until, by=by, at=now
    )


def free_overdue(now: datetime) -> int:
    """Let everybody have what its people have not taken in time; how many."""
    overdue = ReviewTask.objects.filter(state=State.OPEN, assigned_until__lte=now)
    return overdue.filter(kind=ReviewTask.Kind.PLAIN).update(
        assigned_to=None, assigned_team=None, assigned_until=None
    )


def reviewers_of(project: Project) -> QuerySet[User]:
    """Whom something may be assigned to."""
    roles = [Role.REVIEWER, Role.CURATOR]
    members = Membership.objects.filter(project=project, role__in=roles).values("user")
    return User.objects.filter(pk__in=members, is_active=True).order_by("username")


def targets(project: Project) -> list[tuple[str, str]]:
    """Whom an item may go to: teams, then people."""
    teams = [
        (f"team-{team.pk}", gettext("{name} (team)").format(name=team.name))
        for team in project.review_teams.all()
    ]
    people = [(f"person-{each.pk}", each.username) for each in reviewers_of(project)]
    return [*teams, *people]


def _owners(project: Project) -> dict[str, dict[str, User | ReviewTeam]]:
    known: dict[str, dict[str, User | ReviewTeam]] = {
        name: {"person": user} for user in reviewers_of(project) for name in user.names
    }
    for team in project.review_teams.all():
        known[team.name.casefold()] = {"team": team}
    return known


def _spellings(line: Owners) -> Iterator[str]:
    for name in line.names:
        yield name
        yield name.rpartition("/")[2].casefold()
