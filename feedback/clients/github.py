"""GitHub's webhooks: remarks on the lines of a pull request, and threads that were resolved.

Nobody has to be trusted with more than the address: the key in it is also the webhook's secret,
and an event that it did not sign is not read.
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

from feedback.clients.places import language_of
from feedback.clients.reading import (
    JSON,
    Arrived,
    Client,
    Fate,
    Item,
    Reading,
    Record,
    Reply,
    Route,
    always,
    fields_of,
    json_reply,
)
from feedback.clients.remarks import (
    Lines,
    Remark,
    code_at,
    correction_of,
    generation_of,
    line_number,
    reaction_of,
    suggestions,
)
from feedback.clients.telling import join_key, moment
from feedback.json_text import NotJson, value_of

NAME = "github"
VERSION = "webhook"
FORM = "application/x-www-form-urlencoded"  # what GitHub proposes for a new webhook
CLIENT = Client(
    name=NAME,
    title="GitHub",
    routes=(Route("POST", "", (JSON, FORM)),),
    versions=(VERSION,),
    retries=False,
    credentials=("path",),
)
UNSIGNED = (
    "The event is not signed with the key in the address. Give the webhook that key as its secret."
)
NO_EVENT = "an event has a name and a JSON object"
NO_REMARK = "a review comment has an id, a path and a repository"


def read(arrived: Arrived) -> Reading:
    """One event, if it is signed."""
    if not _signed(arrived):
        refusal = {"title": "Unauthorized", "status": 401, "detail": UNSIGNED}
        return Reading((), always(json_reply(refusal, 401)))
    event = arrived.headers.get("x-github-event", "")
    if event == "ping":
        return Reading((), always(json_reply({"status": "ready"})))
    told = _payload(arrived)
    if told is None:
        text = arrived.body.decode("utf-8", "backslashreplace")
        return Reading((item({"event": event, "text": text}, arrived.at),), _reply)
    return Reading((item({"event": event, "payload": told}, arrived.at),), _reply)


def item(original: Any, at: datetime) -> Item:
    """An event with its name. One that is not about lines is kept and says nothing."""
    payload = fields_of(fields_of(original).get("payload"))
    event = fields_of(original).get("event")
    if not event or not isinstance(event, str) or not payload:
        return Item(original, VERSION, problem=NO_EVENT)
    action = payload.get("action")
    if event == "pull_request_review_comment" and action in ("created", "edited"):
        said = [payload.get("comment")]
    elif event == "pull_request_review_thread" and action == "resolved":
        said = _listed(fields_of(payload.get("thread")).get("comments"))
    else:
        return Item(original, VERSION)
    remarks = [_remark(fields_of(each), payload, at) for each in said]
    found = [remark for remark in remarks if remark]
    if not found or len(found) < len(remarks):
        return Item(original, VERSION, problem=NO_REMARK)
    is_thread = event == "pull_request_review_thread"
    return Item(original, VERSION, tuple(_records(fields_of(said[0]), found, is_thread=is_thread)))


def _signed(arrived: Arrived) -> bool:
    """Whether the key signed these bytes: `X-Hub-Signature-256`, compared in constant time."""
    if not arrived.secret:
        return False
    made = hmac.new(arrived.secret.encode(errors="replace"), arrived.body, sha256).hexdigest()
    sent = arrived.headers.get("x-hub-signature-256", "")
    return hmac.compare_digest(f"sha256={made}".encode(), sent.encode(errors="replace"))


def _payload(arrived: Arrived) -> dict[str, Any] | None:
    """The event itself, sent as JSON or as a field of a form."""
    value = arrived.value
    if arrived.content_type == FORM:
        try:
            sent = parse_qs(arrived.body.decode(errors="replace"), max_num_fields=10)
            value = value_of(sent.get("payload", [""])[0].encode(errors="replace"))
        except (NotJson, ValueError):
            return None
    return value if isinstance(value, dict) else None


def _reply(fates: Sequence[Fate]) -> Reply:
    """GitHub shows the answer in the webhook's list of deliveries."""
    detail = {"detail": fates[0].detail} if fates[0].detail else {}
    return json_reply({"status": fates[0].became} | detail)


def _records(
    first: Mapping[str, Any], remarks: Sequence[Remark], *, is_thread: bool
) -> list[Record]:
    """The lines once, as the first remark that has them says, and what was said of them.

    A thread may come without its lines, which were told with its comments: what it says waits.
    """
    made = next((found for each in remarks if (found := generation_of(each))), [])
    if _lines(first) is None or not (made or is_thread):
        return []
    said = [told for each in remarks for told in reaction_of(each)]
    return made + said + (_taken(first, remarks) if is_thread else [])


def _taken(first: Mapping[str, Any], remarks: Sequence[Remark]) -> list[Record]:
    """The one suggestion of a thread whose lines changed before it was resolved.

    Of several, nobody can tell which one it was.
    """
    if "line" not in first or first["line"] is not None:
        return []
    offered = [(each, found) for each in remarks for found in suggestions(each.body)]
    if len(offered) != 1:
        return []
    [(remark, suggestion)] = offered
    return correction_of(remark, suggestion.code, suggestion.words)


def _remark(comment: Mapping[str, Any], payload: Mapping[str, Any], at: datetime) -> Remark | None:
    """A comment of a thread; a reply is about the lines of the comment it answers."""
    repository = fields_of(payload.get("repository"))
    root = comment.get("in_reply_to_id") or comment.get("id")
    about = join_key(_host(repository), repository.get("full_name"), root)
    path, body, own = comment.get("path"), comment.get("body"), join_key(comment.get("id"))
    if not about or not own or not isinstance(path, str):
        return None
    user, pull = fields_of(comment.get("user")), fields_of(payload.get("pull_request"))
    lines = _lines(comment)
    return Remark(
        client=NAME,
        about=about,
        id=own,
        body=body if isinstance(body, str) else "",
        by=user.get("login"),
        at=moment(comment.get("created_at"), at),
        is_program=user.get("type") == "Bot",
        code=code_at(comment.get("diff_hunk"), lines) if lines else None,
        told={
            "file_path": path,
            "language": language_of(path),
            "repository": repository.get("full_name"),
            "developer": fields_of(pull.get("user")).get("login"),
            "pull_request": pull.get("number"),
            "commit": comment.get("original_commit_id"),
            "lines": "{}-{}".format(*lines) if lines else None,
        },
    )


def _lines(comment: Mapping[str, Any]) -> Lines | None:
    """The lines of the new file as they were when the comment was written, as its hunk has them.

    None for a comment on a whole file, or on lines that the pull request takes away.
    """
    if comment.get("side") == "LEFT" or comment.get("start_side") == "LEFT":
        return None
    last = line_number(comment.get("original_line"))
    first = line_number(comment.get("original_start_line")) or last
    return (first, last) if 0 < first <= last else None


def _host(repository: Mapping[str, Any]) -> Any:
    address = repository.get("html_url")
    try:
        return urlsplit(address).hostname if isinstance(address, str) else None
    except ValueError:
        return None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
