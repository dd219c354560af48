"""What waits for whom: the reader's own turn first, then what others have to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, ngettext

from config import figures
from config.figures import Waiting
from deployments.models import Promotion
from deployments.standing import APPROVALS_NEEDED, Standing, standing_of
from governance.access import Ability
from governance.models import Project, Role, User
from lib.scales import count
from reviews.models import ReviewTask

PROPOSALS_SHOWN = 3
YOURS = gettext_noop("Your turn")
NAMES = {
    Role.REVIEWER: gettext_noop("Reviewers"),
    Role.CURATOR: gettext_noop("Curators"),
    Role.GOVERNANCE_LEAD: gettext_noop("Governance leads"),
}


@dataclass(frozen=True)
class Item:
    """One thing that waits; no `href` where the reader may not go."""

    whose: str
    icon: str
    title: str
    href: str
    since: datetime | None
    sub: str


@dataclass(frozen=True)
class Group:
    """What waits for the reader, or for the people of one role."""

    name: str
    items: list[Item]

    @property
    def mine(self) -> bool:
        """Whether it is the reader's."""
        return self.name == YOURS


def groups(project: Project, user: User, waiting: Mapping[str, Waiting]) -> list[Group]:
    """Everything that waits in the project; empty groups are left out."""
    items = [*_reviews(project, waiting), *_sign_offs(project, user)]
    found = [
        Group(name, [item for item in items if item.whose == name])
        for name in (YOURS, *NAMES.values())
    ]
    return [group for group in found if group.items]


def _reviews(project: Project, waiting: Mapping[str, Waiting]) -> list[Item]:
    queue = reverse("reviews:queue", args=[project.slug])
    found = []
    if open_ := waiting.get(ReviewTask.State.OPEN):
        found.append(
            Item(
                whose=_whose(project, Ability.REVIEW, Role.REVIEWER),
                icon="inbox",
                title=ngettext(
                    "Review {n} correction", "Review {n} corrections", open_.number
                ).format(n=count(open_.number)),
                href=queue if _may(project, Ability.REVIEW) else "",
                since=open_.oldest,
                sub=gettext("the most doubtful come first"),
            )
        )
    if escalated := waiting.get(ReviewTask.State.ESCALATED):
        found.append(
            Item(
                whose=_whose(project, Ability.CURATE, Role.CURATOR),
                icon="flag",
                title=ngettext(
                    "Decide {n} correction passed on by reviewers",
                    "Decide {n} corrections passed on by reviewers",
                    escalated.number,
                ).format(n=count(escalated.number)),
                href=queue if _may(project, Ability.REVIEW) else "",
                since=escalated.oldest,
                sub=gettext("a reviewer could not tell"),
            )
        )
    return found


def _sign_offs(project: Project, user: User) -> list[Item]:
    return [
        _sign_off(project, promotion, standing_of(promotion), user)
        for promotion in figures.proposals(project, PROPOSALS_SHOWN)
    ]


def _sign_off(project: Project, promotion: Promotion, standing: Standing, user: User) -> Item:
    given = len(standing.approvals)
    signed = given >= APPROVALS_NEEDED
    mine = _may(project, Ability.SIGN_OFF) and (signed or may_sign(standing, user))
    sub = gettext("for {endpoint}, {given} of {needed} signatures given").format(
        endpoint=promotion.endpoint, given=given, needed=APPROVALS_NEEDED
    )
    return Item(
        whose=YOURS if mine else NAMES[Role.GOVERNANCE_LEAD],
        icon="lock",
        title=(gettext("Promote {version}") if signed else gettext("Sign off {version}")).format(
            version=promotion.model_version
        ),
        href=reverse("deployments:promotion", args=[project.slug, promotion.pk]),
        since=promotion.proposed_at,
        sub=sub,
    )


def may_sign(standing: Standing, user: User) -> bool:
    """Whether the person's signature is still to come and would count."""
    return user.pk not in standing.conflicts and not standing.signed_by(user)


def _whose(project: Project, ability: Ability, role: Role) -> str:
    return YOURS if _may(project, ability) else NAMES[role]


def _may(project: Project, ability: Ability) -> bool:
    return ability in getattr(project, "abilities", ())
