"""How editors and agents are told to report here, in the configuration each of them reads."""

from django.utils.translation import gettext_lazy

from feedback.pieces import ENVIRONMENT, Piece, Tool

OTEL_HEADERS = 'export OTEL_EXPORTER_OTLP_HEADERS="x-api-key={key}"'

EDITORS = (
    Tool(
        "continue",
        "Continue",
        "continue",
        gettext_lazy("Completions, edits and chats, and whether they were taken."),
        (
            Piece(
                "~/.continue/config.yaml",
                "yaml",
                """
data:
  - name: Emend
    destination: {url}/ingest/continue
    schema: 0.2.0
    level: all
    apiKey: {key}
""",
                gettext_lazy("With level: noCode it reports what happened and no code."),
            ),
        ),
    ),
    Tool(
        "copilot",
        "GitHub Copilot",
        "otlp",
        gettext_lazy("Accepted and rejected edits, hunk by hunk, and how much of them survives."),
        (
            Piece(
                "settings.json (VS Code)",
                "json",
                """
{
  "github.copilot.chat.otel.enabled": true,
  "github.copilot.chat.otel.exporterType": "otlp-http",
  "github.copilot.chat.otel.otlpEndpoint": "{url}/ingest/otlp",
  "github.copilot.chat.otel.captureContent": true
}
""",
                gettext_lazy("Without captureContent it sends no prompts and no code."),
            ),
            Piece(
                ENVIRONMENT,
                "sh",
                OTEL_HEADERS,
                gettext_lazy("Set where the editor starts, so that it sends its key."),
            ),
        ),
    ),
    Tool(
        "claude-code",
        "Claude Code",
        "otlp",
        gettext_lazy("What it wrote, and which of its edits were accepted or rejected."),
        (
            Piece(
                "~/.claude/settings.json",
                "json",
                """
{
  "env": {
    "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
    "OTEL_LOGS_EXPORTER": "otlp",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "{url}/ingest/otlp",
    "OTEL_EXPORTER_OTLP_HEADERS": "x-api-key={key}",
    "OTEL_LOG_TOOL_DETAILS": "1"
  }
}
""",
                gettext_lazy("Without OTEL_LOG_TOOL_DETAILS it sends decisions and no code."),
            ),
        ),
    ),
    Tool(
        "codex",
        "Codex CLI",
        "otlp",
        gettext_lazy("Patches, and which of them were approved or denied."),
        (
            Piece(
                "~/.codex/config.toml",
                "toml",
                """
[otel]
log_user_prompt = false

[otel.exporter.otlp-http]
endpoint = "{url}/ingest/otlp/v1/logs"
protocol = "binary"
headers = { "x-api-key" = "{key}" }
""",
            ),
        ),
    ),
    Tool(
        "opentelemetry",
        "OpenTelemetry",
        "otlp",
        gettext_lazy("Calls of models as spans, evaluations and corrections as events."),
        (
            Piece(
                ENVIRONMENT,
                "sh",
                f"""
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_EXPORTER_OTLP_ENDPOINT={{url}}/ingest/otlp
{OTEL_HEADERS}
""",
            ),
        ),
    ),
    Tool(
        "tabby",
        "Tabby",
        "tabby",
        gettext_lazy("Which completions were shown, selected and dismissed."),
        (
            Piece(
                "nginx.conf",
                "nginx",
                """
location = /v1/events {
    proxy_pass {url}/ingest/tabby/v1/events;
    proxy_ssl_server_name on;
    proxy_set_header Authorization "Bearer {key}";
}
location / {
    proxy_pass http://127.0.0.1:8080;
}
""",
                gettext_lazy("A proxy before your Tabby server sends its events here."),
            ),
            Piece(
                "~/.tabby-client/agent/config.toml",
                "toml",
                """
[server]
endpoint = "http://tabby-proxy.example.org"
token = "auth_of_your_tabby_server"
""",
                gettext_lazy("Each agent's server is the proxy; its token stays that of Tabby."),
            ),
        ),
    ),
)
