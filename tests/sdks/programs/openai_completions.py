"""OpenAI: a completion with its answer is stored, then marked, then read back."""

import os

from openai import BadRequestError, NotFoundError, OpenAI, PermissionDeniedError

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

reader = OpenAI(
    base_url=f"{os.environ['URL']}/ingest/openai/v1", api_key=os.environ["TOKEN"], max_retries=0
)
again = reader.chat.completions.retrieve(stored.id)
assert again.choices[0].message.content == "x = 1"
assert again.metadata == {"user": "u1", "episode": "e1", "accepted": "true"}, again.metadata
listed = list(reader.chat.completions.list(limit=1, metadata={"episode": "e1"}, order="desc"))
assert [each.id for each in listed] == [stored.id], listed
assert not list(reader.chat.completions.list(metadata={"episode": "e2"}))
refused = []
for who, key in ((client, stored.id), (reader, "chatcmpl-nothing")):
    try:
        who.chat.completions.retrieve(key)
    except (PermissionDeniedError, NotFoundError) as error:
        refused.append(error.status_code)
assert refused == [403, 404], refused
