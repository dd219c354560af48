"""Who may do what: the only way from a request's user to a project's rows."""

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from governance.models import Membership, Project, Role, User


class Ability(StrEnum):
    """One thing a role allows."""

    SEE = "see"  # the overview, dataset versions and models as figures, one's own feedback
    READ_CODE = "read code"  # other people's prompts, outputs and corrections
    REVIEW = "review"  # claim, decide, undo one's own decisions
    CURATE = "curate"  # categories, dataset versions, escalated items
    REGISTER = "register"  # model versions, evaluations, proposals
    SIGN_OFF = "sign off"  # approve or reject a promotion, promote
    ROLL_BACK = "roll back"  # an endpoint, alone and at once
    ADMINISTER = "administer"  # members and keys


A = Ability
ABILITIES: dict[str, frozenset[Ability]] = {
    Role.DEVELOPER: frozenset({A.SEE}),
    Role.REVIEWER: frozenset({A.SEE, A.READ_CODE, A.REVIEW}),
    Role.CURATOR: frozenset({A.SEE, A.READ_CODE, A.REVIEW, A.CURATE, A.REGISTER}),
    Role.GOVERNANCE_LEAD: frozenset({A.SEE, A.READ_CODE, A.REGISTER, A.SIGN_OFF, A.ROLL_BACK}),
    Role.PROJECT_ADMIN: frozenset({A.SEE, A.READ_CODE, A.ROLL_BACK, A.ADMINISTER}),
}

type Anyone = User | AnonymousUser


def roles_of(user: Anyone, project: Project) -> frozenset[str]:
    """The roles the person holds in the project now."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    held = Membership.objects.filter(user=user, project=project)
    return frozenset(held.values_list("role", flat=True))


def abilities_of(user: Anyone, project: Project) -> frozenset[Ability]:
    """What the person may do in the project now."""
    return frozenset[Ability]().union(*(ABILITIES[role] for role in roles_of(user, project)))


def projects_of(user: Anyone) -> QuerySet[Project]:
    """The projects the person is a member of."""
    if not isinstance(user, User) or not user.is_active:
        return Project.objects.none()
    return Project.objects.filter(memberships__user=user).distinct().order_by("slug")


def project_for(user: Anyone, slug: str, ability: Ability) -> Project:
    """The project, for someone who may do this in it.

    Raises Http404 for someone who is no member (a name must not leak) and PermissionDenied for
    a member whose roles do not allow it. The abilities found are kept on the project as
    `project.abilities`, for templates that show or hide what a person may do.
    """
    project = projects_of(user).filter(slug=slug).first()
    if project is None:
        raise Http404("No such project")
    abilities = abilities_of(user, project)
    project.abilities = abilities  # type: ignore[attr-defined]  # read by templates only
    if ability not in abilities:
        raise PermissionDenied(f"Your roles in {project.name} do not allow you to {ability}.")
    return project
