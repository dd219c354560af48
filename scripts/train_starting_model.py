"""Train the model that Emend's learned voter begins with (curation/learned/starting.npz).

    python scripts/train_starting_model.py ../shared/data/public_pack/corrections.jsonl

It holds a number for each hash and category, and not one word of the rows. Its card, which comes
along in the file, says what it was trained on and how models trained alike did on files and on
sources they had not seen.
"""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bench_labels import (
    evidence_of,
    figures,
    is_scored,
    read,
    rules_alone,
    source,
    with_learned,
)
from curation.learned.features import buckets_of
from curation.learned.model import STARTING
from curation.learned.training import trained
from curation.rules.evidence import Evidence, Opinion

type Row = dict[str, Any]

FIGURES = ("macro_f1", "macro_f1_95", "accuracy", "calibration_error")


def main(pack: Path) -> None:
    rows = read(pack)
    evidence = evidence_of(rows)
    model = trained(
        [buckets_of(each) for each in evidence],
        [row["category"] for row in rows],
        [source(row) for row in rows],
        card_of(pack, rows, evidence),
    )
    STARTING.write_bytes(model.to_bytes())
    for key, value in model.card.items():
        print(f"{key}: {value}")  # noqa: T201  it talks to a person
    print(f"{STARTING}: {STARTING.stat().st_size:,} bytes, {model.digest}")  # noqa: T201


def card_of(pack: Path, rows: Sequence[Row], evidence: Sequence[Evidence]) -> dict[str, Any]:
    alone = rules_alone(rows, evidence)
    scored = [row for row in rows if is_scored(row)]
    by_file = with_learned(rows, evidence, alone, is_scored)
    by_source = with_learned(rows, evidence, alone, source)
    return {
        "trained_on": f"public corrections, SHA-256 {sha256(pack.read_bytes()).hexdigest()}",
        "sources": {name: told_of(rows, name) for name in sorted({source(row) for row in rows})},
        "categories": dict(sorted(Counter(row["category"] for row in rows).items())),
        "languages": dict(Counter(row["language"] for row in rows).most_common()),
        "measured": {
            "unseen files, rules alone": short(scored, alone),
            "unseen files, with a model of the other files": short(scored, by_file),
            "unseen sources, rules alone": short(rows, alone),
            "unseen sources, with a model of the other sources": short(rows, by_source),
        },
        "limits": "Style and most of other come from the documentation of one linter, performance"
        " in Ruby from that of another; half of logic are benchmark tasks. Where a"
        " source is like none of these it may be sure and wrong, so it has one vote of many.",
    }


def told_of(rows: Sequence[Row], name: str) -> dict[str, Any]:
    mine = [row for row in rows if source(row) == name]
    licences = sorted({row["provenance"]["license"] for row in mine})
    attributions = sorted({row["provenance"]["attribution"] for row in mine})
    return {"rows": len(mine), "licence": licences, "attribution": attributions}


def short(rows: Sequence[Row], votes: Mapping[str, list[Opinion]]) -> dict[str, Any]:
    found = figures(rows, votes)
    return {name: found[name] for name in FIGURES}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
