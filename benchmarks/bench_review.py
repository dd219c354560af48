"""The review workspace with 10,000 and with 1,000,000 open slots, at the verb and over HTTP.

Run it as `python -m benchmarks.bench_review [--big 1000000] [--seconds 10]`. It starts its own
PostgreSQL (durable), Redis and granian, with the configuration of `manage.py up`. Both sizes are
projects of one database and take turns.
"""

import argparse
import gzip
import os
import re
import statistics
import tempfile
import threading
from importlib import import_module
from itertools import count, cycle
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import urlencode

import django
from django.core.management import call_command
from django.db import connection

from benchmarks import arrivals
from benchmarks.bench_ingest import cpu_seconds, serve
from benchmarks.bench_queue import CSRF, FILL, request, run, session_of
from config import embedded

SMALL = 10_000
REVIEWERS, RATE = 64, 200  # connected, and claims a second
REQUESTS, WARM_UP = 240, 40
PEOPLE = 12_000

# As reviews.slots opens them, in one statement: a backlog of a million is no usual batch
OPEN = """
INSERT INTO reviews_reviewtask (project_id, example_id, slot, kind, state, opened_at, is_escalated,
    lease_epoch, urgency, category_id, severity, language, repository, model_name, file_path,
    developer)
SELECT project_id, id, 1, 'plain', 'open', now(), false, 0, round(1000 * (1 - probability)),
    category_id, severity, language, repository, model_name, file_path, developer
  FROM curation_example WHERE project_id = %(p)s
"""
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
 WHERE tablename = 'reviews_reviewtask' AND indexname LIKE 'review_task_queue%'
"""
BARE = """
UPDATE reviews_reviewtask AS task
   SET state = 'leased', leased_to_id = %s, leased_at = now(),
       leased_until = now() + interval '10 minutes', lease_token = gen_random_uuid(),
       lease_epoch = lease_epoch + 1
  FROM (SELECT id FROM reviews_reviewtask
         WHERE project_id = %s AND state = 'open' AND kind = 'plain'
         ORDER BY urgency DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED) AS picked
 WHERE task.id = picked.id
RETURNING task.*
"""
GIVE_BACK = """
UPDATE reviews_reviewtask
   SET state = 'open', leased_to_id = NULL, leased_at = NULL, leased_until = NULL,
       lease_token = NULL
 WHERE state = 'leased'
"""


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--big", type=int, default=1_000_000)
    options.add_argument("--seconds", type=float, default=10, help="of each kind of claims")
    options = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="emend-bench-") as home:
        os.environ["EMEND_SECRET_KEY"] = token_urlsafe(64)
        os.environ["DATABASE_URL"] = embedded.start_postgres(Path(home))
        redis, os.environ["REDIS_URL"] = embedded.start_redis(Path(home))
        try:
            os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.development"
            django.setup()
            call_command("migrate", verbosity=0)
            sides = prepare({"10k": SMALL, f"{options.big:,}": options.big})
            child, port = serve("config.settings.development")
            pids = [child.pid, embedded.postgres_process(Path(home)).pid]
            try:
                measure(port, sides, options, pids)
            finally:
                child.terminate()
                child.wait(20)
        finally:
            redis.terminate()
            redis.wait(20)
            embedded.stop_postgres(Path(home))


class Side:
    """One project, and people who ask in turn: who comes again has given back what they held."""

    def __init__(self, project, people):
        self.project, self.people = project, cycle(people)
        self.page = f"/p/{project.slug}/review/"
        self.lock = threading.Lock()

    def person(self):
        """Somebody who holds nothing."""
        with self.lock:
            return next(self.people)


def prepare(sizes):
    """Projects with so many open slots each, and reviewers of both."""
    models, keys = import_module("governance.models"), import_module("governance.keys")
    by_slug, now = import_module("curation.categories").by_slug, import_module("lib.clock").now
    people = models.User.objects.bulk_create(
        models.User(username=f"reviewer-{n}", password="!") for n in range(PEOPLE)
    )
    sides = {}
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # a million rows, on whatever machine
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("SET session_replication_role = replica")  # no look-up of what we just wrote
        for number, (name, size) in enumerate(sizes.items()):
            project = models.Project.objects.create(slug=f"size-{number}", name=name)
            key, _ = keys.make_key(project, "bench", people[0], now())
            tree = [each.pk for each in by_slug(project).values()]
            values = {"p": project.pk, "k": key.pk, "n": size, "c": tree}
            mine = people[number :: len(sizes)]
            models.Membership.objects.bulk_create(
                models.Membership(project=project, user=each, role="reviewer") for each in mine
            )
            for statement in (*FILL, OPEN):
                cursor.execute(statement, values)
            sides[name] = Side(project, mine)
        cursor.execute("SET session_replication_role = DEFAULT")
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")
    return sides


def measure(port, sides, options, pids):
    print(f"{REVIEWERS} connected reviewers, {RATE} claims a second arriving; the rest one and")
    print("eight at a time; p50 and p95 in ms from the moment a request was due")
    print("| what | open slots | p50 | p95 | p95 of 10k | CPU ms |")
    print("|---|---|---|---|---|---|", flush=True)
    claims_at_verb(sides, options.seconds, pids)
    claims_over_http(port, sides, options.seconds, pids)
    for connections_ in (1, 8):
        pages(port, sides, connections_, pids)
    closed_loop(sides, options.seconds)
    weigh(port, sides["10k"])


def tell(what, found):
    """A row for each size: the times, p95 against the small one, CPU time a request."""
    small = None
    for size, (times, cost) in found.items():
        times = sorted(times)
        late = times[int(len(times) * 0.95)]
        small = small or late
        shown = f"{times[len(times) // 2]:.1f} | {late:.1f} | {late / small:.2f} | {cost:.2f}"
        print(f"| {what} | {size} | {shown} |", flush=True)


def costing(pids, work):
    """What `work` measured, and CPU ms of server and PostgreSQL for each of it."""
    before = cpu_seconds(pids)
    times = work()
    return times, (cpu_seconds(pids) - before) / len(times) * 1e3


def give_back():
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK)
        cursor.execute("VACUUM ANALYZE reviews_reviewtask")


def claims_at_verb(sides, seconds, pids):
    queue, clock = import_module("reviews.queue"), import_module("lib.clock")
    found = {}
    for size, side in sides.items():

        def claim(side=side):
            assert queue.claim(side.project, side.person(), clock.shared())

        arrivals.at_rate(claim, RATE, 1, threads=8)
        found[size] = costing(pids, lambda c=claim: arrivals.at_rate(c, RATE, seconds, threads=8))
        give_back()
    tell("claim, at the verb", found)


def claims_over_http(port, sides, seconds, pids):
    found = {}
    for size, side in sides.items():
        sessions = [session_of(side.person()) for _ in range(int(RATE * (seconds + 1)) + 64)]
        requests = (request("POST", f"{side.page}next", each) for each in sessions)
        arrivals.over_http(port, requests, REVIEWERS, RATE, 1)
        found[size] = costing(
            pids,
            lambda r=requests: arrivals.over_http(port, r, REVIEWERS, RATE, seconds),
        )
        give_back()
    tell("claim, over HTTP", found)


def held_items(side, how_many):
    """Slots that as many people hold, with their sessions."""
    queue, clock = import_module("reviews.queue"), import_module("lib.clock")
    for _ in range(how_many):
        person = side.person()
        yield queue.claim(side.project, person, clock.now()), session_of(person)


def submit(side, task, session):
    said = {"token": task.lease_token, "epoch": task.lease_epoch, "verdict": "accept"}
    body = urlencode(said | {"category": "logic"}).encode()
    head = (
        f"POST {side.page}{task.pk}/decide HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Cookie: sessionid={session}; csrftoken={CSRF}\r\nX-CSRFToken: {CSRF}\r\n"
        "Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def pages(port, sides, at_once, pids):
    kinds = {
        "queue, three filters": lambda side, items: (
            request("GET", f"{side.page}?language=go&severity=high&model=model-1", items[0][1])
            for _ in count()
        ),
        "open item": lambda side, items: (
            request("GET", f"{side.page}{task.pk}/", session) for task, session in items
        ),
        "submit": lambda side, items: (submit(side, *item) for item in items),
    }
    for what, ask in kinds.items():
        found = {}
        for size, side in sides.items():
            items = list(held_items(side, REQUESTS + WARM_UP + 16))
            requests = ask(side, items)
            run(port, requests, WARM_UP, at_once)
            found[size] = costing(pids, lambda r=requests: run(port, r, REQUESTS, at_once))
            give_back()
        tell(f"{what}, {at_once} at a time", found)


def closed_loop(sides, seconds):
    """Claims of one process as fast as it can, and the bare statement, taking turns."""
    queue, clock = import_module("reviews.queue"), import_module("lib.clock")
    print("\n| closed loop, one at a time | open slots | bare /s | verb /s | of bare |")
    print("|---|---|---|---|---|")
    for size, side in sides.items():

        def bare(side=side):
            with connection.cursor() as cursor:
                cursor.execute(BARE, [side.person().pk, side.project.pk])
                assert cursor.fetchone()

        def verb(side=side):
            assert queue.claim(side.project, side.person(), clock.shared())

        rates = {"bare": [], "verb": []}
        for _ in range(4):
            for name, one in (("bare", bare), ("verb", verb)):
                rates[name].append(arrivals.closed(one, seconds / 20))
            give_back()
        plain, ours = (statistics.median(rates[name][1:]) for name in ("bare", "verb"))
        print(f"| claim | {size} | {plain:.0f} | {ours:.0f} | {ours / plain:.0%} |", flush=True)


def weigh(port, side):
    """Bytes of the first load and of the next item, as gzip leaves them."""
    [(task, session)] = held_items(side, 1)
    page = arrivals.body(port, f"{side.page}{task.pk}/", session)
    part = arrivals.body(port, f"{side.page}{task.pk}/", session, "HX-Request: true\r\n")
    seen, queue_ = {}, re.findall(rb'(?:src|href)="(/static/[^"#]+)', page)
    while queue_:
        path = queue_.pop().decode()
        if path in seen:
            continue
        seen[path] = arrivals.body(port, path, session)
        folder = path.rpartition("/")[0]
        for name in re.findall(rb'(?:from|import)\s*["\']\./([^"\']+)', seen[path]):
            queue_.append(f"{folder}/{name.decode()}".encode())
    first = len(gzip.compress(page)) + sum(len(gzip.compress(each)) for each in seen.values())
    print(f"\nfirst load: {first / 1000:.1f} kB in {len(seen) + 1} responses;", end=" ")
    print(f"next item: {len(gzip.compress(part)) / 1000:.1f} kB")


if __name__ == "__main__":
    main()
