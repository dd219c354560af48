"""What happened to one generation, in order: said by people, decided, frozen, learnt by a model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from config.fate import Fate, fate_of
from curation.models import Decision, Example
from feedback.models import Correction, Generation, Reaction
from lib.scales import percent, written
from lib.wording import inside
from reviews.evidence import seconds

MOST_REACTIONS = 200  # told of one generation; the API reads all of them
MOST_CORRECTIONS = 10

Kind = Reaction.Kind
ICONS = {
    Kind.SHOWN: "search",
    Kind.ACCEPTED: "check",
    Kind.EDITED: "pen",
    Kind.REJECTED: "x",
    Kind.TIMED_OUT: "clock",
    Kind.COPIED: "copy",
    Kind.SURVIVED: "now",
    Kind.REVERTED: "undo",
    Kind.RATED: "flag",
    Kind.COMMENTED: "pen",
}


@dataclass(frozen=True)
class Event:
    """One line of the journey; `href` leads to where there is more of it."""

    at: datetime
    icon: str
    what: str
    detail: str = ""
    who: str = ""
    href: str = ""


@dataclass(frozen=True)
class Journey:
    """What is told of a generation, and how much more there is."""

    events: Sequence[Event]
    corrections: Sequence[Correction]
    more_reactions: int
    more_corrections: int


def journey_of(generation: Generation, slug: str) -> Journey:
    """Everything that followed from a generation, as far as it got."""
    reactions = generation.reactions.order_by("occurred_at", "id")
    corrected = generation.corrections.select_related("corrected").order_by("occurred_at", "id")
    said, made = list(reactions[: MOST_REACTIONS + 1]), list(corrected[: MOST_CORRECTIONS + 1])
    events = [_written(generation)]
    events += [_of_reaction(each, generation) for each in said[:MOST_REACTIONS]]
    examples = {
        each.correction_id: each
        for each in Example.objects.filter(correction__in=made[:MOST_CORRECTIONS])
    }
    for correction in made[:MOST_CORRECTIONS]:
        example = examples.get(correction.pk)
        events.append(_of_correction(correction, example, slug))
        if example is not None:
            events += _after(example, fate_of(example), slug)
    return Journey(
        events=sorted(events, key=lambda event: event.at),
        corrections=made[:MOST_CORRECTIONS],
        more_reactions=reactions.count() - MOST_REACTIONS if len(said) > MOST_REACTIONS else 0,
        more_corrections=(
            corrected.count() - MOST_CORRECTIONS if len(made) > MOST_CORRECTIONS else 0
        ),
    )


def _written(generation: Generation) -> Event:
    model = generation.model_name
    what = gettext("{model} wrote it").format(model=model) if model else gettext("A model wrote it")
    detail = gettext("told by {client}").format(client=generation.key.name)
    return Event(generation.occurred_at, "get", what, detail, generation.developer)


def _of_reaction(reaction: Reaction, generation: Generation) -> Event:
    kind = Kind(reaction.kind)
    parts = [_measured(reaction), _delay(reaction.after_ms), reaction.comment]
    who = reaction.developer or generation.developer
    detail = " · ".join(part for part in parts if part)
    return Event(reaction.occurred_at, ICONS[kind], str(kind.label), detail, who)


def _measured(reaction: Reaction) -> str:
    if reaction.value is None:
        return ""
    if reaction.kind == Kind.SURVIVED:
        return gettext("{share} of the text left").format(share=percent(reaction.value))
    return written(f"{reaction.value:+.2g}")


def _delay(after_ms: int | None) -> str:
    return (
        "" if after_ms is None else gettext("after {after_ms}").format(after_ms=seconds(after_ms))
    )


def _of_correction(correction: Correction, example: Example | None, slug: str) -> Event:
    severity = inside(correction.get_severity_display()) if correction.severity else ""
    parts = [correction.category, severity, _delay(correction.after_ms), correction.comment]
    return Event(
        correction.occurred_at,
        "pen",
        gettext("Corrected"),
        " · ".join(part for part in parts if part),
        correction.developer or correction.generation.developer,
        reverse("curation:example", args=[slug, example.pk]) if example else "",
    )


def _after(example: Example, fate: Fate, slug: str) -> Iterator[Event]:
    """What became of a correction, from its decision on."""
    if fate.decision:
        yield _of_decision(fate.decision, fate)
    for row in fate.rows:
        if row.version.frozen_at is None:
            continue
        yield Event(
            row.version.frozen_at,
            "lock",
            gettext("In dataset version {number}").format(number=row.version.number),
            row.get_split_display(),
            href=reverse("curation:dataset", args=[slug, row.version.number]),
        )
    for each in fate.learnt:
        live = gettext("live on {names}").format(names=", ".join(each.live_on))
        yield Event(
            each.model.registered_at,
            "stack",
            gettext("{model} was trained with it").format(model=each.model),
            live if each.live_on else gettext("not live"),
            href=reverse("deployments:model", args=[slug, each.model.pk]),
        )


def _of_decision(decision: Decision, fate: Fate) -> Event:
    if decision.outcome == Decision.Outcome.ACCEPTED:
        what = (
            gettext("Accepted, with code of a reviewer’s own")
            if fate.is_fixed
            else gettext("Accepted as it was")
        )
        parts = [decision.category.title if decision.category else "", fate.left_out]
    else:
        what = gettext("The correction was rejected")
        parts = [inside(fate.why)]
    return Event(decision.at, "person", what, " · ".join(part for part in parts if part))
