"""Curate a file of corrections without a database."""

import os
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation import from_file, recipe
from curation.categories import TOP
from curation.fingerprints import NotFingerprints
from curation.stages.splitting import STICKY
from curation.standards import known_benchmarks


class Command(BaseCommand):
    help = (
        "Run the stages of curation over a file of corrections, one JSON object a line, and write"
        " kept.jsonl, labels.jsonl, dropped.jsonl and report.json. No database is needed."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, help="the file, one row a line")
        parser.add_argument("target", type=Path, help="a folder; made if missing")
        parser.add_argument("--recipe", type=Path, help="a recipe in JSON; without, the default")
        parser.add_argument("--gold", type=Path, help="known categories, `id` and `category`")
        parser.add_argument("--before", type=Path, help="an earlier kept.jsonl: test stays test")
        parser.add_argument(
            "--benchmarks", type=Path, action="append", default=[], help="more fingerprints"
        )
        parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
        parser.add_argument(
            "--on", choices=("processes", "ray"), default="processes", help="what runs the workers"
        )
        parser.add_argument("--cluster", default="", help="a Ray that runs, as in 10.0.0.1:6379")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            by = recipe.read_file(options["recipe"]) if options["recipe"] else recipe.Recipe()
            asked = from_file.Asked(
                options["source"],
                options["target"],
                by,
                known_benchmarks(by, settings.BENCHMARKS, options["benchmarks"]),
                _named(options["gold"], "category", TOP),
                _named(options["before"], "split", STICKY),
                max(options["workers"], 1),
            )
            report = from_file.curate(asked, self._say, _runner(options["on"], options["cluster"]))
        except (recipe.BadRecipe, NotFingerprints, OSError) as error:
            raise CommandError(f"{error} Nothing was written.") from error
        rows = report["rows"]
        self.stdout.write(
            f"{rows['read']:,} rows read, {rows['kept']:,} kept, {rows['dropped']:,} dropped:"
            f" {options['target']}\n{report['content_id']}"
        )

    def _say(self, text: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{text}   ", ending="")


def _runner(on: str, cluster: str) -> from_file.Runner:
    if on == "processes":
        return from_file.here
    if find_spec("ray") is None:
        raise CommandError('Ray is not installed: pip install "ray[data]>=2.60".')
    return partial(import_module("curation.on_ray").on_ray, cluster=cluster)


def _named(path: Path | None, key: str, known: Sequence[str]) -> dict[str, str]:
    """A field of each row by its id; lines without an id or a known value do not count."""
    found: dict[str, str] = {}
    for line in path.read_bytes().split(b"\n") if path else ():
        try:
            row = orjson.loads(line)
            name, value = row["id"], row[key]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            continue
        if isinstance(name, str) and value in known:
            found[name] = value
    return found
