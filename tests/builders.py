"""Builders: plain functions that make a row and what it needs. No fixtures files, no factories."""

from datetime import timedelta
from itertools import count

from governance.keys import make_key
from governance.models import Membership, Project, Role, User
from lib.clock import now

numbers = count(1)


def make_project(**changes):
    number = next(numbers)
    return Project.objects.create(
        **{"slug": f"project-{number}", "name": f"Project {number}"} | changes
    )


def make_person(project=None, *roles, **changes):
    """A user, a member of `project` with `roles`."""
    name = changes.pop("username", f"person-{next(numbers)}")
    person = User.objects.create_user(
        name, f"{name}@example.org", "correct horse battery", **changes
    )
    for role in roles:
        Membership.objects.create(project=project, user=person, role=role)
    return person


def make_reviewer(project):
    return make_person(project, Role.REVIEWER)


def make_curator(project):
    return make_person(project, Role.CURATOR)


def make_lead(project):
    return make_person(project, Role.GOVERNANCE_LEAD)


def make_admin(project):
    return make_person(project, Role.PROJECT_ADMIN)


def make_ingest_key(project, by=None):
    """A key and its secret."""
    return make_key(project, "test client", by or make_admin(project), now())


def ago(**span):
    return now() - timedelta(**span)
