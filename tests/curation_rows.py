"""Rows as a file of corrections has them, and a file curated in a folder."""

import random

import orjson

from curation.from_file import FILES, Asked, curate
from curation.recipe import Labels, Recipe

QUICK = Recipe(labels=Labels(analysers=False))
NAMES = [
    "alpha",
    "bravo",
    "chart",
    "delta",
    "equal",
    "flank",
    "grant",
    "hotel",
    "index",
    "joint",
    "knock",
    "limit",
    "month",
    "noble",
]


def row(name="r1", **changes):
    """A correction that passes every stage."""
    return {
        "id": name,
        "prompt": f"Write the function that sums what is in the list number {name}.",
        "language": "python",
        "rejected": f"def sum_{name}(items):\n    total = 1\n    for item in items:\n"
        "        total += item\n    return total\n",
        "chosen": f"def sum_{name}(items):\n    total = 0\n    for item in items:\n"
        "        total += item\n    return total\n",
        "comment": "The total starts wrong.",
    } | changes


def code(seed, lines=12):
    """Python that shares little with that of another seed."""
    choose = random.Random(seed)
    names = [f"{choose.choice(NAMES)}_{choose.randrange(999)}" for _ in range(lines)]
    body = "".join(
        f"    {name} = {choose.choice(NAMES)}({choose.randrange(999)}, {choose.choice(names)})\n"
        for name in names
    )
    return f"def {choose.choice(NAMES)}_{seed}():\n{body}    return {names[0]}\n"


def lines_of(rows):
    return b"".join(orjson.dumps(each) + b"\n" for each in rows)


def curated(folder, data, recipe=QUICK, **asked):
    """What the four files say: lists of rows, and the report."""
    source = folder / "in.jsonl"
    source.write_bytes(data if isinstance(data, bytes) else lines_of(data))
    curate(Asked(source, folder / "out", recipe, asked.pop("benchmarks", ()), **asked), print)
    found = {}
    for name in FILES[:3]:
        lines = (folder / "out" / name).read_bytes().split(b"\n")
        found[name.removesuffix(".jsonl")] = [orjson.loads(line) for line in lines if line]
    return found | {"report": orjson.loads((folder / "out" / "report.json").read_bytes())}
