"""Curating a file without a database: the stages over its lines, and four files of what came of it.

The same lines under the same recipe give the same bytes, whatever their order, however many
workers there are and whatever runs them. Texts wait on disk; in memory is what is known of each
row.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from hashlib import file_digest
from itertools import batched
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from curation.crew import Careful, Crew
from curation.fingerprints import Fingerprints, load
from curation.recipe import Recipe, differences
from curation.spools import Sorted, Spool
from curation.stages import near, pipeline, reading
from curation.stages.batch import Dropped
from curation.stages.components import Places
from curation.stages.pipeline import Decided, Local
from curation.stages.quality import quality
from lib.canonical import digest_of

BATCH = 200  # lines a worker is given at once
FILES = ("kept.jsonl", "labels.jsonl", "dropped.jsonl", "report.json")
SORTED = orjson.OPT_SORT_KEYS

type Say = Callable[[str], None]
type Runner = Callable[["Asked"], Iterator[Local]]


@dataclass(frozen=True)
class Asked:
    """What to curate, and how."""

    source: Path
    target: Path
    recipe: Recipe
    benchmarks: tuple[Path, ...]  # files of fingerprints
    gold: Mapping[str, str] = field(default_factory=dict)  # category by id
    before: Mapping[str, str] = field(default_factory=dict)  # split by id, of an earlier run
    workers: int = 1


class _Gathered:
    """What the workers found, as it comes in."""

    def __init__(self) -> None:
        self.read = 0
        self.facts = [pipeline.FACTS.empty_table()]
        self.indexes: list[near.Index] = []
        self.rows, self.folds = Spool(), Spool()
        self.labels, self.dropped = Sorted(), Sorted()
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.leaks: Counter[str] = Counter()
        self.said: dict[str, tuple[str, float]] = {}

    def take(self, local: Local, gold: Mapping[str, str]) -> None:
        self.read += local.read
        self.facts.append(local.facts)
        self.indexes.append(local.index)
        self.rows.add(local.rows)
        self.folds.add([each.tobytes() for each in local.folds])
        self.labels.add(local.labels)
        for name, line in local.labels:
            if name in gold:
                found = orjson.loads(line)
                said = found["category"], found["category_probability"]
                self.said[name] = max(said, self.said.get(name, said))  # of an id that comes twice
        self.drop(local.dropped)

    def drop(self, rows: Iterable[Dropped]) -> None:
        for part in batched(rows, 10_000):
            self.dropped.add((each.id, _dropped_line(each)) for each in part)
            for each in part:
                self.reasons[each.stage, each.reason] += 1
                if each.reason.startswith("benchmark_"):
                    self.leaks[each.of] += 1

    def close(self) -> None:
        for each in (self.rows, self.folds, self.labels, self.dropped):
            each.close()


def here(asked: Asked) -> Iterator[Local]:
    """What came of each batch of lines, in their order, never far ahead of who asks."""
    with asked.source.open("rb") as source:
        yield from looked_at(asked, reading.lines(source, asked.recipe.reading.most_bytes))


def curate(asked: Asked, say: Say, runner: Runner = here) -> dict[str, Any]:
    """Run the stages over the file and write FILES; the report.

    The runner looks at every line; the order in which it hands on what it found changes nothing.
    Raises OSError, or fingerprints.NotFingerprints.
    """
    loaded(asked.benchmarks)
    asked.target.mkdir(parents=True, exist_ok=True)
    with (
        closing(_Gathered()) as found,
        TemporaryDirectory(prefix=".curate-", dir=asked.target) as place,
    ):
        for local in runner(asked):
            found.take(local, asked.gold)
            say(f"{found.read:,} rows read")
        report = _decide(asked, found, Path(place), say)
        for name in FILES:
            (Path(place) / name).replace(asked.target / name)
    return report


def looked_at(asked: Asked, lines: Iterable[bytes]) -> Iterator[Local]:
    """What comes of these lines, by so many processes as are asked for."""
    batches, work = batched(lines, BATCH), worker(asked)
    if asked.workers == 1:
        for batch in batches:
            yield from work(batch)
        return
    with closing(Crew(asked.workers, work)) as crew:
        yield from crew.results(batches)


def worker(asked: Asked) -> Careful:
    """What looks at a batch of lines, in any process."""
    return Careful(partial(_look, asked.recipe, asked.benchmarks))


def _look(recipe: Recipe, benchmarks: tuple[Path, ...], lines: Sequence[bytes]) -> Local:
    return pipeline.local(lines, recipe, loaded(benchmarks))


@cache
def loaded(paths: tuple[Path, ...]) -> list[Fingerprints]:
    """Once in each process."""
    return [each for path in paths for each in load(path)]


def _decide(asked: Asked, found: _Gathered, place: Path, say: Say) -> dict[str, Any]:
    facts = pa.concat_tables(found.facts)
    found.facts.clear()
    order = pipeline.order_of(facts)
    facts = facts.take(pa.array(order)).combine_chunks()
    index = near.Index.joined(found.indexes).at(order)
    found.indexes.clear()
    say(f"{facts.num_rows:,} rows to compare")

    def fetch(rows: Places) -> list[near.Fold]:
        return [np.frombuffer(found.folds.read(at), dtype=np.uint32) for at in order[rows].tolist()]

    decided = pipeline.whole(facts, index, fetch, asked.recipe, asked.before)
    ids = facts["id"].to_pylist()
    found.drop(_fallen(ids, decided))
    kept = np.flatnonzero(decided.why == "")
    with (place / "kept.jsonl").open("wb") as target:
        for line in _kept_lines(ids, order, decided, kept, found.rows):
            target.write(line + b"\n")
    found.labels.write(place / "labels.jsonl")
    found.dropped.write(place / "dropped.jsonl")
    report = _report(asked, found, facts, decided, kept)
    report |= _named_by_content(place, asked.recipe)
    (place / "report.json").write_bytes(
        orjson.dumps(report, option=SORTED | orjson.OPT_INDENT_2) + b"\n"
    )
    return report


def _named_by_content(place: Path, recipe: Recipe) -> dict[str, Any]:
    """What the run is called: the id of what it kept under its recipe, as a frozen version has."""
    files = {}
    for name in FILES[:3]:
        with (place / name).open("rb") as written:
            files[name] = file_digest(written, "sha256").hexdigest()
    kept = {FILES[0]: files[FILES[0]]}
    named = digest_of({"files": sorted(kept.items()), "recipe": recipe.digest})
    return {"content_id": named, "files": files}


def _fallen(ids: Sequence[str], decided: Decided) -> Iterator[Dropped]:
    """The rows that fell out when all were looked at; duplicates name whom they stand behind."""
    for row in np.flatnonzero(decided.why != "").tolist():
        behind = {"exact_duplicate": decided.same, "near_duplicate": decided.leader}
        reason = decided.why[row]
        of = ids[behind[reason][row]] if reason in behind else ""
        yield Dropped(ids[row], reason, decided.stage[row], of)


def _kept_lines(
    ids: Sequence[str], order: Places, decided: Decided, kept: Places, rows: Spool
) -> Iterator[bytes]:
    """The rows that stay, as they would be exported, in the order of their ids."""
    counts = decided.why != "duplicate_id"
    members: dict[int, list[int]] = {}
    for row in np.flatnonzero(counts & (decided.leader != np.arange(len(ids)))).tolist():
        members.setdefault(int(decided.leader[row]), []).append(row)
    for row in kept.tolist():
        said = orjson.loads(rows.read(int(order[row])))
        same = [at for at in members.get(row, ()) if decided.same[at] == row]
        near_by = [at for at in members.get(row, ()) if decided.same[at] != row]
        said |= {
            "cluster": ids[int(decided.cluster[row])],
            "split": decided.split[row],
            "objective": decided.objective[row],
            "support": 1 + len(same),
            "weight": 1 + len(same) + len(near_by),
            "duplicates": [ids[at] for at in same],
            "near_duplicates": [ids[at] for at in near_by],
        }
        yield orjson.dumps(said, option=SORTED)


def _dropped_line(row: Dropped) -> bytes:
    said = {"id": row.id, "reason": row.reason, "stage": row.stage}
    return orjson.dumps(said | ({"of": row.of} if row.of else {}), option=SORTED)


def _report(
    asked: Asked, found: _Gathered, facts: pa.Table, decided: Decided, kept: Places
) -> dict[str, Any]:
    labels = facts["category"].take(pa.array(kept)).to_pylist()
    rows = max(found.read, 1)
    return {
        "recipe": asked.recipe.as_json(),
        "recipe_sha256": asked.recipe.digest,
        "recipe_differs": [asdict(each) for each in differences(Recipe(), asked.recipe)],
        "rows": {"read": found.read, "kept": len(kept), "dropped": found.reasons.total()},
        "funnel": _funnel(found.read, found.reasons),
        "splits": _counted(decided.split[kept]),
        "objectives": _counted(decided.objective[kept]),
        "categories": _counted(labels),
        "clusters": {
            "rows_in_clusters": int((np.bincount(decided.cluster) > 1)[decided.cluster].sum())
            if facts.num_rows
            else 0,
            "near_duplicates": found.reasons[near.STAGE, "near_duplicate"],
        },
        "grouping": {
            "groups": len(np.unique(decided.groups[kept])),
            "largest": int(np.bincount(decided.groups[kept]).max(initial=0)) if len(kept) else 0,
        },
        "decontamination": [
            {
                "benchmark": each.name,
                "texts": each.texts,
                "rows": found.leaks[each.name],
                "leakage_per_million": found.leaks[each.name] * 1_000_000 // rows,
            }
            for each in sorted(loaded(asked.benchmarks), key=lambda each: each.name)
        ],
        "label_quality": quality(found.said, asked.gold) if asked.gold else None,
    }


def _funnel(read: int, reasons: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    steps, left = [], read
    for stage in pipeline.STAGES:
        dropped = {why: count for (at, why), count in sorted(reasons.items()) if at == stage}
        left -= sum(dropped.values())
        steps.append({"stage": stage, "kept": left, "dropped": dropped})
    return steps


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
