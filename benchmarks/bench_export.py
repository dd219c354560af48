"""Writing a frozen version out: JSON lines and Parquet beside loops that do nothing else.

Run it as `python -m benchmarks.bench_export [--rows 10000] [--rounds 3]`. It starts its own durable
PostgreSQL. The version is built as a worker builds it. Beside the export, in turns: the same rows
from the same tables by one bare cursor, each through orjson or in groups through pyarrow, without
digests, row ids or checks. The bytes are hashed on both sides and thrown away.
"""

import argparse
import hashlib
import os
import resource
import tempfile
import time
from importlib import import_module
from itertools import batched
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryFile

import django
import orjson
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from django.core.management import call_command

from benchmarks.curate_rows import rows
from config import embedded

SAME = """
    SELECT p.text AS prompt, g.text AS chosen, b.text AS rejected, c.slug AS category, d.severity,
           e.language, e.repository, e.file_path, e.model_name, r.row_id, a.ids AS feedback_ids
    FROM curation_datasetrow r
    JOIN curation_example e ON e.id = r.example_id
    JOIN curation_decision d ON d.id = r.decision_id
    JOIN curation_category c ON c.id = d.category_id
    JOIN feedback_blob p ON p.id = e.prompt_id
    JOIN feedback_blob b ON b.id = e.output_id
    JOIN feedback_blob g ON g.id = d.ideal_id
    JOIN (SELECT m.row_id, array_agg('fe_' || k.client_id ORDER BY k.client_id) AS ids
          FROM curation_datasetrow m
          JOIN curation_example f ON f.id = m.example_id
          JOIN feedback_correction k ON k.id = f.correction_id
          WHERE m.version_id = %(version)s GROUP BY m.row_id) a ON a.row_id = r.row_id
    WHERE r.version_id = %(version)s AND r.leads AND r.split = %(split)s ORDER BY r.row_id
"""
GROUP = 5_000


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=3)
    options = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="emend-bench-") as home:
        os.environ["EMEND_SECRET_KEY"] = token_urlsafe(64)
        os.environ["DATABASE_URL"] = embedded.start_postgres(Path(home))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
        try:
            django.setup()
            call_command("migrate", verbosity=0)
            measure(version_of(options.rows), options.rounds)
        finally:
            embedded.stop_postgres(Path(home))


def version_of(count):
    """A frozen version of so many corrections, all accepted."""
    models, now = import_module("governance.models"), import_module("lib.clock").now
    curation = import_module("curation.models")
    person = models.User.objects.create(username="bench")
    project = models.Project.objects.create(slug="bench", name="bench")
    models.Membership.objects.create(project=project, user=person, role="curator")
    key, _ = import_module("governance.keys").make_key(project, "bench", person, now())
    ingest = import_module("feedback.ingest")
    for part in batched(rows(count), 400):
        records = []
        for row, _ in part:
            about = {"id": f"g{row['id']}", "prompt": row["prompt"], "output": row["rejected"]}
            about |= {"language": "python", "repository": row["repository"]}
            told = {"generation": about["id"], "corrected": row["chosen"]}
            records.append({"type": "generation", **about})
            records.append({"type": "correction", "id": f"c{row['id']}", **told})
        ingest.receive(key, records, now())
    import_module("curation.intake").pull(now())
    category = import_module("curation.categories").by_slug(project)["logic"]
    examples = list(curation.Example.objects.all())
    curation.Decision.objects.bulk_create(
        curation.Decision(
            example=each, outcome="accepted", category=category, severity="high",
            ideal_id=each.ideal_id, by=person, at=now(),
        )
        for each in examples
    )  # fmt: skip
    curation.Example.objects.update(state="accepted", category=category)
    datasets = import_module("curation.datasets")
    version = datasets.request(project, person, now())
    datasets.build(version)
    version.refresh_from_db()
    assert version.state == "frozen", version.problem
    return version


def jsonl(version):
    for file in import_module("curation.exports.plain").FORMAT.files(version):
        yield from file.pieces()


def parquet(version):
    for file in import_module("curation.exports.parquet").FORMAT.files(version):
        yield from file.pieces()


def bare_rows(version, split):
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url) as connection, connection.cursor(name="bare") as cursor:
        cursor.itersize = 1_000
        cursor.execute(SAME, {"version": version.pk, "split": split})
        names = [each.name for each in cursor.description]
        for values in cursor:
            yield dict(zip(names, values, strict=True))


def bare_jsonl(version):
    for split in version.manifest["splits"]:
        for row in bare_rows(version, split):
            yield orjson.dumps(row) + b"\n"


def bare_parquet(version):
    for split in version.manifest["splits"]:
        with TemporaryFile() as file:
            writer = None
            for group in batched(bare_rows(version, split), GROUP):
                table = pa.Table.from_pylist(list(group))
                writer = writer or pq.ParquetWriter(file, table.schema, compression="zstd")
                writer.write_table(table)
            if writer:
                writer.close()
            file.seek(0)
            while chunk := file.read(1 << 20):
                yield chunk


SIDES = {
    "JSON lines": {"bare cursor, orjson": bare_jsonl, "Emend": jsonl},
    "Parquet": {"bare cursor, pyarrow": bare_parquet, "Emend": parquet},
}


def measure(version, rounds):
    """Rounds in turns; the best of each side, on the clock and of this process's CPU."""
    count = version.manifest["rows"]
    print(f"{count:,} rows\n| as | side | rows/s | of bare | CPU us a row here |")
    print("|---|---|---|---|---|")
    for what, sides in SIDES.items():
        best = {side: (float("inf"), float("inf")) for side in sides}
        for _ in range(rounds):
            for side, make in sides.items():
                best[side] = min(best[side], timed(make, version))
        bare = next(iter(best.values()))[0]
        for side, (wall, cpu) in best.items():
            share = f"{bare / wall:.0%}"
            print(f"| {what} | {side} | {count / wall:,.0f} | {share} | {1e6 * cpu / count:.0f} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak {peak:,.0f} MiB")


def timed(make, version):
    digest = hashlib.sha256()
    began, cpu = time.perf_counter(), time.process_time()
    for piece in make(version):
        digest.update(piece)
    return time.perf_counter() - began, time.process_time() - cpu


if __name__ == "__main__":
    main()
