"""Why an item is here, and what became of a hold, in words. Pure."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from governance.models import User
from reviews.models import ReviewTask

State = ReviewTask.State


@dataclass(frozen=True)
class Lost:
    """What happened to a hold, and whether the person may take the item again."""

    words: str
    free: bool


def why_here(task: ReviewTask) -> str:
    """Why a person should look at it, from the label's doubt in thousandths."""
    if task.kind == ReviewTask.Kind.ADJUDICATION:
        return gettext("The reviewers disagree")
    if task.is_escalated:
        return gettext("Passed on to curators")
    if task.is_random:
        return gettext("Drawn at random, to measure by")
    if task.doubt >= 600:
        return gettext("Hardly anything tells what it is")
    if task.doubt >= 350:
        return gettext("The votes leave it open")
    if task.doubt >= 150:
        return gettext("Probably right; a person confirms")
    return gettext("Nearly sure; a person confirms")


TAKEN_BACK = gettext_noop("You took this decision back. To decide anew, open the item again.")
KEY_REUSED = gettext_noop(
    "This decision was sent under the number of another one, so it was not taken. Open the item"
    " again and decide anew."
)


def refused(words: str) -> Lost:
    """One of the refusals above, for whoever reads it."""
    return Lost(gettext(words), free=False)


def why_lost(task: ReviewTask, person: User) -> Lost:
    """What to tell a person whose submit came too late; `task` is the row as it stands now."""
    if task.state == State.LEASED and task.leased_to == person:
        return Lost(
            gettext("You took this item again elsewhere, so this page's hold is over."), free=True
        )
    if task.state == State.LEASED:
        return Lost(
            gettext("Your hold on this item ran out, and {leased_to} has it now.").format(
                leased_to=task.leased_to
            ),
            free=False,
        )
    if task.state == State.DECIDED and task.decided_by == person:
        return Lost(gettext("You have decided this item already, from another page."), free=False)
    if task.state == State.DECIDED:
        return Lost(
            gettext("Your hold on this item ran out, and {decided_by} has decided it.").format(
                decided_by=task.decided_by
            ),
            free=False,
        )
    if task.state == State.ESCALATED and not task.leased_to:
        return Lost(
            gettext("Your hold on this item is over, and it waits for a curator now."), free=False
        )
    return Lost(gettext("Your hold on this item ran out. Nobody else has taken it."), free=True)
