"""Why an item is here, and what became of a hold, in words. Pure."""

from dataclasses import dataclass

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
    if task.is_escalated:
        return "Passed on to curators"
    if task.urgency >= 600:
        return "Hardly anything tells what it is"
    if task.urgency >= 350:
        return "The votes leave it open"
    if task.urgency >= 150:
        return "Probably right; a person confirms"
    return "Nearly sure; a person confirms"


def why_lost(task: ReviewTask, person: User) -> Lost:
    """What to tell a person whose submit came too late; `task` is the row as it stands now."""
    if task.state == State.LEASED and task.leased_to == person:
        return Lost("You took this item again elsewhere, so this page's hold is over.", free=True)
    if task.state == State.LEASED:
        return Lost(f"Your hold on this item ran out, and {task.leased_to} has it now.", free=False)
    if task.state == State.DECIDED and task.decided_by == person:
        return Lost("You have decided this item already, from another page.", free=False)
    if task.state == State.DECIDED:
        return Lost(
            f"Your hold on this item ran out, and {task.decided_by} has decided it.", free=False
        )
    if task.state == State.ESCALATED and not task.leased_to:
        return Lost("Your hold on this item is over, and it waits for a curator now.", free=False)
    return Lost("Your hold on this item ran out. Nobody else has taken it.", free=True)
