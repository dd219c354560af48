"""How long a diff takes: compared and painted on the server, and until a browser hears a key.

Run it as `python -m benchmarks.bench_diff [--rounds 5] [--lines 5000] [--without-browser]`. The
texts are this repository's own Python, edited. The first table takes turns with difflib on the
same lines, in milliseconds of CPU; it is about `reviews.diffing.diff` alone, which also pairs,
marks, colours and paints the first window. The second starts PostgreSQL, Redis and granian as
`manage.py up` does and a Chromium, opens items that a reviewer holds from the queue in the same
tab, as reviewers do, and sends keys every few milliseconds from when the document exists: what
counts is when one was first acted upon, on the clock. An empty page, opened in turn with it, says
what any page takes on this machine. The last column is what the page costs the browser's main
thread until its keys act, in milliseconds of CPU, which other work does not change.
"""

import argparse
import difflib
import os
import statistics
import tempfile
import time
from importlib import import_module
from pathlib import Path
from secrets import token_urlsafe

import django
from django.conf import settings
from django.core.management import call_command

from config import embedded
from reviews.diffing import How, diff

ROOT = Path(__file__).parents[1]
APPS = ("config", "lib", "governance", "feedback", "curation", "reviews", "deployments", "tests")

# Presses 2 (a category) until one is chosen, and j until a line is marked; says when, in ms since
# the navigation began. Modules run after the document is parsed, so the first keys are lost.
PRESS = """
const press = (key) => document.body?.dispatchEvent(new KeyboardEvent(
  "keydown", {key, code: key === "2" ? "Digit2" : "KeyJ", bubbles: true, cancelable: true}));
const timer = setInterval(() => {
  const done = document.querySelectorAll("#decision [name=category]")[1];
  if (done && !window.decides) { press("2"); if (done.checked) window.decides = performance.now(); }
  if (document.querySelector("[data-row]")) {
    window.rows ??= performance.now();
    press("j");
    if (!document.querySelector(".is-cursor")) return;
    window.moves = performance.now();
    clearInterval(timer);
  }
}, 4);
"""


# Whoever leaves a page gives its item back soon, and on a busy machine this leaves for longer
STAY = "navigator.sendBeacon = () => true;"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--lines", type=int, nargs="+", default=[500, 5_000, 20_000])
    options.add_argument("--without-browser", action="store_true")
    options = options.parse_args()
    if options.without_browser:
        settings.configure(USE_I18N=False)
    else:  # first, since it makes the settings that the other one's words need
        in_a_browser(options.lines, options.rounds)
    on_the_server(options.lines, options.rounds)


def texts(size):
    """So many lines, and what became of them in three ways."""
    code = "".join(path.read_text() for app in APPS for path in sorted((ROOT / app).rglob("*.py")))
    old = code.splitlines()[:size]
    some = [f"{line}  # edited" if n % 50 == 25 else line for n, line in enumerate(old)]
    every = [f"{line}  # {n}" for n, line in enumerate(old)]
    swapped = old[size // 2 :] + old[: size // 2]
    edits = {"2 % of lines": some, "every line": every, "halves swapped": swapped}
    return "\n".join(old), {name: "\n".join(new) for name, new in edits.items()}


def on_the_server(sizes, rounds):
    """Alternate between difflib and the diff as it is read; medians over the rounds."""
    print("| lines | edited | SequenceMatcher | diff | without formatting |")
    print("|---|---|---|---|---|")
    for size in sizes:
        old, edits = texts(size)
        for name, new in edits.items():
            times = {side: [] for side in SIDES}
            for turn in range(rounds + 1):
                for side, run in SIDES.items():
                    before = time.process_time()
                    run(old, new)
                    if turn:
                        times[side].append((time.process_time() - before) * 1e3)
            found = " | ".join(f"{statistics.median(each):.0f}" for each in times.values())
            print(f"| {size:,} | {name} | {found} |", flush=True)


def matched(old, new):
    """What difflib makes of the lines: which are equal, and no more."""
    difflib.SequenceMatcher(None, old.split("\n"), new.split("\n")).get_opcodes()


def compared(old, new):
    diff(old, new, language="python")


def compared_as_syntax(old, new):
    diff(old, new, language="python", how=How(hide="format"))


SIDES = {"difflib": matched, "diff": compared, "format": compared_as_syntax}


def in_a_browser(sizes, rounds):
    """Open each size in turn, in a warm browser; medians over the rounds."""
    with tempfile.TemporaryDirectory(prefix="emend-bench-") as home:
        os.environ["EMEND_SECRET_KEY"] = token_urlsafe(64)
        os.environ["DATABASE_URL"] = embedded.start_postgres(Path(home))
        redis, os.environ["REDIS_URL"] = embedded.start_redis(Path(home))
        try:
            cookie, paths = prepare(sizes)
            child, port = import_module("benchmarks.bench_ingest").serve(
                "config.settings.development"
            )
            try:
                browse(f"http://127.0.0.1:{port}", cookie, paths, rounds)
            finally:
                child.terminate()
                child.wait(20)
        finally:
            redis.terminate()
            redis.wait(20)
            embedded.stop_postgres(Path(home))


def prepare(sizes):
    """A project whose items are the texts, all held by one reviewer: a session, and addresses."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    if not settings.configured:
        django.setup()
    call_command("migrate", verbosity=0)
    builders, reviews = import_module("tests.builders"), import_module("tests.reviews_builders")
    queue, clock = import_module("reviews.queue"), import_module("lib.clock")
    project = builders.make_project()
    person = builders.make_reviewer(project)
    paths = {}
    for size in sizes:
        old, edits = texts(size)
        for name, new in edits.items():
            task = reviews.make_task(project, output=old, ideal=new, file_path="bench.py")
            queue.claim_task(task, person, clock.now())
            paths[size, name] = f"/p/{project.slug}/review/{task.pk}/"
    return import_module("benchmarks.bench_queue").session_of(person), paths


def browse(base, session, paths, rounds):
    """Print when the first key was heard, when the first lines stood there, and when j moved."""
    find = import_module("tests.browser.conftest").find_chromium
    playwright = import_module("playwright.sync_api").sync_playwright
    print(
        "| lines | edited | an empty page, ms | a decision key, ms | lines, ms | j moves, ms"
        " | main thread, CPU ms |"
    )
    print("|---|---|---|---|---|---|---|")
    with playwright() as driver:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=find(), args=["--disable-gpu", *sandbox])
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
        context.add_init_script(STAY)
        page, pressed = context.new_page(), context.new_page()
        pressed.add_init_script(PRESS)
        for (size, name), path in paths.items():
            times = [opened(page, pressed, base, path) for _ in range(rounds + 1)][1:]
            middle = [statistics.median(column) for column in zip(*times, strict=True)]
            found = " | ".join(f"{each:.0f}" for each in middle)
            print(f"| {size:,} | {name} | {found} |", flush=True)
        browser.close()


def opened(page, pressed, base, path):
    """When keys were heard and lines seen, on the clock; the CPU of a page that gets no keys."""
    queue = f"{base}{path.rsplit('/', 2)[0]}/"
    page.goto("about:blank")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(base + path, wait_until="domcontentloaded")
    measured = session.send("Performance.getMetrics")["metrics"]
    session.detach()
    cpu = next(each["value"] for each in measured if each["name"] == "TaskDuration") * 1e3
    page.goto("about:blank")
    settled(pressed, queue)
    pressed.goto(f"{base}/healthz")
    empty = pressed.evaluate("performance.getEntriesByType('navigation')[0].domInteractive")
    settled(pressed, queue)
    pressed.goto(base + path, wait_until="commit")
    pressed.wait_for_function("() => window.moves", timeout=60_000)
    times = pressed.evaluate("[window.decides, window.rows, window.moves]")
    return [empty, *times, cpu]


def settled(page, address):
    """The page, with nothing of it under way any more."""
    page.goto(address)
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
