"""How good the labels are, on public corrections whose category is known and withheld.

Run it as `python -m benchmarks.bench_labels [--pack FILE]`. It needs no database. Numbers set by
hand were set on rows of one half of the sources' files, `tuning`; the other half is `scored`. No
file has rows in both, so that nothing is tuned on what it is scored on.

The model that comes with Emend was trained on all of them, so it is not asked here. In its place
stand models trained alike: on the other half of the files, and on all sources but the row's own.
"""

import argparse
import hashlib
import json
import os
from collections import Counter
from dataclasses import replace
from itertools import batched
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from curation import labelers  # noqa: E402  Django first
from curation.judge.answer import NoAnswer, judged  # noqa: E402
from curation.judge.engine import Endpoint, ask  # noqa: E402
from curation.judge.question import question_of  # noqa: E402
from curation.learned.features import buckets_of  # noqa: E402
from curation.learned.training import trained  # noqa: E402
from curation.rules import analysers, learned  # noqa: E402
from curation.rules.evidence import Evidence, Opinion  # noqa: E402
from curation.stages.quality import quality  # noqa: E402
from curation.voting import aggregate  # noqa: E402

PACK = Path(__file__).parents[2] / "shared/data/public_pack/corrections.jsonl"
BATCH = 200
ASIDE = "judge, counted"  # under its own name its vote has no part in a label


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--pack", type=Path, default=PACK)
    options.add_argument("--judge", default="", help="address of an OpenAI-compatible endpoint")
    options.add_argument("--judge-model", default="")
    asked = options.parse_args()
    rows = read(asked.pack)
    evidence = evidence_of(rows)
    alone = rules_alone(rows, evidence)
    print("## Rules alone\n")
    report(rows, alone)
    for title, group_of in (
        ("With a model of the other half of the files", is_scored),
        ("With a model of all other sources", source),
    ):
        print(f"\n## {title}\n")
        report(rows, with_learned(rows, evidence, alone, group_of))
    print("\n## With the judge\n")
    if asked.judge:
        report(rows, with_judge(rows, evidence, alone, Endpoint(asked.judge, asked.judge_model)))
    else:
        print("Not measured: name an endpoint with --judge.")


def with_judge(rows, evidence, alone, place):
    """The votes with the judge's as one more, counted like a stranger's; failures are printed."""
    failures, votes = Counter(), {}
    for row, each in zip(rows, evidence, strict=True):
        category = None
        try:
            category = judged(ask(place, question_of(each))).category
        except NoAnswer as error:
            failures[error.kind] += 1
        votes[row["id"]] = [*alone[row["id"]], Opinion(ASIDE, category, "")]
    print(f"No answer: {dict(failures) or 'none'}\n")
    return votes


def rules_alone(rows, evidence):
    """What each rule says of each row, by the row's id."""
    said = [labelers.opinions(each, is_learned=False) for each in evidence]
    return {row["id"]: opinions for row, opinions in zip(rows, said, strict=True)}


def with_learned(rows, evidence, alone, group_of):
    """The votes with one more: of a model trained on no row of the same group."""
    seen = [buckets_of(each) for each in evidence]
    groups = [group_of(row) for row in rows]
    votes = {}
    for group in sorted(set(groups)):
        others = [place for place, each in enumerate(groups) if each != group]
        model = trained(
            [seen[place] for place in others],
            [rows[place]["category"] for place in others],
            [source(rows[place]) for place in others],
            {},
        )
        for row, each, mine in zip(rows, evidence, groups, strict=True):
            if mine == group:
                votes[row["id"]] = [*alone[row["id"]], learned.opinion(each, learned.Voter(model))]
    return votes


def read(path):
    """The rows of a pack; lines end in \\n only."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def evidence_of(rows):
    """What labelers see of each row: neither its category nor where it comes from."""
    found = []
    for part in batched(rows, BATCH):
        batch = {
            place: Evidence(
                language=row["language"],
                prompt=row["prompt"],
                output=row["rejected"],
                ideal=row["chosen"],
                comment=row["comment"] or "",
                output_fails=(row["verified"] or {}).get("rejected_fails"),
                ideal_passes=(row["verified"] or {}).get("chosen_passes"),
            )
            for place, row in enumerate(part)
        }
        findings = analysers.findings(batch)
        found += [replace(each, findings=findings.get(key)) for key, each in batch.items()]
    return found


def source(row):
    return row["provenance"]["source_repo"]


def is_scored(row):
    """Is the row's file in the half that no number was set on?"""
    name = f"{source(row)}/{row['provenance']['source_path']}"
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 1


def is_linter_doc(row):
    """A linter is bound to look good on its own documentation."""
    return (row["comment_origin"] or "").startswith("linter documentation")


GROUPS = {
    "tuning": lambda row: not is_scored(row),
    "scored": is_scored,
    "scored, not a linter's documentation": lambda row: is_scored(row) and not is_linter_doc(row),
    "all": lambda row: True,
}


def report(rows, votes):
    """Print the figures of each group, and of the scored half by category, sureness and source."""
    print("| rows | n | macro-F1 | accuracy | calibration error |\n|---|---|---|---|---|")
    for title, belongs in GROUPS.items():
        mine = [row for row in rows if belongs(row)]
        spoken = [row for row in mine if any(each.category for each in votes[row["id"]])]
        line(title, mine, votes)
        line(f"{title}; somebody voted", spoken, votes)
    scored = [row for row in rows if is_scored(row)]
    by_category(scored, votes)
    by_sureness(scored, votes)
    by_source(rows, votes)
    by_voter(scored, votes)


def labels(rows, votes):
    said = {}
    for row in rows:
        label = aggregate([(each.labeler, each.category) for each in votes[row["id"]]])
        said[row["id"]] = label.category, label.probability
    return said


def figures(rows, votes):
    return quality(labels(rows, votes), {row["id"]: row["category"] for row in rows})


def line(title, rows, votes):
    found = figures(rows, votes)
    cells = [with_interval(found, name) for name in ("macro_f1", "accuracy", "calibration_error")]
    print(f"| {title} | {found['rows']:,} | {' | '.join(cells)} |")


def with_interval(found, name):
    low, high = found[f"{name}_95"]
    return f"{found[name]:.3f} ({low:.3f} to {high:.3f})"


def by_category(rows, votes):
    print("\n| scored | known | named | precision | recall | F1 |\n|---|---|---|---|---|---|")
    for slug, each in figures(rows, votes)["categories"].items():
        counts = f"{each['known']} | {each['named']}"
        shares = " | ".join(with_interval(each, name) for name in ("precision", "recall"))
        print(f"| {slug} | {counts} | {shares} | {each['f1']:.3f} |")


def by_sureness(rows, votes):
    print("\n| scored, said | n | mean said | right |\n|---|---|---|---|")
    bins = {}
    for row in rows:
        category, probability = labels([row], votes)[row["id"]]
        low = next(low for low in (0.9, 0.8, 0.7, 0.5, 0.0) if probability >= low)
        bins.setdefault(low, []).append((probability, category == row["category"]))
    for low, each in sorted(bins.items(), reverse=True):
        said, right = (sum(column) / len(each) for column in zip(*each, strict=True))
        print(f"| {low} or more | {len(each)} | {said:.2f} | {right:.2f} |")


def by_source(rows, votes):
    print("\n| source, all its rows | n | accuracy | known | named |\n|---|---|---|---|---|")
    for name in sorted({source(row) for row in rows}):
        mine = [row for row in rows if source(row) == name]
        found = figures(mine, votes)["categories"]
        known, named = (
            ", ".join(f"{slug} {each[key]}" for slug, each in found.items() if each[key])
            for key in ("known", "named")
        )
        accuracy = with_interval(figures(mine, votes), "accuracy")
        print(f"| {name} | {len(mine)} | {accuracy} | {known} | {named} |")


def by_voter(rows, votes):
    print("\n| scored, voter | spoke | right, by what it said |\n|---|---|---|")
    said, right = Counter(), Counter()
    for row in rows:
        for each in votes[row["id"]]:
            if each.category:
                said[each.labeler, each.category] += 1
                right[each.labeler, each.category] += each.category == row["category"]
    for voter in sorted({voter for voter, _ in said}):
        mine = {slug: count for (name, slug), count in sorted(said.items()) if name == voter}
        told = ", ".join(
            f"{slug} {right[voter, slug] / count:.2f} of {count}" for slug, count in mine.items()
        )
        print(f"| {voter} | {sum(mine.values())} | {told} |")


if __name__ == "__main__":
    main()
