"""What looks at all rows together, alone: peak memory and seconds, up to a million rows.

Run it as `python -m benchmarks.bench_together [--rows 10000 100000 1000000]`. No database. A row is
200 numbers for the runs of its tokens and 2.5 kB of text nobody reads; of ten, one nearly equals
one of the thousand before it. Each size has a process of its own, which takes in what workers would
have found and writes all files.
"""

import argparse
import importlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import orjson

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
PART, RUNS = 500, 200
TEXT = "x = y(z)\n" * 100


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    options.add_argument("--one", type=int, help="this size in this process")
    options = options.parse_args()
    if options.one:
        one(options.one)
        return
    print("| rows | taken in, CPU s | together, CPU s | CPU us a row | peak MiB | kept |")
    print("|---|---|---|---|---|---|", flush=True)
    for count in options.rows:
        subprocess.run(
            [sys.executable, "-m", "benchmarks.bench_together", "--one", str(count)], check=True
        )


def one(count):
    importlib.import_module("django").setup()
    from_file = importlib.import_module("curation.from_file")
    recipe = importlib.import_module("curation.recipe").Recipe()
    spent, made = [], parts(count)

    def runner(asked):
        for part in made:
            began = time.process_time()
            yield part
            spent.append(time.process_time() - began)
        spent.append(-time.process_time())

    with tempfile.TemporaryDirectory(prefix="emend-bench-") as home:
        asked = from_file.Asked(Path(home) / "in", Path(home) / "out", recipe, ())
        report = from_file.curate(asked, lambda text: None, runner)
    together = time.process_time() + spent.pop()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each = 1e6 * together / count
    told = f"{sum(spent):.1f} | {together:.1f} | {each:.0f} | {peak:,.0f}"
    print(f"| {count:,} | {told} | {report['rows']['kept']:,} |", flush=True)


def parts(count):
    """What workers would have found of so many rows, a part at a time."""
    pipeline = importlib.import_module("curation.stages.pipeline")
    near = importlib.import_module("curation.stages.near")
    shingles = importlib.import_module("curation.stages.shingles")
    choose = np.random.default_rng(1)
    before = None
    for start in range(0, count, PART):
        size = min(PART, count - start)
        numbers = choose.integers(0, 1 << 63, (size, RUNS), dtype=np.uint64)
        if before is not None:
            twins = np.flatnonzero(choose.random(size) < 0.1)
            numbers[twins, 20:] = before[choose.integers(0, len(before), len(twins)), 20:]
        before = numbers
        owner = np.repeat(np.arange(size), RUNS)
        runs = shingles.Runs(numbers.reshape(-1), owner, size)
        yield pipeline.Local(
            size, facts(pipeline, start, size), rows(start, size), near.folded(runs),
            near.Index.of(shingles.sketches(runs)), labels(start, size), [],
        )  # fmt: skip


def names(start, size):
    return [f"r{number:07}" for number in range(start, start + size)]


def facts(pipeline, start, size):
    found = {name: [""] * size for name in pipeline.FACTS.names}
    found["id"] = names(start, size)
    found["content"] = [f"{number:032x}" for number in range(start, start + size)]
    found["digest"] = [f"{number:064x}" for number in range(start, start + size)]
    found["category"], found["evidence"] = ["logic"] * size, [""] * size
    found["repository"] = [f"team/{number // 50}" for number in range(start, start + size)]
    found["session"] = [f"s{number // 3}" for number in range(start, start + size)]
    found["probability"], found["edit"] = [0.9] * size, [10] * size
    found["has_output"], found["late"] = [True] * size, [False] * size
    return importlib.import_module("pyarrow").table(found, schema=pipeline.FACTS)


def rows(start, size):
    sides = {"prompt": TEXT[:700], "rejected": TEXT, "chosen": TEXT}
    return [orjson.dumps({"id": name, **sides}) for name in names(start, size)]


def labels(start, size):
    told = {"category": "logic", "category_probability": 0.9, "votes": []}
    return [(name, orjson.dumps({"id": name, **told})) for name in names(start, size)]


if __name__ == "__main__":
    main()
