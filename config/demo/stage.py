"""Where the demo plays: its people, projects and the keys its clients report with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from config.demo.content import Content, Person, moment
from config.projects import open_project
from governance.keys import make_key
from governance.members import add_member
from governance.models import IngestKey, Project, Role, User

CLIENT = "Editor plug-in"


class Refused(Exception):
    """A verb did not take what a story says; the content is wrong."""


@dataclass(frozen=True)
class Act:
    """Something that happens at a moment."""

    at: datetime
    do: Callable[[datetime], object]


@dataclass(frozen=True)
class Stage:
    """Everybody and everything the stories name."""

    content: Content
    now: datetime
    people: Mapping[str, User]
    projects: Mapping[str, Project]
    keys: Mapping[str, IngestKey]


def set_up(content: Content, now: datetime) -> Stage:
    """Make the accounts and open the projects, a day before anything else happens."""
    start = moment(max(each.days_ago for each in content.corrections) + 3, now)
    people = {each.username: each for each in _accounts(content, start)}
    admins = {story.slug: people[story.admin] for story in content.projects}
    projects = {
        story.slug: open_project(story.slug, story.name, admins[story.slug], start)
        for story in content.projects
    }
    for slug, project in projects.items():
        for person in content.people:
            _join(project, person, admins[slug], start + timedelta(hours=1))
    keys = {
        slug: make_key(project, CLIENT, admins[slug], start + timedelta(hours=2))[0]
        for slug, project in projects.items()
    }
    return Stage(content, now, people, projects, keys)


def _accounts(content: Content, since: datetime) -> list[User]:
    password = make_password(content.password)  # hashed once: it is slow on purpose
    return User.objects.bulk_create(
        User(
            username=person.username,
            first_name=person.first_name,
            email=person.email,
            password=password if person.demo_account else make_password(None),
            is_staff=person.site_admin,
            is_superuser=person.site_admin,
            date_joined=since,
        )
        for person in content.people
    )


def _join(project: Project, person: Person, admin: User, at: datetime) -> None:
    roles = set(person.roles.get(project.slug, ())) - {Role.PROJECT_ADMIN}
    if roles:
        add_member(project, person.username, roles, admin, at)
