"""How good the labels are: the votes of every labeler but the developer, on corrections with a
known category.

    python benchmarks/label_quality.py ../shared/data/public_pack/corrections.jsonl

Prints accuracy, calibration error (ECE, ten bins) and a reliability table, for the half of the
rows the reliabilities were set on and for the other half, and apart for the rows that come from
a linter's own documentation, where a linter is bound to look good.
"""

import hashlib
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from curation import rules  # noqa: E402  Django first
from curation.rules import analysers  # noqa: E402
from curation.rules.evidence import Evidence  # noqa: E402
from curation.voting import aggregate  # noqa: E402

BINS = 10
BATCH = 200


def labelled(rows):
    """Each row with its label and whether anybody voted."""
    for start in range(0, len(rows), BATCH):
        batch = {
            place: Evidence(
                language=row["language"],
                prompt=row["prompt"],
                output=row["rejected"],
                ideal=row["chosen"],
                comment=row["comment"] or "",
            )
            for place, row in enumerate(rows[start : start + BATCH])
        }
        found = analysers.findings(batch)
        for place, evidence in batch.items():
            opinions = rules.opinions(replace(evidence, findings=found.get(place)))
            votes = [(each.labeler, each.category) for each in opinions]
            yield rows[start + place], aggregate(votes), any(vote for _, vote in votes)


def figures(points):
    """Accuracy, ECE and the bins of (probability, right)."""
    bins = [[] for _ in range(BINS)]
    for probability, right in points:
        bins[min(int(probability * BINS), BINS - 1)].append((probability, right))
    table = [
        (
            place / BINS,
            len(each),
            sum(p for p, _ in each) / len(each),
            sum(r for _, r in each) / len(each),
        )
        for place, each in enumerate(bins)
        if each
    ]
    error = sum(n * abs(said - right) for _, n, said, right in table) / len(points)
    return sum(right for _, right in points) / len(points), error, table


def is_set_half(row):
    return hashlib.sha256(row["id"].encode()).digest()[0] % 2 == 0


def is_linter_doc(row):
    return (row["comment_origin"] or "").startswith("linter documentation")


def main(path):
    rows = [json.loads(line) for line in Path(path).read_text("utf-8").split("\n") if line]
    found = list(labelled(rows))
    groups = {
        "the half the numbers were set on": is_set_half,
        "the other half": lambda row: not is_set_half(row),
        "the other half, not from linters' documentation": lambda row: (
            not is_set_half(row) and not is_linter_doc(row)
        ),
    }
    for title, belongs in groups.items():
        mine = [(row, label, voted) for row, label, voted in found if belongs(row)]
        for what, chosen in (
            ("all", mine),
            ("with a vote", [each for each in mine if each[2]]),
        ):
            points = [
                (label.probability, label.category == row["category"]) for row, label, _ in chosen
            ]
            accuracy, error, table = figures(points)
            print(
                f"\n{title}, {what}: {len(points)} rows, accuracy {accuracy:.3f}, ECE {error:.3f}"
            )
            for low, count, said, right in table:
                print(f"  from {low:.1f}: {count:5d} rows, said {said:.2f}, right {right:.2f}")


if __name__ == "__main__":
    main(sys.argv[1])
