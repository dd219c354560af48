"""Rows to curate, made here, with what was planted among them: duplicates, near ones, tasks."""

import importlib
import random
import re

WORDS = [
    "account",
    "address",
    "amount",
    "archive",
    "balance",
    "batch",
    "branch",
    "buffer",
    "cache",
    "channel",
    "client",
    "column",
    "config",
    "counter",
    "cursor",
    "customer",
    "device",
    "document",
    "driver",
    "entry",
    "event",
    "factor",
    "field",
    "filter",
    "folder",
    "frame",
    "group",
    "handle",
    "header",
    "invoice",
    "item",
    "journal",
    "kernel",
    "label",
    "ledger",
    "limit",
    "margin",
    "matrix",
    "member",
    "method",
    "metric",
    "module",
    "number",
    "object",
    "offset",
    "option",
    "order",
    "output",
    "packet",
    "parent",
    "period",
    "phase",
    "point",
    "policy",
    "position",
    "price",
    "process",
    "profile",
    "quota",
    "range",
    "record",
    "region",
    "report",
    "sample",
    "schema",
    "score",
    "sector",
    "segment",
    "sensor",
    "series",
    "session",
    "shard",
    "signal",
    "socket",
    "stage",
    "stream",
    "subject",
    "summary",
    "symbol",
    "table",
    "target",
    "tenant",
    "ticket",
    "total",
    "track",
    "trade",
    "usage",
    "value",
    "vector",
    "vendor",
    "volume",
    "weight",
    "widget",
    "window",
    "worker",
    "zone",
]
NAME = re.compile(r"\b[a-z]+_[a-z]+\b")
TASKS = 50


def name(choose):
    return f"{choose.choice(WORDS)}_{choose.choice(WORDS)}"


def function(choose, lines):
    """A function that no other of these resembles."""
    known = [name(choose) for _ in range(4)]
    made = [f"def {name(choose)}({', '.join(known[:3])}):"]
    for _ in range(lines):
        target, one, other = name(choose), choose.choice(known), choose.choice(known)
        number, word = choose.randrange(1000), choose.choice(WORDS)
        shapes = (
            f"    {target} = {one}.{word}({other}, {number})",
            f"    {target} = [{one} + {number} for {one} in {other}.{word}]",
            f"    if {one} > {number}:\n        raise ValueError('{name(choose)} {number}')",
            f"    {target} = {word}({one}, key='{name(choose)}')",
        )
        made.append(choose.choice(shapes))
        known.append(target)
    return "\n".join([*made, f"    return {known[-1]}\n"])


def renamed(choose, text, share=0.02):
    """The text with a few of its names changed in one place."""
    places = [found.end() for found in NAME.finditer(text)]
    picked = choose.sample(places, max(1, round(len(places) * share)))
    for place in sorted(picked, reverse=True):
        text = f"{text[:place]}_2{text[place:]}"
    return text


def task(number):
    choose = random.Random(f"task {number}")
    said = f"Write the {name(choose)} of the {name(choose)} for each {name(choose)} of the list."
    return said, function(choose, 8)


def rows(count):
    """Each row with what was planted in it: "near 7", "same 7", "task", or nothing."""
    choose = random.Random(1)
    earlier = []
    for number in range(count):
        fate = choose.random()
        if earlier and fate < 0.12:
            of, base = choose.choice(earlier)
            row, planted = dict(base), f"same {of}"
            if fate < 0.10:
                row["rejected"] = renamed(choose, base["rejected"])
                row["chosen"] = renamed(choose, base["chosen"])
                planted = f"near {of}" if jaccard(row, base) >= 0.7 else f"far {of}"
        elif fate > 0.99:
            said, solution = task(choose.randrange(TASKS))
            row, planted = base_row(choose) | {"prompt": said, "chosen": solution}, "task"
        else:
            row, planted = base_row(choose), ""
            if len(earlier) < 5_000:
                earlier.append((number, row))
            else:
                earlier[choose.randrange(5_000)] = (number, row)
        about = {"id": f"r{number:07}", "session": f"s{number // 3}", "language": "python"}
        yield row | about | {"repository": f"team/{choose.randrange(max(count // 50, 1))}"}, planted


def jaccard(row, other):
    """The share of all runs of five tokens that two rows have, each side by itself."""
    shingles = importlib.import_module("curation.stages.shingles")
    sides = [row["rejected"], other["rejected"]], [row["chosen"], other["chosen"]]
    found = shingles.pairs(*sides, 5)
    one, two = (set(found.numbers[found.owner == at].tolist()) for at in (0, 1))
    return len(one & two) / len(one | two)


def base_row(choose):
    rejected = function(choose, max(3, min(int(choose.lognormvariate(2.5, 0.7)), 120)))
    chosen = rejected.replace(" > ", " >= ").replace("raise ValueError", "raise TypeError")
    return {
        "prompt": f"Change {name(choose)} so that {name(choose)} holds for each {name(choose)}.",
        "rejected": rejected,
        "chosen": chosen + f"# {name(choose)}\n",
        "comment": f"It was wrong for {name(choose)}.",
    }
