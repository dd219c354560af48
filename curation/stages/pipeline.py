"""The stages in order: what looks at one row at a time, then what looks at all of them.

`local` takes lines and can run anywhere, in any number of processes; `whole` takes what is known
of all rows, in the order of their ids, and needs no text but for verifying near-duplicates.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from curation.categories import TOP
from curation.fingerprints import Fingerprints
from curation.recipe import Recipe
from curation.stages import (
    caps,
    consent,
    decontamination,
    exact,
    labels,
    near,
    outcome,
    parsing,
    reading,
    redaction,
    routing,
    splitting,
    validity,
)
from curation.stages.batch import Dropped, Sifted
from curation.stages.components import Places
from curation.stages.shingles import pairs, sketches
from lib.canonical import sha256_hex

# In the order rows meet them; a funnel is told in it
STAGES = (
    *(
        reading.STAGE,
        redaction.STAGE,
        consent.STAGE,
        decontamination.STAGE,
        validity.STAGE,
        parsing.STAGE,
    ),
    *(outcome.STAGE, exact.STAGE, near.STAGE, "selection", caps.STAGE),
)
SELECTION = "selection"
REPOSITORIES = ("repository", "repository_2", "repository_3")
# Fixes of what breaks or harms before what reads badly; tests before words
SIGNAL = {slug: place for place, slug in enumerate(TOP)}
TRUST = {outcome.TESTS: 0, outcome.FINDINGS: 1, outcome.COMMENT: 2, outcome.NOTHING: 3}

FACTS = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "content", "digest", "category", "evidence")),
        *((name, pa.string()) for name in (*REPOSITORIES, "session", "user")),
        ("probability", pa.float64()),
        ("edit", pa.int64()),
        ("has_output", pa.bool_()),
        ("late", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class Local:
    """What came of some lines: facts, text, runs and index of rows kept; labels of all read."""

    read: int
    facts: pa.Table
    rows: list[bytes]
    folds: list[near.Fold]
    index: near.Index
    labels: list[tuple[str, bytes]]
    dropped: list[Dropped]


def local(lines: Sequence[bytes], recipe: Recipe, benchmarks: Sequence[Fingerprints]) -> Local:
    """Everything that is known of a row by itself. It depends on nothing but its arguments."""
    read = reading.read(lines, recipe.reading, recipe.canonical)
    redacted = redaction.redact(read.rows)
    batch = redacted.rows
    found = labels.labelled(batch, recipe.labels)
    batch = batch.assign(
        category=pd.Series([each.category for each in found], dtype=object),
        probability=pd.Series([each.probability for each in found], dtype=float),
        findings=pd.Series([each.findings for each in found], dtype=object),
    )
    lines_of_labels = [
        (name, _label_line(name, each)) for name, each in zip(batch["id"], found, strict=True)
    ]
    dropped = [*read.dropped, *redacted.out()]
    batch = batch[~batch["id"].isin(redacted.unsearched)].reset_index(drop=True)
    by_row: tuple[Callable[[pd.DataFrame], Sifted], ...] = (
        lambda rows: consent.allowed(rows, recipe.consent),
        lambda rows: decontamination.clean(rows, benchmarks, recipe.decontamination),
        lambda rows: validity.valid(rows, recipe.validity),
        lambda rows: parsing.readable(rows, recipe.parsing),
        lambda rows: outcome.better(rows, recipe.outcome),
    )
    for stage in by_row:
        sifted = stage(batch)
        batch = sifted.kept
        dropped += sifted.dropped
    runs = pairs(batch["rejected"].tolist(), batch["chosen"].tolist(), recipe.duplicates.tokens)
    rows = [_row_line(row) for row in _records(batch)]
    return Local(
        len(lines),
        _facts(batch, rows, recipe.split.holdout_from),
        rows,
        near.folded(runs),
        near.Index.of(sketches(runs)),
        lines_of_labels,
        dropped,
    )


def lost(line: bytes, reason: str) -> Local:
    """What comes of a line that nothing can be found out of."""
    nothing = near.Index.joined([])
    dropped = [Dropped(reading.name_of(line), reason, reading.STAGE)]
    return Local(1, FACTS.empty_table(), [], [], nothing, [], dropped)


@dataclass(frozen=True)
class Decided:
    """What becomes of each row, in the order of its facts; `why` is empty for rows that stay."""

    why: npt.NDArray[np.object_]
    stage: npt.NDArray[np.object_]
    leader: Places  # the row it stands behind, after exact and near duplicates
    same: Places  # the row it says the same as
    cluster: Places  # the first row of its cluster
    split: npt.NDArray[np.object_]
    objective: npt.NDArray[np.object_]
    groups: Places


def order_of(facts: pa.Table) -> Places:
    """The order in which `whole` takes rows: by id, then by what they say."""
    by = [("id", "ascending"), ("content", "ascending")]
    return np.asarray(pc.sort_indices(facts, sort_keys=by), dtype=np.int64)


def whole(
    facts: pa.Table,
    index: near.Index,
    fetch: near.Fetch,
    recipe: Recipe,
    before: Mapping[str, str],
) -> Decided:
    """What becomes of the rows, all looked at together. Facts are in `order_of` order."""
    count = facts.num_rows
    why, stage = np.full(count, "", dtype=object), np.full(count, "", dtype=object)
    ids = _codes(facts["id"])
    same = exact.collapsed(ids, _codes(facts["digest"]), _codes(facts["category"]))
    own = np.arange(count, dtype=np.int64)
    _drop(why, stage, same.again, "duplicate_id", exact.STAGE)
    _drop(why, stage, (same.leader != own) & ~same.again, "exact_duplicate", exact.STAGE)

    alone = np.flatnonzero(why == "")
    support = np.bincount(same.leader[~same.again], minlength=count)[alone]
    found = near.gathered(
        index.at(alone), support, lambda rows: fetch(alone[rows]), recipe.duplicates
    )
    behind = own.copy()
    behind[alone] = alone[found.leader]
    _drop(why, stage, behind != own, "near_duplicate", near.STAGE)
    leader = behind[same.leader]
    cluster = own.copy()
    cluster[alone] = alone[found.cluster]
    cluster = cluster[same.leader]

    probability = facts["probability"].to_numpy()
    vague = np.round(probability * 100, 6) < recipe.labels.least_percent
    _drop(why, stage, vague & (why == ""), "ambiguous_label", SELECTION)
    _cap(facts, cluster, why, stage, recipe)
    placed = _place(facts, cluster, before, recipe)
    objective = routing.objectives(
        facts["edit"].to_numpy(),
        probability,
        facts["evidence"].to_numpy(zero_copy_only=False).astype(object),
        facts["has_output"].to_numpy(zero_copy_only=False),
        recipe.routing,
    )
    return Decided(why, stage, leader, same.leader, cluster, placed.split, objective, placed.group)


def _cap(
    facts: pa.Table,
    cluster: Places,
    why: npt.NDArray[np.object_],
    stage: npt.NDArray[np.object_],
    recipe: Recipe,
) -> None:
    signal = np.array([SIGNAL[each] for each in facts["category"].to_pylist()], dtype=np.int64)
    trust = np.array([TRUST[each] for each in facts["evidence"].to_pylist()], dtype=np.int64)
    sure = -np.round(facts["probability"].to_numpy() * 10_000).astype(np.int64)
    order = np.lexsort((np.arange(facts.num_rows), sure, trust, signal))
    limits = (
        ("cluster", cluster, recipe.caps.cluster),
        ("repository", _codes(facts["repository"]), recipe.caps.repository),
        ("user", _codes(facts["user"]), recipe.caps.user),
    )
    for name, groups, most in limits:
        open_rows = order[why[order] == ""]
        _drop(why, stage, caps.over(groups, open_rows, most), f"over_cap_{name}", caps.STAGE)


def _place(
    facts: pa.Table, cluster: Places, before: Mapping[str, str], recipe: Recipe
) -> splitting.Placed:
    together = recipe.split.together
    ids = facts["id"].to_pylist()
    names, ties = [], []
    repositories = _codes(*(facts[name] for name in REPOSITORIES))
    if "repository" in together:
        ties += list(repositories.reshape(len(REPOSITORIES), -1))
    if "session" in together:
        ties.append(_codes(facts["session"]))
    if "cluster" in together:
        ties.append(cluster)
    sources = zip(facts["repository"].to_pylist(), facts["session"].to_pylist(), ids, strict=True)
    names = [splitting.name_of(*each, together) for each in sources]
    earlier = {row: before[name] for row, name in enumerate(ids) if name in before}
    late = facts["late"].to_numpy(zero_copy_only=False)
    return splitting.placed(names, ties, late, earlier, recipe.split)


def _drop(
    why: npt.NDArray[np.object_],
    stage: npt.NDArray[np.object_],
    rows: npt.NDArray[np.bool_],
    reason: str,
    at: str,
) -> None:
    why[rows], stage[rows] = reason, at


def _codes(*columns: pa.ChunkedArray) -> Places:
    """A number for each different text of these columns, one after the other; −1 for none."""
    texts = pa.chunked_array([chunk for column in columns for chunk in column.chunks], pa.string())
    found = pc.dictionary_encode(texts).combine_chunks()
    codes = np.asarray(found.indices, dtype=np.int64)
    nothing = pc.index(found.dictionary, "").as_py()
    if nothing >= 0:
        codes = np.where(codes == nothing, -1, codes)
    return codes


def _facts(batch: pd.DataFrame, rows: Sequence[bytes], holdout: datetime | None) -> pa.Table:
    named = [(*each, "", "", "")[: len(REPOSITORIES)] for each in batch["repositories"]]
    columns = {
        "id": batch["id"].tolist(),
        "content": [sha256_hex(row)[:32] for row in rows],
        "digest": exact.digests(batch),
        "category": batch["category"].tolist(),
        "evidence": batch["evidence"].tolist(),
        **{name: [each[place] for each in named] for place, name in enumerate(REPOSITORIES)},
        "session": batch["session"].tolist(),
        "user": batch["user"].tolist(),
        "probability": batch["probability"].tolist(),
        "edit": routing.edits(batch),
        "has_output": [bool(text.strip()) for text in batch["rejected"]],
        "late": [_is_late(at, holdout) for at in batch["at"]],
    }
    return pa.table({name: columns[name] for name in FACTS.names}, schema=FACTS)


def _is_late(at: str, holdout: datetime | None) -> bool:
    if holdout is None or not at:
        return False
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return False
    return _aware(moment) >= _aware(holdout)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _records(batch: pd.DataFrame) -> Iterator[dict[str, object]]:
    names = [str(name) for name in batch.columns]
    for values in zip(*(batch[name] for name in names), strict=True):
        yield dict(zip(names, values, strict=True))


def _row_line(row: Mapping[str, object]) -> bytes:
    names = ("id", "prompt", "rejected", "chosen", "comment", "language", "file_path", "category")
    return orjson.dumps(
        {name: row[name] for name in names}
        | {
            "category_probability": row["probability"],
            "repositories": row["repositories"],
            "evidence": row["evidence"],
        }
    )


def _label_line(name: str, found: labels.Labelled) -> bytes:
    return orjson.dumps(
        {
            "id": name,
            "category": found.category,
            "category_probability": found.probability,
            "votes": found.votes,
        },
        option=orjson.OPT_SORT_KEYS,
    )
