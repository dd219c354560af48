"""GitLab's webhooks: notes on the lines of a merge request, suggestions among them.

GitLab sends the webhook's secret as it is, in `X-Gitlab-Token`: it is the key, which the door
has looked at. It tells nobody that a thread was resolved; a note says so when it is next edited.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from feedback.clients.places import language_of
from feedback.clients.reading import (
    Arrived,
    Client,
    Fate,
    Item,
    Reading,
    Record,
    Reply,
    Route,
    fields_of,
    json_reply,
    unreadable,
)
from feedback.clients.remarks import (
    Lines,
    Remark,
    Suggestion,
    code_at,
    correction_of,
    generation_of,
    line_number,
    reaction_of,
    suggestions,
)
from feedback.clients.telling import join_key, moment

NAME = "gitlab"
VERSION = "webhook"
CLIENT = Client(
    name=NAME,
    title="GitLab",
    routes=(Route("POST", ""),),
    versions=(VERSION,),
    retries=False,
    credentials=("x-gitlab-token", "path"),
)
PROGRAM = re.compile(r"(?:project|group)_\d+_bot")
NO_EVENT = "an event is a JSON object with an object_kind"
NO_NOTE = "a note on a diff has an id, a discussion_id and a project"


def read(arrived: Arrived) -> Reading:
    """One event."""
    if arrived.problem:
        return Reading((unreadable(arrived),), _reply)
    return Reading((item(arrived.value, arrived.at),), _reply)


def item(original: Any, at: datetime) -> Item:
    """An event as GitLab posts it. One that is not about lines is kept and says nothing."""
    event = fields_of(original)
    if not isinstance(event.get("object_kind"), str):
        return Item(original, VERSION, problem=NO_EVENT)
    note = fields_of(event.get("object_attributes"))
    if not _is_on_lines(event, note):
        return Item(original, VERSION)
    lines = _lines(note)
    if lines is None:
        return Item(original, VERSION)
    offered = suggestions(_text(note.get("note")))
    only = offered[0] if len(offered) == 1 else None
    return _mapped(event, note, at, lines, only)


def _mapped(
    event: Mapping[str, Any],
    note: Mapping[str, Any],
    at: datetime,
    lines: Lines,
    only: Suggestion | None,
) -> Item:
    wide = _widened(lines, only) if only else lines
    remark = _remark(event, note, at, wide)
    if remark is None:
        return Item(event, VERSION, problem=NO_NOTE)
    if remark.code is None:
        return Item(event, VERSION)
    records = generation_of(remark) + reaction_of(remark)
    if only and _is_taken(note):
        records += _taken(remark, only, lines, wide)
    return Item(event, VERSION, tuple(records))


def _is_on_lines(event: Mapping[str, Any], note: Mapping[str, Any]) -> bool:
    return (
        event["object_kind"] == "note"
        and note.get("type") == "DiffNote"
        and note.get("noteable_type") == "MergeRequest"
        and note.get("system") is not True
    )


def _is_taken(note: Mapping[str, Any]) -> bool:
    """Resolved, and its lines are no longer what they were."""
    if note.get("resolved_by_push") is True:
        return True
    return bool(note.get("resolved_at")) and bool(fields_of(note.get("change_position")))


def _taken(remark: Remark, only: Suggestion, lines: Lines, wide: Lines) -> list[Record]:
    """The suggestion in its place among the lines of the generation."""
    rows = [f"{row}\n" for row in (remark.code or "").split("\n")[:-1]]
    first, last = _replaced(lines, only)
    before, after = rows[: first - wide[0]], rows[last - wide[0] + 1 :]
    corrected = "".join([*before, only.code, *after])
    return correction_of(remark, corrected, only.words)


def _replaced(lines: Lines, only: Suggestion) -> Lines:
    """A suggestion counts from the last of the lines that the note is on."""
    return max(1, lines[1] - only.above), lines[1] + only.below


def _widened(lines: Lines, only: Suggestion) -> Lines:
    first, last = _replaced(lines, only)
    return min(lines[0], first), max(lines[1], last)


def _remark(
    event: Mapping[str, Any], note: Mapping[str, Any], at: datetime, lines: Lines
) -> Remark | None:
    """Notes of one discussion on the same lines are about one generation."""
    project, user = fields_of(event.get("project")), fields_of(event.get("user"))
    named = project.get("path_with_namespace")
    discussion = join_key(_host(project), named, note.get("discussion_id"))
    own, path = join_key(note.get("id")), _position(note).get("new_path")
    if not discussion or not own or not isinstance(path, str):
        return None
    by = user.get("username") if user.get("id") == note.get("author_id") else None
    span = f"{lines[0]}-{lines[1]}"
    return Remark(
        client=NAME,
        about=join_key(discussion, span),
        id=own,
        body=_text(note.get("note")),
        by=by,
        at=moment(_text(note.get("created_at")).replace(" UTC", "+00:00"), at),
        is_program=isinstance(by, str) and bool(PROGRAM.match(by)),
        code=code_at(fields_of(note.get("st_diff")).get("diff"), lines),
        aliases=(discussion,),
        told={
            "file_path": path,
            "language": language_of(path),
            "repository": named,
            "merge_request": fields_of(event.get("merge_request")).get("iid"),
            "commit": _position(note).get("head_sha"),
            "lines": span,
        },
    )


def _lines(note: Mapping[str, Any]) -> Lines | None:
    """The lines of the new file that the note was first put on; None where it is on others."""
    position = _position(note)
    last = line_number(position.get("new_line"))
    start = fields_of(fields_of(position.get("line_range")).get("start"))
    first = line_number(start.get("new_line")) or last
    return (first, last) if 0 < first <= last else None


def _position(note: Mapping[str, Any]) -> dict[str, Any]:
    return fields_of(note.get("original_position")) or fields_of(note.get("position"))


def _host(project: Mapping[str, Any]) -> Any:
    try:
        return urlsplit(_text(project.get("web_url"))).hostname
    except ValueError:
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _reply(fates: Sequence[Fate]) -> Reply:
    return json_reply({"status": fates[0].became})
