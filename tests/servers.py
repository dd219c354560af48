"""A pytest plugin: PostgreSQL and Redis for this run, thrown away after it.

It is loaded with -p, because Django's settings are read before any conftest.
"""

import atexit
import os
import shutil
import signal
import tempfile
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"

from config import embedded  # noqa: E402  importing config makes the Celery app, which reads it
from tests import migrated  # noqa: E402

home = Path(tempfile.mkdtemp(prefix="emend-test-"))
atexit.register(shutil.rmtree, home, ignore_errors=True)  # runs last: after the servers stopped
# `timeout`, CI and the like end a run by SIGTERM; end it as Ctrl-C does, servers included
signal.signal(signal.SIGTERM, signal.default_int_handler)

if "DATABASE_URL" not in os.environ:
    migrated.copy_into(home)
    os.environ["EMEND_TEST_TEMPLATE"] = migrated.TEMPLATE
    atexit.register(embedded.stop_postgres, home)
    os.environ["DATABASE_URL"] = embedded.start_postgres(home, durable=False)
# Workers side by side share the server, each with a database of its own; what is in Redis has no
# such names, so each has a Redis
if "REDIS_URL" not in os.environ or "PYTEST_XDIST_WORKER" in os.environ:
    redis_process, os.environ["REDIS_URL"] = embedded.start_redis(home)
    atexit.register(redis_process.wait, 10)
    atexit.register(redis_process.terminate)
