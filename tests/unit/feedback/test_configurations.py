"""The configurations people copy: each is what its tool reads, and leads to a door of ours."""

import ast
import json
import re
import tomllib

import pytest
import yaml

from feedback.clients.arriving import find
from feedback.clients.credentials import secret_in
from feedback.clients.registry import adapters
from feedback.configurations import tools

URL, KEY = "https://emend.example.org", "emk_" + "k" * 43
READ = {"yaml": yaml.safe_load, "json": json.loads, "toml": tomllib.loads, "python": ast.parse}
PIECES = [
    pytest.param(piece, id=f"{tool.name}-{place}")
    for tool in tools().values()
    for place, piece in enumerate(tool.pieces)
]
LOGS = ("POST", "/v1/logs")
SENDS = {  # how a tool begins, and what it puts behind the address that it is given
    "continue": ("POST", ""),
    "copilot": LOGS,
    "claude-code": LOGS,
    "codex": ("POST", ""),
    "opentelemetry": ("POST", "/v1/traces"),
    "tabby": ("POST", ""),
    "litellm": ("POST", ""),
    "openai": ("POST", "/chat/completions"),
    "mlflow": ("POST", "/api/3.0/mlflow/traces/tr-1/assessments"),
    "langfuse": ("POST", "/api/public/scores"),
    "phoenix": ("POST", "/v1/span_annotations"),
    "opik": ("PUT", "/v1/private/traces/feedback-scores"),
    "tensorzero": ("POST", "/feedback"),
    "github": ("POST", ""),
    "gitlab": ("POST", ""),
}
ADDRESS = re.compile(rf"{URL}/(?:ingest|k/(?:{KEY}|\{{[^}}]*\}}))/([\w-]+)([^\s\";,]*)")


@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_is_what_its_tool_reads(piece):
    text = piece.filled(URL, KEY)
    assert "{url}" not in text
    assert "{key}" not in text
    READ.get(piece.syntax, str)(text)


@pytest.mark.parametrize("tool", tools().values(), ids=lambda tool: tool.name)
def test_a_tool_is_given_the_address_and_the_key(tool):
    text = "\n".join(piece.filled(URL, KEY) for piece in tool.pieces)
    assert URL in text
    assert KEY in text


@pytest.mark.parametrize("name", SENDS)
def test_the_address_leads_to_a_path_of_the_client(name):
    text = "\n".join(piece.filled(URL, KEY) for piece in tools()[name].pieces)
    method, behind = SENDS[name]
    [(client, path)] = ADDRESS.findall(text)
    assert client == tools()[name].client
    find(client, method, path + behind)


def test_the_header_for_opentelemetry_is_where_the_key_is_looked_for():
    told = {tool: tools()[tool].pieces[0].filled(URL, KEY) for tool in ("claude-code", "codex")}
    header = json.loads(told["claude-code"])["env"]["OTEL_EXPORTER_OTLP_HEADERS"]
    assert secret_in(dict([header.split("=", 1)])) == KEY
    assert (
        secret_in(tomllib.loads(told["codex"])["otel"]["exporter"]["otlp-http"]["headers"]) == KEY
    )


def test_no_client_is_without_a_tool():
    assert {tool.client for tool in tools().values()} == {"", *adapters()}


def test_a_client_that_no_tool_names_is_offered_by_its_address(monkeypatch):
    monkeypatch.setattr("feedback.configurations.TOOLS", ())
    texts = [piece.filled(URL, KEY) for piece in tools()["tabby"].pieces]
    assert texts == [f"{URL}/ingest/tabby", KEY]
