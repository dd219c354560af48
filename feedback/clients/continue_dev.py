"""Continue's development data: one event a request, never sent again."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from feedback.clients.places import language_of, path_of
from feedback.clients.reading import (
    Arrived,
    Client,
    Fate,
    Item,
    Reading,
    Record,
    Reply,
    Route,
    json_reply,
    unreadable,
)
from feedback.clients.telling import (
    correction,
    fingerprint,
    generation,
    join_key,
    milliseconds,
    moment,
    reaction,
)

NAME = "continue"
VERSIONS = ("0.1.0", "0.2.0")
CLIENT = Client(
    name=NAME,
    title="Continue",
    routes=(Route("POST", ""),),
    versions=VERSIONS,
    retries=False,
    credentials=("bearer", "path"),
)
GIVES_UP_AFTER = 10_000  # ms; then Continue takes a suggestion that nobody answered as refused
SKEW = 2_000  # ms between two clocks that are set
# Tools whose arguments are code
EDITS = {
    "create_new_file",
    "edit_existing_file",
    "multi_edit",
    "search_and_replace_in_file",
    "single_find_and_replace",
}
LAZY = re.compile(r"\.\.\.\s*(?:existing|rest of|unchanged|remaining)", re.IGNORECASE)
FENCE = re.compile(r"\A\s*```[^\n]*\n(.*?)\n?```\s*\Z", re.DOTALL)

type Data = Mapping[str, Any]


def read(arrived: Arrived) -> Reading:
    """One event; whatever it is, a 2xx, since anything else would lose it."""
    if arrived.problem:
        return Reading((unreadable(arrived),), _reply)
    return Reading((item(arrived.value, arrived.at),), _reply)


def item(original: Any, at: datetime) -> Item:
    """One event of either schema."""
    sent = original if isinstance(original, dict) else {}
    name, data, version = sent.get("name"), sent.get("data"), str(sent.get("schema"))[:20]
    if not isinstance(data, dict) or not isinstance(name, str):
        return Item(original, version, problem="an event has a name and data")
    if version not in VERSIONS:
        return Item(original, version, problem=f"schema {version} is not known")
    if name not in EVENTS:
        return Item(original, version, problem=f"{name[:60]} is no event of schema {version}")
    records = EVENTS[name](data, at)
    return Item(original, version, tuple(records), identity=_identity(name, data))


def _reply(fates: Sequence[Fate]) -> Reply:
    return json_reply({"status": fates[0].became})


def _identity(name: str, data: Data) -> str:
    """What makes it the same event in both schemas, and in the file that Continue keeps."""
    if name == "chatFeedback":  # the older schema has no time
        told = [data.get(each) for each in ("prompt", "completion", "sessionId", "feedback")]
        return fingerprint(NAME, name, *told) if any(told[:2]) else ""
    own = data.get("completionId") or data.get("toolCallId")
    if not own:
        return ""
    return fingerprint(NAME, name, own, data.get("accepted"), data.get("aborted"))


def _autocomplete(data: Data, at: datetime) -> list[Record]:
    made = _generation(data, at, "autocomplete", data.get("filepath"))
    happened = data.get("accepted")
    if happened is True:
        return [made, _answered(data, at, made, "autocomplete", "accepted", **_delay(data, at))]
    kind = "timed_out" if happened is False else "shown"
    return [made, _answered(data, at, made, "autocomplete", kind)]


def _next_edit(data: Data, at: datetime) -> list[Record]:
    made = _generation(data, at, "nextEdit", data.get("fileUri"))
    if data.get("aborted") is True:
        return [made]
    delay = _delay(data, at)
    answers = {True: "accepted", False: _refusal(delay), None: "shown"}
    kind = answers[_known(data.get("accepted"))]
    timing = {} if kind in ("shown", "timed_out") else delay
    return [made, _answered(data, at, made, "nextEdit", kind, **timing)]


def _refusal(delay: Data) -> str:
    """Refused before Continue gave up waiting, or nobody's no."""
    after = delay.get("after_ms")
    return "rejected" if after is not None and after < GIVES_UP_AFTER - SKEW / 4 else "timed_out"


def _edit_interaction(data: Data, at: datetime) -> list[Record]:
    return [_generation(data, at, "edit", data.get("filepath"))]


def _edit_outcome(data: Data, at: datetime) -> list[Record]:
    made = _generation(data, at, "edit", data.get("filepath"))
    accepted = _known(data.get("accepted"))
    if accepted is None:
        return [made]
    corrected = data.get("newCode")
    if accepted and isinstance(corrected, str) and _is_changed(data, corrected):
        fixed = correction(
            _id("correction", data, made["id"], corrected),
            made["id"],
            corrected,
            occurred_at=moment(data.get("timestamp"), at),
            **_who(data),
        )
        return [made, _answered(data, at, made, "edit", "edited"), fixed]
    return [made, _answered(data, at, made, "edit", "accepted" if accepted else "rejected")]


def _is_changed(data: Data, corrected: str) -> bool:
    """The file holds something else than what the model wrote.

    An agent's completion may be a part of the file, or leave out with dots what stays.
    """
    completion = data.get("completion")
    if not isinstance(completion, str) or corrected == data.get("previousCode"):
        return False
    fenced = FENCE.match(completion)
    wrote = (fenced[1] if fenced else completion).strip()
    return bool(wrote) and wrote not in corrected and not LAZY.search(wrote)


def _chat_feedback(data: Data, at: datetime) -> list[Record]:
    made = _generation(data, at, "chat")
    liked = _known(data.get("feedback"))
    if liked is None:
        return [made]
    return [made, _answered(data, at, made, "chat", "rated", value=1.0 if liked else -1.0)]


def _chat_interaction(data: Data, at: datetime) -> list[Record]:
    return [_generation(data, at, "chat")]


def _tool_usage(data: Data, at: datetime) -> list[Record]:
    if str(data.get("functionName")) not in EDITS:
        return []
    key = join_key(data.get("toolCallId")) or _id("tool", data, data.get("toolCallArgs"))
    made = generation(
        key,
        data.get("toolCallArgs") or "",
        occurred_at=moment(data.get("timestamp"), at),
        tool=data["functionName"],
        **_who(data),
    )
    accepted = _known(data.get("accepted"))
    if accepted is None:
        return [made]
    return [made, _answered(data, at, made, "tool", "accepted" if accepted else "rejected")]


def _quick_edit(data: Data, at: datetime) -> list[Record]:
    diffs = data.get("diffs")
    lines = [each for each in diffs if isinstance(each, dict)] if isinstance(diffs, list) else []
    if not lines:
        return []
    kept = [str(each.get("line", "")) for each in lines if each.get("type") != "old"]
    path = path_of(data.get("path"))
    output = "\n".join(kept) + "\n"
    return [
        generation(
            _id("quickEdit", data.get("prompt"), path, data.get("model"), output),
            output,
            prompt=data.get("prompt"),
            file_path=path,
            language=language_of(path),
            model_name=data.get("model"),
        )
    ]


def _kept(data: Data, at: datetime) -> list[Record]:
    """An event that says nothing of a generation: its original is all there is to keep."""
    return []


EVENTS: Mapping[str, Callable[[Data, datetime], list[Record]]] = {
    "autocomplete": _autocomplete,
    "editOutcome": _edit_outcome,
    "editInteraction": _edit_interaction,
    "chatFeedback": _chat_feedback,
    "chatInteraction": _chat_interaction,
    "nextEditOutcome": _next_edit,
    "nextEditWithHistory": _kept,  # a person's edits, and no suggestion
    "toolUsage": _tool_usage,
    "tokensGenerated": _kept,
    "quickEdit": _quick_edit,
}


def _generation(data: Data, at: datetime, kind: str, file: Any = None) -> Record:
    """What the model wrote, under Continue's id or one made of what identifies it.

    At level noCode there is no text: the generation is known, and its output is empty.
    """
    path = path_of(file, data.get("workspaceDirUri"))
    model = data.get("modelName")
    prompt, output = data.get("prompt"), data.get("completion")
    has_text = prompt is not None or output is not None
    told = (kind, data.get("sessionId"), path, model, prompt, output)
    told = told if has_text else (*told[:4], data.get("timestamp"), None)
    withheld = {} if isinstance(output, str) else {"content": "withheld"}
    return generation(
        join_key(data.get("completionId")) or _id(*told),
        output if isinstance(output, str) else "",
        prompt=prompt,
        file_path=path,
        language=language_of(path),
        repository=data.get("gitRepo"),
        model_name=model,
        occurred_at=moment(data.get("timestamp"), at),
        **withheld,
        **_who(data),
    )


def _answered(
    data: Data, at: datetime, made: Record, event: str, kind: str, **fields: Any
) -> Record:
    at_what = None if event == "chat" else data.get("timestamp")
    told = (event, made["id"], kind, at_what, fields.get("value"))
    return reaction(
        _id("reaction", *told),
        made["id"],
        kind,
        occurred_at=moment(data.get("timestamp"), at),
        **fields,
        **_who(data),
    )


def _who(data: Data) -> Record:
    """The person, by Continue's own setting or the machine, and the session."""
    developer = data.get("userId") or data.get("uniqueId")
    return {"developer": developer, "session": data.get("sessionId")}


def _delay(data: Data, at: datetime) -> Record:
    """How long it took to answer: from the suggestion (their clock) to its report (ours)."""
    made = moment(data.get("timestamp"), at)
    if made is None:
        return {}
    passed = (at - datetime.fromisoformat(made)).total_seconds() * 1000
    if not -SKEW <= passed <= GIVES_UP_AFTER + SKEW:
        return {"clock_skew": True}
    return {"after_ms": milliseconds(min(max(passed, 0), GIVES_UP_AFTER))}


def _known(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _id(*parts: Any) -> str:
    return fingerprint(NAME, *parts)
