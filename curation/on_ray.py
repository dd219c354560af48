"""The stages that look at one row at a time, as a Ray Data job: on this machine, or on a cluster.

A task is given a piece of the file and reads it itself, so each machine needs the file, the
benchmarks and Emend at the same places. What a piece comes to is the same wherever it is looked
at, and what looks at all rows does not mind their order: the bytes are those of a run without Ray.
"""

import pickle
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import batched
from logging import ERROR, getLogger
from socket import create_connection

import pyarrow as pa
import ray
from ray.data import DataContext

from curation import ready  # noqa: F401  Django is there before the stages, in Ray's workers too
from curation.crew import Crew, Lines
from curation.from_file import BATCH, Asked, worker
from curation.stages import reading
from curation.stages.pipeline import Local

LEAST, MOST = 64 * 1024, 8 * 1024 * 1024  # bytes of the file that a task is given
TURNS = 8  # tasks of each CPU, so that none is long alone at the end
STORE = 512 * 1024 * 1024  # bytes that Ray holds of what is on its way
ANSWERS = 10  # seconds within which a cluster does

type Piece = tuple[int, int]


def on_ray(asked: Asked, cluster: str = "") -> Iterator[Local]:
    """What came of each line, in any order; on the cluster at an address, or on so many CPUs here.

    Raises OSError, also where no cluster answers, and what Ray raises.
    """
    with asked.source.open("rb") as source, _joined(asked.workers, cluster):
        share = asked.source.stat().st_size // (TURNS * int(ray.cluster_resources()["CPU"]))
        pieces = list(reading.pieces(source, min(max(share, LEAST), MOST)))
        if pieces:
            yield from _looked_at(asked, pieces)


def look(pieces: pa.Table, told: bytes) -> pa.Table:
    """What came of these pieces, pickled: it goes to the process that asked and nowhere else."""
    asked: Asked = pickle.loads(told)  # noqa: S301  our own, see `_looked_at`
    careful = _apart if _is_tried_again() else _at_once
    found = [
        pickle.dumps(careful(asked, _batches(asked, piece)))
        for piece in zip(pieces["start"].to_pylist(), pieces["end"].to_pylist(), strict=True)
    ]
    return pa.table({"found": pa.array(found, pa.large_binary())})


def _at_once(asked: Asked, batches: Iterable[Lines]) -> list[Local]:
    return [local for lines in batches for local in worker(asked)(lines)]


def _apart(asked: Asked, batches: Iterable[Lines]) -> list[Local]:
    """By a process of its own, so that a row that ends it falls out; Ray would try forever."""
    with closing(Crew(1, worker(asked))) as crew:
        return list(crew.results(batches))


def _is_tried_again() -> bool:
    """Whether the process that had this task before has ended, whatever ended it."""
    # Ray tells it under no other name; tests/sdks/test_real_ray.py holds it to that
    return bool(ray._private.worker.global_worker.core_worker.get_current_task_attempt_number())


def _batches(asked: Asked, piece: Piece) -> Iterator[Lines]:
    start, end = piece
    with asked.source.open("rb") as source:
        source.seek(start)
        yield from batched(reading.lines(source, asked.recipe.reading.most_bytes, end), BATCH)


def _looked_at(asked: Asked, pieces: Sequence[Piece]) -> Iterator[Local]:
    table = pa.table({"start": [each for each, _ in pieces], "end": [each for _, each in pieces]})
    # in bytes, so that workers import this module before those that need Django
    told = {"told": pickle.dumps(asked)}
    done = ray.data.from_arrow(table, override_num_blocks=len(pieces)).map_batches(
        look, batch_size=None, batch_format="pyarrow", fn_kwargs=told
    )
    for batch in done.iter_batches(batch_size=1, batch_format="pyarrow"):
        for found in batch["found"]:
            yield from pickle.loads(found.as_py())  # noqa: S301  our own, see `look`


@contextmanager
def _joined(cpus: int, cluster: str) -> Iterator[None]:
    """Be with a Ray, and leave it; where it was begun for this, it ends."""
    begun = {"num_cpus": cpus, "object_store_memory": STORE, "include_dashboard": False}
    if cluster:
        host, _, port = cluster.rpartition(":")
        create_connection((host, port), ANSWERS).close()  # Ray itself would try for minutes
    with_ray = {"address": cluster} if cluster else begun
    ray.init(**with_ray, log_to_driver=False, logging_level=ERROR)
    getLogger("ray.data").setLevel(ERROR)
    DataContext.get_current().enable_progress_bars = False
    try:
        yield
    finally:
        ray.shutdown()
