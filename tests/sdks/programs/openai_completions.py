"""OpenAI: a completion with its answer is stored, then marked."""

import os

from openai import BadRequestError, OpenAI

client = OpenAI(
    base_url=f"{os.environ['URL']}/ingest/openai/v1", api_key=os.environ["KEY"], max_retries=0
)
asked = [{"role": "user", "content": "set x"}]
answered = [*asked, {"role": "assistant", "content": "x = 1"}]
stored = client.chat.completions.create(
    model="small-coder", messages=answered, store=True, metadata={"user": "u1", "episode": "e1"}
)
assert stored.choices[0].message.content == "x = 1"
marked = client.chat.completions.update(stored.id, metadata={"accepted": "true"})
assert marked.metadata == {"accepted": "true"}
refusal = ""
try:
    client.chat.completions.create(model="small-coder", messages=asked, store=True)
except BadRequestError as refused:
    refusal = str(refused)
assert "writes none" in refusal, refusal or "answered with code that no model wrote"
