"""The least a Django view can do to store a generation durably: what ingest is measured against.

Settings and addresses in one module: no middleware, no key, no checks, the same rows.
"""

from hashlib import sha256
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import path

from config.settings.development import *  # noqa: F403  the same database and pool

INSTALLED_APPS = []
MIDDLEWARE = []
ROOT_URLCONF = "benchmarks.bare"

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


def store(request, project, key):
    body = request.body
    sent = orjson.loads(body)
    blobs = []
    for text in (sent["prompt"], sent["output"]):
        data = text.encode()
        pk = UUID(bytes=sha256(b"%d\n%b" % (project, data)).digest()[:16])
        blobs += (pk, project, sha256(data).hexdigest(), text)
    digest = sha256(body).hexdigest()
    context = [sent[name] for name in ("language", "file_path", "repository", "model_name")]
    about = [sent["id"], digest, sent["session"], sent["developer"]]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BLOBS, blobs)
        cursor.execute(
            ROW, [project, key, *about, blobs[0], blobs[4], *context, sent["confidence"]]
        )
    answer = b'{"status":201}'
    headers = {"Content-Type": "application/json", "Content-Length": str(len(answer))}
    return HttpResponse(answer, headers=headers, status=201)


urlpatterns = [path("bare/<int:project>/<int:key>", store)]
