"""The rows that a generation is stored as, with none of our checks."""

from hashlib import sha256
from uuid import UUID

import orjson

BLOBS = (
    "INSERT INTO feedback_blob (id, project_id, sha256, text)"
    " VALUES (%s, %s, %s, %s), (%s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
)
ROW = """
INSERT INTO feedback_generation (project_id, key_id, client_id, payload_sha256, extra, occurred_at,
    session, developer, prompt_id, output_id, language, file_path, repository, model_name,
    confidence)
VALUES (%s, %s, %s, %s, '{}', now(), %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
COPIED = """
project_id, key_id, client_id, payload_sha256, session, developer, prompt_id, output_id, language,
file_path, repository, model_name, confidence, extra, occurred_at
"""


def rows_of(sent, project, key):
    """The values of BLOBS and of ROW."""
    blobs = []
    for text in (sent["prompt"], sent["output"]):
        data = text.encode()
        pk = UUID(bytes=sha256(b"%d\n%b" % (project, data)).digest()[:16])
        blobs += (pk, project, sha256(data).hexdigest(), text)
    digest = sha256(orjson.dumps(sent)).hexdigest()
    context = [sent[name] for name in ("language", "file_path", "repository", "model_name")]
    about = [sent["id"], digest, sent["session"], sent["developer"]]
    return blobs, [project, key, *about, blobs[0], blobs[4], *context, sent["confidence"]]
