"""Make the fingerprints of public benchmarks that Emend comes with (curation/benchmarks.npz).

    python scripts/benchmark_fingerprints.py ../shared/data/public_pack/tasks.jsonl

Reads one task a line (`benchmark`, `prompt`, `reference_solution`, `tests.code`) and writes hashes
and sketches only. Its output is the same on every machine; run it again when
`curation.stages.shingles.ALGORITHM` changes.
"""

import sys
from collections import defaultdict
from pathlib import Path

import orjson

sys.path.insert(0, str(Path(__file__).parents[1]))

from curation.fingerprints import PUBLIC, made_of, save


def main(source: Path) -> None:
    tasks: dict[str, list[list[str]]] = defaultdict(list)
    for line in source.read_bytes().split(b"\n"):
        if line:
            task = orjson.loads(line)
            texts = (task["prompt"], task["reference_solution"], task["tests"]["code"])
            tasks[task["benchmark"]].append([text for text in texts[:2] if text])
            tasks[task["benchmark"]].append([text for text in texts[2:] if text])
    save([made_of(name, texts) for name, texts in tasks.items()], PUBLIC)
    for name, texts in sorted(tasks.items()):
        print(f"{name}: {len(texts) // 2} tasks")  # noqa: T201  it talks to a person
    print(f"{PUBLIC}: {PUBLIC.stat().st_size:,} bytes")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
