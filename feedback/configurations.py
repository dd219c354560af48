"""How each tool is told to report here: its own configuration, with our address and a key.

A tool is what people install, a client what it speaks: several speak OpenTelemetry. A client
that no tool names is offered by its address alone, so that a new adapter is never missing.
"""

from django.utils.translation import gettext_lazy

from feedback.clients.registry import adapters
from feedback.editors import EDITORS
from feedback.pieces import Piece, Tool
from feedback.programs import PROGRAMS

PLACEHOLDER = "YOUR_INGEST_KEY"  # where no key was made yet
TOOLS = (*EDITORS, *PROGRAMS)
BASE = gettext_lazy("Base address")
KEY = gettext_lazy("Key")


def tools() -> dict[str, Tool]:
    """Every tool by its name: those described here, then clients that are in no tool."""
    named = {tool.client for tool in TOOLS}
    others = (
        Tool(
            name,
            adapter.CLIENT.title,
            name,
            gettext_lazy("What its own API can say."),
            (Piece(BASE, "text", f"{{url}}/ingest/{name}"), Piece(KEY, "text", "{key}")),
        )
        for name, adapter in adapters().items()
        if name not in named
    )
    return {tool.name: tool for tool in (*TOOLS, *others)}
