"""Langfuse: a traced generation, then scores and a correction of it."""

import os

from langfuse import Langfuse

client = Langfuse(
    public_key="pk-lf-1", secret_key=os.environ["KEY"], host=f"{os.environ['URL']}/ingest/langfuse"
)
assert client.auth_check()
with client.start_as_current_observation(
    name="complete", as_type="generation", model="small-coder", input="set x", output="x = 1"
) as made:
    trace, observation = made.trace_id, made.id
client.create_score(
    name="accepted",
    value=1,
    trace_id=trace,
    observation_id=observation,
    data_type="BOOLEAN",
    comment="ok",
)
client.create_score(
    name="output",
    value="x = 2\n",
    trace_id=trace,
    observation_id=observation,
    data_type="CORRECTION",
)
client.flush()
client.shutdown()
