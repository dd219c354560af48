"""Putting examples into clusters of near-duplicates, beside the bare sketches, in one run.

Run it as `python -m benchmarks.bench_clusters [--examples 20000] [--parts 4]`. It starts its own
durable PostgreSQL. The code is that of functions of the installed packages, each with a line
changed as its correction; one in five comes again with a word renamed. Each part is compared by
Emend, as a worker does it, and by sketches of numpy in memory; by datasketch, where installed.
"""

import argparse
import ast
import importlib.util
import os
import random
import sysconfig
import tempfile
import time
from importlib import import_module
from itertools import batched
from pathlib import Path
from secrets import token_urlsafe

import django
from django.core.management import call_command

from config import embedded

LONGEST = 6_000  # characters of a function


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--examples", type=int, default=20_000)
    options.add_argument("--parts", type=int, default=4)
    options = options.parse_args()
    texts = corrections(options.examples)
    with tempfile.TemporaryDirectory(prefix="emend-bench-") as home:
        os.environ["EMEND_SECRET_KEY"] = token_urlsafe(64)
        os.environ["DATABASE_URL"] = embedded.start_postgres(Path(home))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
        try:
            django.setup()
            call_command("migrate", verbosity=0)
            measure(texts, options.parts)
        finally:
            embedded.stop_postgres(Path(home))


def functions():
    """The source of real functions, file by file."""
    for path in sorted(Path(sysconfig.get_path("purelib")).rglob("*.py")):
        try:
            source = path.read_text("utf-8")
            tree = ast.parse(source)
        except (UnicodeDecodeError, SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                text = ast.get_source_segment(source, node) or ""
                if 120 < len(text) < LONGEST and "\0" not in text:
                    yield text


def corrections(count):
    """So many outputs with their corrections; one in five is a near-duplicate of an earlier one."""
    choose = random.Random(1)
    made = []
    for text in functions():
        lines = text.split("\n")
        lines[choose.randrange(len(lines))] += "  # checked"
        made.append((text, "\n".join(lines)))
        if len(made) % 5 == 4:
            output, ideal = choose.choice(made)
            made.append((output.replace("self", "this", 1), ideal.replace("self", "this", 1)))
        if len(made) >= count:
            break
    return made


def prepare(texts):
    """A project with a labelled example of each, none of them compared."""
    models, clock = import_module("governance.models"), import_module("lib.clock")
    curation = import_module("curation.models")
    person = models.User.objects.create(username="bench")
    project = models.Project.objects.create(slug="bench", name="bench")
    key, _ = import_module("governance.keys").make_key(project, "bench", person, clock.now())
    category = import_module("curation.categories").by_slug(project)["other"]
    ingest = import_module("feedback.ingest")
    for rows in batched(enumerate(texts), 400):
        records = []
        for number, (output, ideal) in rows:
            about = {"id": f"g{number}", "prompt": f"Write part {number}."}
            records.append({"type": "generation", "output": output, **about})
            told = {"generation": f"g{number}", "corrected": ideal}
            records.append({"type": "correction", "id": f"c{number}", **told})
        ingest.receive(key, records, clock.now())
    import_module("curation.intake").pull(clock.now())
    curation.Example.objects.update(state="labelled", category=category)
    return project


def in_numpy(texts):
    """Sketches and candidates of these texts alone, in memory; how many pairs are near."""
    nearness = import_module("curation.nearness")
    words = nearness.Vocabulary()
    found = [nearness.shingles(*each, words) for each in texts]
    pairs = set(nearness.candidates(nearness.sketches(found)))
    return sum(nearness.similarity(found[a], found[b]) >= nearness.NEAR for a, b in pairs)


def in_datasketch(texts):
    """The same with datasketch, whose index answers without comparing word by word."""
    datasketch, nearness = import_module("datasketch"), import_module("curation.nearness")
    index = datasketch.MinHashLSH(threshold=nearness.NEAR, num_perm=nearness.PERMUTATIONS)
    near = 0
    for place, sides in enumerate(texts):
        tokens = [nearness.TOKEN.findall(side) for side in sides]
        runs = {
            f"{side} {' '.join(each[at : at + 5])}".encode()
            for side, each in enumerate(tokens)
            for at in range(max(len(each) - 4, 1))
        }
        sketch = datasketch.MinHash(nearness.PERMUTATIONS)
        sketch.update_batch(list(runs))
        near += len(index.query(sketch))
        index.insert(str(place), sketch)
    return near


def timed(call, *args):
    """Seconds, and what was returned."""
    start = time.perf_counter()
    found = call(*args)
    return time.perf_counter() - start, found


def measure(texts, parts):
    """Compare a part after the other, each side in turn, and print rates."""
    project = prepare(texts)
    clusters, clock = import_module("curation.clusters"), import_module("lib.clock")
    models = import_module("curation.models")
    others = {"numpy in memory": in_numpy}
    if importlib.util.find_spec("datasketch"):
        others["datasketch"] = in_datasketch
    print(f"{len(texts)} examples; rows/s")
    print(f"| compared before | Emend | {' | '.join(others)} | Emend, of numpy |")
    print("|---|---|" + "---|" * (len(others) + 1))
    size = len(texts) // parts
    for part in range(parts):
        taken = texts[part * size : (part + 1) * size]
        seconds, done = timed(clusters.join_waiting, size, clock.now())
        assert done == size, done
        rates = {name: size / timed(other, taken)[0] for name, other in others.items()}
        told = " | ".join(f"{rate:,.0f}" for rate in rates.values())
        share = size / seconds / rates["numpy in memory"]
        print(f"| {part * size:,} | {size / seconds:,.0f} | {told} | {share:.0%} |", flush=True)
    alive = models.Cluster.objects.filter(project=project, merged_into=None)
    sizes = sorted(alive.values_list("size", flat=True), reverse=True)
    print(f"clusters {len(sizes)}, the largest {sizes[:3]}, examples in them {sum(sizes)}")


if __name__ == "__main__":
    main()
