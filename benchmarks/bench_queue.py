"""The queue page and `claim next` with 10,000 and with 100,000 open slots, over HTTP, in one run.

Run it as `python -m benchmarks.bench_queue [--rounds 5] [--requests 400]`. It starts its own
PostgreSQL (durable), Redis and granian, with the configuration of `manage.py up`. Both sizes are
projects of one database and take turns; every claim is made by a reviewer who holds nothing.
"""

import argparse
import os
import selectors
import statistics
import tempfile
import time
from importlib import import_module
from itertools import count
from pathlib import Path
from secrets import token_urlsafe

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from benchmarks.bench_ingest import cpu_seconds, serve
from benchmarks.load import Connection
from config import embedded

SIZES = {"10k": 10_000, "100k": 100_000}
CONNECTIONS = 8
WARM_UP = 50
CSRF = "benchmarkbenchmarkbenchmarkbench"  # 32 characters, as Django makes them

FILL = (
    """INSERT INTO feedback_blob (id, project_id, sha256, text)
    SELECT md5(concat(%(p)s, '-', n))::uuid, %(p)s, md5(n::text), 'x = ' || n
    FROM generate_series(0, 2) n""",
    """INSERT INTO feedback_generation (project_id, key_id, client_id, payload_sha256, extra,
        occurred_at, session, developer, prompt_id, output_id, language, file_path, repository,
        model_name)
    SELECT %(p)s, %(k)s, 'g' || n, '', '{}', now(), '', 'dev-' || n %% 40,
        md5(concat(%(p)s, '-', 0))::uuid, md5(concat(%(p)s, '-', 1))::uuid,
        (ARRAY['python', 'go', 'typescript', 'rust', 'kotlin'])[1 + n %% 5],
        'src/part_' || n %% 300 || '/file_' || n || '.py',
        'team/repo-' || n %% 25, 'model-' || n %% 3
    FROM generate_series(1, %(n)s) n""",
    """INSERT INTO feedback_correction (project_id, key_id, client_id, payload_sha256, extra,
        occurred_at, session, developer, generation_id, corrected_id, category, severity, comment)
    SELECT project_id, key_id, 'c' || id, '', '{}', occurred_at, '', developer, id,
        md5(concat(%(p)s, '-', 2))::uuid, '',
        (ARRAY['low', 'medium', 'high', 'critical'])[1 + id %% 4], ''
    FROM feedback_generation WHERE project_id = %(p)s""",
    """INSERT INTO curation_example (project_id, correction_id, prompt_id, output_id, ideal_id,
        language, file_path, repository, session, developer, model_name, severity, occurred_at,
        state, category_id, probability, labelled_at)
    SELECT c.project_id, c.id, g.prompt_id, g.output_id, c.corrected_id, g.language, g.file_path,
        g.repository, '', c.developer, g.model_name, c.severity, c.occurred_at, 'labelled',
        (%(c)s::bigint[])[1 + c.id %% 5], (c.id * 7919 %% 1000) / 1000.0, now()
    FROM feedback_correction c JOIN feedback_generation g ON g.id = c.generation_id
    WHERE c.project_id = %(p)s""",
)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--requests", type=int, default=400, help="of each kind in a round")
    options = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="emend-bench-") as home:
        os.environ["EMEND_SECRET_KEY"] = token_urlsafe(64)
        os.environ["DATABASE_URL"] = embedded.start_postgres(Path(home))
        redis, os.environ["REDIS_URL"] = embedded.start_redis(Path(home))
        try:
            people = (options.rounds + 1) * max(options.requests, WARM_UP)
            cookies = {name: prepare(name, size, people) for name, size in SIZES.items()}
            child, port = serve("config.settings.development")
            try:
                postgres = embedded.postgres_process(Path(home)).pid
                measure(port, cookies, options, {"web": [child.pid], "PostgreSQL": [postgres]})
            finally:
                child.terminate()
                child.wait(20)
        finally:
            redis.terminate()
            redis.wait(20)
            embedded.stop_postgres(Path(home))


def prepare(slug, size, people):
    """A project with so many open slots; session cookies of as many reviewers."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    if not settings.configured:
        django.setup()
        call_command("migrate", verbosity=0)
    models, keys = import_module("governance.models"), import_module("governance.keys")
    clock, slots = import_module("lib.clock"), import_module("reviews.slots")
    project = models.Project.objects.create(slug=slug, name=slug)
    reviewers = models.User.objects.bulk_create(
        models.User(username=f"{slug}-{n}", password="!") for n in range(people)
    )
    models.Membership.objects.bulk_create(
        models.Membership(project=project, user=each, role="reviewer") for each in reviewers
    )
    key, _ = keys.make_key(project, "bench", reviewers[0], clock.now())
    tree = import_module("curation.categories").by_slug(project)
    values = {"p": project.pk, "k": key.pk, "n": size, "c": [each.pk for each in tree.values()]}
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, values)
        while slots.open_tasks(clock.now()):
            continue
        cursor.execute("VACUUM ANALYZE")
    return [session_of(each) for each in reviewers]


def session_of(person):
    """The key of a session in which the person is logged in."""
    auth = import_module("django.contrib.auth")
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[auth.SESSION_KEY] = str(person.pk)
    store[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[auth.HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    return store.session_key


def request(method, path, session):
    """A request of a browser that is logged in."""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={session};"
        f" csrftoken={CSRF}\r\nX-CSRFToken: {CSRF}\r\nContent-Length: 0\r\n\r\n"
    ).encode()


def kinds(slug, sessions):
    """The requests that are measured, each endless but the claims, which need fresh reviewers."""
    first = sessions[0]
    page = f"/p/{slug}/review/"
    fresh = iter(sessions)
    return {
        "queue page": (request("GET", page, first) for _ in count()),
        "queue page, two filters": (
            request("GET", f"{page}?language=go&severity=high", first) for _ in count()
        ),
        "queue page, a filter nothing passes": (
            request("GET", f"{page}?language=cobol", first) for _ in count()
        ),
        "claim next": (request("POST", f"{page}next", next(fresh)) for _ in count()),
    }


def run(port, requests, how_many, connections=CONNECTIONS):
    """Milliseconds of each of so many requests, so many of them always in flight."""
    clients = [Connection(port, requests) for _ in range(connections)]
    times = []
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
            client.send()
        left = how_many - connections
        while len(times) < how_many:
            for ready, _ in selector.select():
                client = ready.data
                status = client.answered()
                if status is None:
                    continue
                if status not in (200, 302) or b"/accounts/login" in client.received[:1000]:
                    raise AssertionError(client.received[:2000])
                times.append((time.perf_counter() - client.since) * 1e3)
                if left > 0:
                    left -= 1
                    client.send()
    for client in clients:
        client.socket.close()
    return sorted(times)


def measure(port, cookies, options, processes):
    """Alternate the sizes and print medians over the rounds; ratios are within a round.

    The CPU time of the server and of PostgreSQL is printed beside, because it says the same on a
    machine that is busy with something else.
    """
    asked = {slug: kinds(slug, sessions) for slug, sessions in cookies.items()}
    print(f"{options.rounds} rounds of {options.requests} requests each, alternating;")
    print(f"{CONNECTIONS} connections; medians over the rounds")
    used = [f"CPU ms {name}" for name in processes]
    print(
        "| " + " | ".join(["request", "open slots", "p50 ms", "p95 ms", "p95 of 10k", *used]), "|"
    )
    print("|---" * (5 + len(used)) + "|")
    for kind in asked["10k"]:
        found = {slug: [] for slug in asked}
        for turn in range(options.rounds + 1):
            for slug, each in asked.items():
                how_many = options.requests if turn else WARM_UP
                before = [cpu_seconds(pids) for pids in processes.values()]
                times = run(port, each[kind], how_many)
                after = [cpu_seconds(pids) for pids in processes.values()]
                cost = [(b - a) * 1e3 / how_many for a, b in zip(before, after, strict=True)]
                if turn:
                    middle, late = times[len(times) // 2], times[int(len(times) * 0.95)]
                    found[slug].append((middle, late, *cost))
        for slug, results in found.items():
            middle, late, *cost = (
                statistics.median(column) for column in zip(*results, strict=True)
            )
            pairs = zip(results, found["10k"], strict=True)
            ratio = statistics.median(mine[1] / small[1] for mine, small in pairs)
            shown = [f"{each:.1f}" for each in (middle, late)]
            shown += [f"{ratio:.2f}", *(f"{each:.2f}" for each in cost)]
            print("| " + " | ".join([kind, slug, *shown]), "|", flush=True)


if __name__ == "__main__":
    main()
