"""The least a Django view can do to store a generation durably: what ingest is measured against.

Settings and addresses in one module: no middleware, no key, no checks, the same rows.
"""

import orjson
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import path

from benchmarks.bare_rows import BLOBS, ROW, rows_of
from config.settings.development import *  # noqa: F403  the same database and pool

INSTALLED_APPS = []
MIDDLEWARE = []
ROOT_URLCONF = "benchmarks.bare"


def store(request, project, key):
    body = request.body
    sent = orjson.loads(body)
    many = sent if isinstance(sent, list) else [sent]
    rows = [rows_of(each, project, key) for each in many]
    with transaction.atomic(), connection.cursor() as cursor:
        if len(rows) > 1:
            cursor.executemany(BLOBS, [blobs for blobs, _ in rows])
            cursor.executemany(ROW, [row for _, row in rows])
        else:
            cursor.execute(BLOBS, rows[0][0])
            cursor.execute(ROW, rows[0][1])
    answer = b'{"status":201}'
    headers = {"Content-Type": "application/json", "Content-Length": str(len(answer))}
    return HttpResponse(answer, headers=headers, status=201)


urlpatterns = [path("bare/<int:project>/<int:key>", store)]
