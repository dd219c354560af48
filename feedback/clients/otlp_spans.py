"""GenAI spans: what a model wrote, under each of the conventions that instrumentations follow."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from feedback.clients.messages import output_of, prompt_of
from feedback.clients.places import language_of, path_of
from feedback.clients.reading import Record, fields_of
from feedback.clients.telling import generation, join_key, moment

# OpenTelemetry's own, then OpenLLMetry, OpenInference (Phoenix), Langfuse, MLflow, Opik
OUTPUTS = (
    "gen_ai.output.messages",
    "gen_ai.completion",
    "gen_ai.completion.0.content",
    "llm.output_messages.0.message.content",
    "langfuse.observation.output",
    "mlflow.spanOutputs",
    "output.value",
)
INPUTS = (
    "gen_ai.input.messages",
    "gen_ai.prompt",
    "gen_ai.prompt.0.content",
    "llm.input_messages.0.message.content",
    "langfuse.observation.input",
    "mlflow.spanInputs",
    "input.value",
)
MODELS = (
    "gen_ai.response.model",
    "gen_ai.request.model",
    "llm.model_name",
    "langfuse.observation.model.name",
)
SESSIONS = ("session.id", "conversation.id", "gen_ai.conversation.id", "langfuse.session.id")
PEOPLE = ("user.email", "user.id", "enduser.id", "langfuse.user.id", "user.account_uuid")
PATHS = ("copilot_chat.file.relative_path", "file_path", "code.file.path")
LANGUAGES = ("language_id", "gen_ai.code.language")
REPOSITORIES = ("github.copilot.git.repository", "vcs.repository.url.full", "vcs.repository.name")
# What says that a span is a model's call, and not a step around one
MODEL_CALLS = {
    "openinference.span.kind": ("LLM",),
    "langfuse.observation.type": ("generation",),
    "mlflow.spanType": ("CHAT_MODEL", "LLM"),
    "gen_ai.operation.name": ("chat", "text_completion", "generate_content"),
}


def records_of(span: Mapping[str, Any], resource: Mapping[str, Any], at: datetime) -> list[Record]:
    """The generation a model's call is, where the span carries what it wrote.

    One without its text is only kept: what developers say of it waits, and finds it should
    somebody send the text.
    """
    told = fields_of(span.get("attributes"))
    key = join_key(span.get("spanId"))
    output = next(_texts(told, OUTPUTS, output_of), None) or _of_events(span, output_of)
    if not key or output is None or not _is_call(told):
        return []
    trace = join_key(span.get("traceId"))
    names = (told.get("gen_ai.response.id"), trace, f"tr-{trace}" if trace else "")
    started = moment(span.get("startTimeUnixNano"), at, per_second=10**9)
    return [
        generation(
            key,
            output,
            aliases=[name for name in map(join_key, names) if name],
            prompt=next(_texts(told, INPUTS, prompt_of), None),
            model_name=first(told, MODELS),
            occurred_at=started,
            **context_of(told, resource),
        )
    ]


def context_of(told: Mapping[str, Any], resource: Mapping[str, Any]) -> Record:
    """Where it was and whose it is, from the record or else from its resource."""
    path = path_of(first(told, PATHS))
    return {
        "session": first(told, SESSIONS) or first(resource, SESSIONS),
        "developer": first(told, PEOPLE) or first(resource, PEOPLE),
        "file_path": path,
        "language": first(told, LANGUAGES) or language_of(path),
        "repository": first(told, REPOSITORIES) or first(resource, REPOSITORIES),
        "service": resource.get("service.name"),
    }


def first(told: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """The first of these attributes that says something."""
    return next(
        (value for name in names if isinstance(value := told.get(name), str) and value), None
    )


def unpacked(value: Any) -> Any:
    """JSON in a text as what it says; any other text as it is."""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _texts(told: Mapping[str, Any], names: tuple[str, ...], read: Any) -> Iterator[str]:
    for name in names:
        if name in told and (text := read(unpacked(told[name]))):
            yield text


def _of_events(span: Mapping[str, Any], read: Any) -> str | None:
    """Older conventions put the texts into events of the span."""
    events = span.get("events")
    for event in events if isinstance(events, list) else ():
        told = fields_of(event.get("attributes")) if isinstance(event, dict) else {}
        if text := next(_texts(told, (*OUTPUTS, "gen_ai.event.content", "message"), read), None):
            return text
    return None


def _is_call(told: Mapping[str, Any]) -> bool:
    named = [(name, values) for name, values in MODEL_CALLS.items() if name in told]
    if named:
        return any(told[name] in values for name, values in named)
    return any(name.startswith("gen_ai.") for name in told)
