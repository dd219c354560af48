"""Log events that agents and editors export: what a developer did with what a model wrote."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedback.clients.messages import output_of, prompt_of
from feedback.clients.otlp_spans import INPUTS, MODELS, OUTPUTS, context_of, first, unpacked
from feedback.clients.places import language_of, path_of
from feedback.clients.reading import Record, fields_of
from feedback.clients.scores import CORRECTIONS, KINDS, OPINIONS, SURVIVAL, Score, word
from feedback.clients.scores import records_of as of_score
from feedback.clients.telling import correction, fingerprint, generation, join_key, moment, reaction

NAME = "otlp"
WRITES = {"edit", "write", "multiedit", "notebookedit", "apply_patch"}  # tools whose work is code
OUTCOMES = {"accepted": "accepted", "saved": "accepted", "rejected": "rejected"}
DECISIONS = {
    "accept": "accepted",
    "approved": "accepted",
    "approved_for_session": "accepted",
    "reject": "rejected",
    "denied": "rejected",
}
CODE = ("new_string", "content", "new_source", "patch", "input")  # of a tool's arguments
ARGUMENTS = ("tool_input", "arguments", "tool_parameters")
TRUTHS = {True: True, "true": True, False: False, "false": False}


@dataclass(frozen=True, slots=True)
class Event:
    """A log record: its name and attributes, those of its resource, and when it was."""

    name: str
    told: Mapping[str, Any]
    resource: Mapping[str, Any]
    record: Mapping[str, Any]
    at: datetime

    @property
    def happened(self) -> str | None:
        """By the client's clock; Codex leaves the first of the two at nothing."""
        return next(
            (
                found
                for name in ("timeUnixNano", "observedTimeUnixNano")
                if (found := moment(self.record.get(name), self.at, per_second=10**9))
            ),
            None,
        )

    def shared(self, **more: Any) -> Record:
        """What every record of this event says."""
        where = context_of(self.told, self.resource)
        return {"occurred_at": self.happened, **where, **more}

    def id(self, *parts: Any) -> str:
        """By what identifies the event, which no exporter gives an id."""
        stamp = self.record.get("timeUnixNano"), self.told.get("event.sequence")
        return fingerprint(NAME, self.name, self.resource.get("service.name"), *stamp, *parts)


def name_of(record: Mapping[str, Any]) -> str:
    """The event's name, without the program's before it: three exporters, three places."""
    told = fields_of(record.get("attributes"))
    body = fields_of(record.get("body")).get("stringValue")
    found = record.get("eventName") or told.get("event.name") or body
    return str(found or "")[:200]


def records_of(
    record: Mapping[str, Any], resource: Mapping[str, Any], at: datetime
) -> list[Record]:
    """The records of an event; none of one that says nothing of a generation."""
    name = name_of(record)
    read = EVENTS.get(name) or EVENTS.get(name.removeprefix("claude_code."))
    if read is None:
        return []
    return read(Event(name, fields_of(record.get("attributes")), resource, record, at))


def _outcome(event: Event) -> list[Record]:
    """Copilot: an edit, or a part of one, kept or undone."""
    kind = OUTCOMES.get(str(event.told.get("outcome")))
    lines = {name: event.told.get(name) for name in ("line_count", "lines_added", "lines_removed")}
    said = {"outcome": event.told.get("outcome"), "surface": event.told.get("edit_surface")}
    return _reacted(event, _request(event), kind, **said, **lines)


def _inline_done(event: Event) -> list[Record]:
    accepted = _truth(event.told.get("accepted"))
    kind = None if accepted is None else "accepted" if accepted else "rejected"
    return _reacted(event, _request(event), kind, surface="inline_chat")


def _survival(event: Event) -> list[Record]:
    """Copilot: the share of an edit that is left. A change of branch says nothing about it."""
    shares = (event.told.get(f"survival_rate_{name}") for name in ("four_gram", "no_revert"))
    share = next((each for each in shares if _is_share(each)), None)
    if share is None or _truth(event.told.get("did_branch_change")):
        return []
    delay = event.told.get("time_delay_ms")
    after = delay if isinstance(delay, int) and not isinstance(delay, bool) and delay >= 0 else None
    return _reacted(
        event,
        _request(event),
        "survived",
        value=float(share),
        after_ms=after,
        no_revert=event.told.get("survival_rate_no_revert"),
        edit_source=event.told.get("edit_source"),
    )


def _user_feedback(event: Event) -> list[Record]:
    value = OPINIONS.get(word(event.told.get("rating")))
    return _reacted(event, _request(event), "rated" if value else None, value=value)


def _decision(event: Event) -> list[Record]:
    """Claude Code and Codex: whether a tool may write.

    Where a rule or a setting allowed it nobody decided: the edit was only shown.
    """
    if word(event.told.get("tool_name")) not in WRITES:
        return []
    source, decision = word(event.told.get("source")), str(event.told.get("decision"))
    is_persons = source.startswith("user") and source != "user_abort"
    kind = DECISIONS.get(decision) if is_persons else "shown"
    return _reacted(event, _call(event), kind or "shown", decision=decision, source=source)


def _result(event: Event) -> list[Record]:
    """The code a tool wrote, where the exporter may tell it."""
    if word(event.told.get("tool_name")) not in WRITES:
        return []
    sent = next((event.told[name] for name in ARGUMENTS if name in event.told), None)
    told = fields_of(unpacked(sent))
    code = first(told, CODE) or (sent if isinstance(sent, str) else None)
    key = _call(event)
    if not key or not code:
        return []
    where = event.shared()
    path = where["file_path"] or path_of(told.get("file_path"))
    places = {"file_path": path, "language": where["language"] or language_of(path)}
    return [
        generation(
            key,
            code,
            model_name=event.told.get("model"),
            tool=event.told.get("tool_name"),
            **where | places,
        )
    ]


def _inference(event: Event) -> list[Record]:
    """A model's call with its texts, under the ids that edits of it are told with."""
    told = event.told
    outputs = (output_of(unpacked(told[name])) for name in OUTPUTS if name in told)
    inputs = (prompt_of(unpacked(told[name])) for name in INPUTS if name in told)
    output = next(filter(None, outputs), None)
    names = (told.get("request_id"), told.get("gen_ai.response.id"), event.record.get("spanId"))
    keys = [key for key in map(join_key, names) if key]
    if not keys or output is None:
        return []
    more = {"prompt": next(filter(None, inputs), None), "model_name": first(told, MODELS)}
    return [generation(keys[0], output, aliases=keys[1:], **more, **event.shared())]


def _evaluation(event: Event) -> list[Record]:
    """A score by a person; what a judge thinks of relevance is kept, and nobody's reaction."""
    told = event.told
    name, label = told.get("gen_ai.evaluation.name"), told.get("gen_ai.evaluation.score.label")
    about = join_key(told.get("gen_ai.response.id")) or join_key(event.record.get("spanId"))
    said = {word(name), word(label)}
    is_persons = said & (KINDS.keys() | OPINIONS.keys() | SURVIVAL | CORRECTIONS)
    if not about or not isinstance(name, str) or not (is_persons or "user" in word(name)):
        return []
    value = told.get("gen_ai.evaluation.score.value", label)
    score = Score(
        about,
        name,
        value,
        label=label,
        comment=told.get("gen_ai.evaluation.explanation"),
        told=event.shared(),
        identity=(event.record.get("timeUnixNano"),),
    )
    return of_score(NAME, score)


def _correction(event: Event) -> list[Record]:
    """Our own event, since there is no convention for one: see docs/clients.md."""
    told, about = event.told, join_key(event.told.get("gen_ai.response.id"))
    about = about or join_key(event.record.get("spanId"))
    code = told.get("gen_ai.correction.content")
    if not about or not isinstance(code, str):
        return []
    named = {name: told.get(f"gen_ai.correction.{name}") for name in ("category", "comment")}
    return [correction(event.id(about, code), about, code, **named, **event.shared())]


EVENTS: Mapping[str, Callable[[Event], list[Record]]] = {
    "copilot_chat.edit.feedback": _outcome,
    "copilot_chat.edit.hunk.action": _outcome,
    "copilot_chat.inline.done": _inline_done,
    "copilot_chat.edit.survival": _survival,
    "copilot_chat.user.feedback": _user_feedback,
    "tool_decision": _decision,
    "tool_result": _result,
    "codex.tool_decision": _decision,
    "codex.tool_result": _result,
    "gen_ai.client.inference.operation.details": _inference,
    "gen_ai.evaluation.result": _evaluation,
    "gen_ai.correction": _correction,
}


def _reacted(event: Event, about: str, kind: str | None, **fields: Any) -> list[Record]:
    if not about or kind is None:
        return []
    place = event.told.get("copilot_chat.file.relative_path")
    made = event.id(about, kind, place, *fields.values())
    return [reaction(made, about, kind, **event.shared(**fields))]


def _request(event: Event) -> str:
    return join_key(event.told.get("request_id"))


def _call(event: Event) -> str:
    return join_key(event.told.get("tool_use_id")) or join_key(event.told.get("call_id"))


def _truth(value: Any) -> bool | None:
    """Codex and some exporters send truth as text."""
    return TRUTHS.get(value) if isinstance(value, bool | str) else None


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
