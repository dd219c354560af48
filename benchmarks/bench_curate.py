"""Curating a file: rows a second of each stage and end to end, peak memory, and what is found.

Run it as `python -m benchmarks.bench_curate [--rows 10000 100000] [--stages 2000] [--near 20000]`;
a million is `--rows 1000000`. No database. Rows are made here: Python of some 700 bytes a side; of
a hundred, ten are near-duplicates (a few words renamed), two exact ones, and one holds a task of a
benchmark that is made here too. CPU seconds are of all processes; on a busy machine trust those.
"""

import argparse
import importlib
import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import orjson
import psutil

from benchmarks.curate_rows import TASKS, rows, task

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
FEW = 1_000  # rows the analysers are timed with


def by_stage(count):
    """Rows a second of CPU of each stage, in one process, batch after batch as workers do it."""
    stages = {each: importlib.import_module(f"curation.stages.{each}") for each in STAGES}
    recipe = importlib.import_module("curation.recipe").Recipe()
    prints = importlib.import_module("curation.fingerprints")
    known = prints.load(prints.PUBLIC)
    lines = [orjson.dumps(row) for row, _ in rows(count)]
    spent = {}
    shingles = stages["shingles"]

    def timed(what, call):
        began = time.process_time(), resource.getrusage(resource.RUSAGE_CHILDREN)
        made = call()
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        tools = ended.ru_utime + ended.ru_stime - began[1].ru_utime - began[1].ru_stime
        spent[what] = spent.get(what, 0) + time.process_time() - began[0] + tools
        return made

    quiet = recipe.labels.model_copy(update={"analysers": False})
    for start in range(0, count, 200):
        part = lines[start : start + 200]
        batch = timed(
            "reading, canonical",
            lambda part=part: stages["reading"].read(part, recipe.reading, recipe.canonical).rows,
        )
        batch = timed("redaction", lambda b=batch: stages["redaction"].redact(b).rows)
        for what, by, most in (
            ("labels, no analysers", quiet, count),
            ("labels", recipe.labels, 1_000),
        ):
            if start < most:
                found = timed(what, lambda b=batch, by=by: stages["labels"].labelled(b, by))
        batch = batch.assign(findings=None, category="logic", probability=0.9)
        for what, stage, criteria in (
            ("consent", "consent.allowed", recipe.consent),
            ("validity", "validity.valid", recipe.validity),
            ("parsing", "parsing.readable", recipe.parsing),
            ("outcome", "outcome.better", recipe.outcome),
        ):
            module, verb = stage.split(".")
            call = getattr(stages[module], verb)
            kept = timed(what, lambda b=batch, call=call, by=criteria: call(b, by)).kept
            batch = kept if what == "outcome" else batch
        timed(
            "decontamination",
            lambda b=batch: stages["decontamination"].clean(b, known, recipe.decontamination),
        )
        timed("exact duplicates, digests", lambda b=batch: stages["exact"].digests(b))
        sides = batch["rejected"].tolist(), batch["chosen"].tolist()
        runs = timed("near: runs of tokens", lambda s=sides: shingles.pairs(*s, 5))
        timed("near: sketches", lambda runs=runs: shingles.sketches(runs))
        timed("edits", lambda b=batch: stages["routing"].edits(b))
        assert found
    print("| stage | rows/s of CPU, one core |\n|---|---|")
    for what, seconds in spent.items():
        print(f"| {what} | {(min(FEW, count) if what == 'labels' else count) / seconds:,.0f} |")


STAGES = (
    *("reading", "redaction", "labels", "consent", "validity", "parsing", "outcome"),
    *("decontamination", "exact", "routing", "shingles"),
)


def near_duplicates(count):
    """Ours beside datasketch on the same rows: tokens, sketches, candidates; ours verifies too."""
    near = importlib.import_module("curation.stages.near")
    shingles = importlib.import_module("curation.stages.shingles")
    duplicates = importlib.import_module("curation.recipe").Duplicates()
    texts = [(row["rejected"], row["chosen"]) for row, _ in rows(count)]

    def ours():
        parts, folds = [], []
        for start in range(0, count, 500):
            part = texts[start : start + 500]
            runs = shingles.pairs([a for a, _ in part], [b for _, b in part], 5)
            parts.append(near.Index.of(shingles.sketches(runs)))
            folds += near.folded(runs)
        index = near.Index.joined(parts)
        one = np.ones(count, np.int64)
        return near.gathered(index, one, lambda at: [folds[i] for i in at], duplicates)

    def datasketch(part):
        library = importlib.import_module("datasketch")
        token = importlib.import_module("curation.stages.validity").TOKEN
        index = library.MinHashLSH(threshold=0.7, num_perm=128)
        for place, sides in enumerate(part):
            runs = set()
            for side, text in enumerate(sides):
                found = token.findall(text)
                runs |= {
                    f"{side} {' '.join(found[at : at + 5])}".encode()
                    for at in range(max(len(found) - 4, 1))
                }
            sketch = library.MinHash(128)
            sketch.update_batch(list(runs))
            index.query(sketch)
            index.insert(str(place), sketch)

    print("\n| near-duplicates | rows | rows/s of CPU, one core | CPU s a million |")
    print("|---|---|---|---|")
    sides = {"ours, verified": (ours, count)}
    if importlib.util.find_spec("datasketch"):
        few = min(count, 3_000)
        sides["datasketch, not verified"] = (lambda: datasketch(texts[:few]), few)
    for what, (call, size) in sides.items():
        began = time.process_time()
        call()
        spent = time.process_time() - began
        print(
            f"| {what} | {size:,} | {size / spent:,.0f} | {1e6 * spent / size:,.0f} |", flush=True
        )


def whole(counts, workers, analysers):
    """End to end, in processes of their own; what was planted and what was found."""
    print(
        "\n| rows | wall s | CPU s | CPU ms a row | peak MiB | near found | false | tasks found |"
    )
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="emend-bench-") as home:
            told = " | ".join(end_to_end(Path(home), count, workers, analysers))
        print(f"| {count:,} | {told} |", flush=True)


def end_to_end(place, count, workers, analysers):
    fingerprints = importlib.import_module("curation.fingerprints")
    planted = {}
    with (place / "in.jsonl").open("wb") as target:
        for row, fate in rows(count):
            target.write(orjson.dumps(row) + b"\n")
            if fate:
                planted[row["id"]] = fate
    tasks = [task(number) for number in range(TASKS)]
    fingerprints.save([fingerprints.made_of("bench", tasks)], place / "bench.npz")
    recipe = {"labels": {"analysers": analysers}, "caps": {"cluster": 0, "user": 0}}
    (place / "recipe.json").write_bytes(orjson.dumps(recipe))
    command = [sys.executable, "manage.py", "curate_file", place / "in.jsonl", place / "out"]
    command += ["--recipe", place / "recipe.json", "--benchmarks", place / "bench.npz"]
    wall, cpu, peak = measured([*map(str, command), "--workers", str(workers)])
    found, wrong, leaks = judged(place / "out", planted)
    yield from (f"{wall:.0f}", f"{cpu:.0f}", f"{1e3 * cpu / count:.2f}", f"{peak / 2**20:,.0f}")
    yield from (f"{found:.2%}", f"{wrong:.2%}", f"{leaks:.2%}")


def measured(command):
    """Wall and CPU seconds of a command with all its processes, and the most memory they had."""
    began = time.perf_counter()
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak, cpu = [0], {}  # of each process as it was last seen: nobody waits for all of them

    def watch():
        process = psutil.Process(running.pid)
        while running.poll() is None:
            total = 0
            try:
                for each in (process, *process.children(recursive=True)):
                    total += each.memory_info().rss
                    times = each.cpu_times()
                    cpu[each.pid] = times.user + times.system
            except psutil.Error:
                pass
            peak[0] = max(peak[0], total)
            time.sleep(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert running.wait() == 0
    spent = time.perf_counter() - began
    watcher.join()
    return spent, sum(cpu.values()), peak[0]


def judged(out, planted):
    """Shares: of planted pairs that were parted, of the parted that were not planted, of tasks."""
    dropped = {}
    for line in (out / "dropped.jsonl").read_bytes().split(b"\n"):
        if line:
            row = orjson.loads(line)
            dropped[row["id"]] = row["stage"]
    pairs = [(name, *fate.split()) for name, fate in planted.items() if fate != "task"]
    twins = [(name, f"r{int(of):07}") for name, kind, of in pairs if kind != "far"]
    parted = sum(name in dropped or of in dropped for name, of in twins)
    known = {name for name, _, _ in pairs} | {f"r{int(of):07}" for _, _, of in pairs}
    alike = [name for name, at in dropped.items() if at.endswith("_duplicates")]
    wrong = sum(name not in known for name in alike)
    tasks = [name for name, fate in planted.items() if fate == "task"]
    leaks = sum(dropped.get(name) == "decontamination" for name in tasks)
    return parted / len(twins), wrong / max(len(alike), 1), leaks / max(len(tasks), 1)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, nargs="*", default=[10_000, 100_000])
    options.add_argument("--stages", type=int, default=2_000)
    options.add_argument("--near", type=int, default=20_000)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--analysers", action="store_true", help="end to end with ruff and bandit")
    options = options.parse_args()
    importlib.import_module("django").setup()
    if options.stages:
        by_stage(options.stages)
    if options.near:
        near_duplicates(options.near)
    whole(options.rows, options.workers, options.analysers)


if __name__ == "__main__":
    main()
