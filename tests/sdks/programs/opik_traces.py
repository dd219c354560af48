"""Opik: a trace with its texts, then a score of it."""

import os

os.environ |= {
    "OPIK_URL_OVERRIDE": f"{os.environ['URL']}/ingest/opik/api",
    "OPIK_API_KEY": os.environ["KEY"],
    "OPIK_WORKSPACE": "default",
    "OPIK_SENTRY_ENABLE": "false",
}

import opik  # noqa: E402  reads its environment when it is imported

client = opik.Opik(project_name="p")
trace = client.trace(name="complete", input={"prompt": "set x"}, output={"code": "x = 1"})
trace.end()
client.log_traces_feedback_scores(
    scores=[{"id": trace.id, "name": "accepted", "value": 1.0, "reason": "kept"}]
)
assert client.flush(timeout=20)
client.end()
