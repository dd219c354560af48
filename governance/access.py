"""Who may do what: the only way from a request's user to a project's rows."""

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext, gettext_noop

from governance.models import Membership, Project, Role, User
from lib.statements import Query


class Ability(StrEnum):
    """One thing a role allows."""

    SEE = gettext_noop(
        "see"
    )  # the overview, dataset versions and models as figures, one's own feedback
    READ_CODE = gettext_noop("read code")  # other people's prompts, outputs and corrections
    REVIEW = gettext_noop("review")  # claim, decide, undo one's own decisions
    CURATE = gettext_noop("curate")  # categories, dataset versions, escalated items
    LEAD = gettext_noop("lead")  # see the team's numbers, never the time one person takes
    SET_POLICY = gettext_noop("set the policy")  # how many review what, gold items, repeats
    REGISTER = gettext_noop("register")  # model versions, evaluations, proposals
    SIGN_OFF = gettext_noop("sign off")  # approve or reject a promotion, promote
    ROLL_BACK = gettext_noop("roll back")  # an endpoint, alone and at once
    ERASE = gettext_noop("erase feedback")  # a person's, or one generation's, for good
    ADMINISTER = gettext_noop("administer")  # members and keys


A = Ability
ABILITIES: dict[str, frozenset[Ability]] = {
    Role.DEVELOPER: frozenset({A.SEE}),
    Role.REVIEWER: frozenset({A.SEE, A.READ_CODE, A.REVIEW}),
    Role.CURATOR: frozenset(
        {A.SEE, A.READ_CODE, A.REVIEW, A.CURATE, A.LEAD, A.SET_POLICY, A.REGISTER}
    ),
    Role.GOVERNANCE_LEAD: frozenset(
        {A.SEE, A.READ_CODE, A.LEAD, A.REGISTER, A.SIGN_OFF, A.ROLL_BACK, A.ERASE}
    ),
    Role.PROJECT_ADMIN: frozenset(
        {A.SEE, A.READ_CODE, A.LEAD, A.SET_POLICY, A.ROLL_BACK, A.ERASE, A.ADMINISTER}
    ),
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
    a member whose roles do not allow it. What one query found is kept for templates:
    `project.abilities`, to show or hide what a person may do, and `project.among`, all projects
    of the person, by slug.
    """
    held = _HELD.rows(user=user) if isinstance(user, User) and user.is_active else []
    projects = {each.project.slug: each.project for each in held}
    project = projects.get(slug)
    if project is None:
        raise Http404("No such project")
    roles = {each.role for each in held if each.project.slug == slug}
    abilities = frozenset[Ability]().union(*(ABILITIES[role] for role in roles))
    project.abilities = abilities  # type: ignore[attr-defined]  # read by templates only
    project.among = list(projects.values())  # type: ignore[attr-defined]  # and by their menu
    if ability not in abilities:
        says = gettext("Your roles in {project} do not allow you to {act}.")
        raise PermissionDenied(says.format(project=project.name, act=gettext(ability)))
    return project


def people_who_may(project: Project, ability: Ability) -> QuerySet[User]:
    """The project's active members whose roles allow it, by name."""
    roles = [role for role, allowed in ABILITIES.items() if ability in allowed]
    held = Membership.objects.filter(project=project, role__in=roles).values("user")
    return User.objects.filter(pk__in=held, is_active=True).order_by("username")


def projects_where(person: User, ability: Ability) -> QuerySet[Membership, int]:
    """The keys of the projects in which the person may do this, for a subquery."""
    roles = [role for role, allowed in ABILITIES.items() if ability in allowed]
    held = Membership.objects.filter(user=person, role__in=roles)
    return held.values_list("project_id", flat=True)


# every page asks this
_HELD = Query(
    lambda user: (
        Membership.objects.filter(user=user).select_related("project").order_by("project__slug")
    ),
    user=User,
)
