"""What looking for secrets costs, in microseconds of CPU a kilobyte, beside plain searches.

Run it as `python -m benchmarks.bench_masking [--rounds 5]`. It needs no database. The text is the
standard library; a secret is planted in one file of ten.
"""

import argparse
import random
import re
import statistics
import sysconfig
import time
from itertools import count
from pathlib import Path

from feedback.masking.finding import HINT
from feedback.masking.masker import Policy, masked
from feedback.masking.placeholders import pepper_for
from tests import planted

LONGEST = 8_000  # characters, as a large generation has


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    rounds = options.parse_args().rounds
    clean, dirty = texts()
    policy = Policy(pepper_for("bench", 1))
    naive = re.compile("|".join(re.escape(each) for each in ("ghp_", "AKIA", "xoxb-", "sk_live_")))
    sides = {
        "memchr-like: one `in`": lambda: ["AKIA" in each for each in clean],
        "re, four prefixes": lambda: [naive.search(each) for each in clean],
        "the one pass of the prefilter": lambda: [HINT.search(each) for each in clean],
        "masking, clean records": lambda: run(clean, policy),
        "masking, one in ten with a secret": lambda: run(dirty, policy),
    }
    kilobytes = sum(map(len, clean)) / 1024
    print(f"{len(clean):,} records, {kilobytes:,.0f} KB; medians of {rounds} rounds\n")
    print("| side | µs of CPU a KB | µs a record |\n|---|---|---|")
    spent = {name: [] for name in sides}
    for _ in range(rounds + 1):
        for name, side in sides.items():
            began = time.process_time()
            side()
            spent[name].append(time.process_time() - began)
    for name, seconds in spent.items():
        took = statistics.median(seconds[1:]) * 1e6  # the first round compiles
        print(f"| {name} | {took / kilobytes:.2f} | {took / len(clean):.1f} |")


def run(records, policy):
    """Mask one record at a time, as single reports are."""
    for each in records:
        masked({0: {"type": "generation", "output": each}}, policy, time.thread_time)


def texts():
    """Files of the standard library that hold nothing to mask, and with a tenth planted."""
    paths = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    files = [path.read_text(errors="replace")[:LONGEST] for path in paths]
    policy = Policy(b"bench")
    clean = [
        each
        for each in files
        if not masked({0: {"output": each}}, policy, time.thread_time)[0].counts
    ]
    source = random.Random(1)
    secrets = (list(planted.shaped(seed).values()) for seed in count())
    dirty = [
        each + f'\nx = "{source.choice(next(secrets))}"\n' if place % 10 == 0 else each
        for place, each in enumerate(clean)
    ]
    return clean, dirty


if __name__ == "__main__":
    main()
