"""What one run of one suite measured: values with their interval and how many cases. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from deployments.manifests import Problem
from lib.canonical import digest_of

DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
METRIC_NAME = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,100}")
SUITE_NAME = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}")
MOST_METRICS = 200
FIELDS = ("value", "low", "high")


class BadReport(ValueError):
    """The report cannot be attached; `problems` says why, field by field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Metric:
    """One measured value, its interval and the number of cases behind it."""

    name: str
    value: Decimal
    low: Decimal
    high: Decimal
    n: int

    @property
    def is_share(self) -> bool:
        """Whether it lies between 0 and 1, and so on the scale that shares share."""
        return self.low >= 0 and self.high <= 1


def read(sent: Any, suite: str) -> dict[str, dict[str, Any]]:
    """The report of a suite: {metric: {value, low, high, n}}, numbers as decimal strings.

    `low` and `high` are the ends of a 95 % interval, `n` the cases. Raises BadReport.
    """
    if not SUITE_NAME.fullmatch(suite):
        raise BadReport([Problem("suite", gettext("needs 1 to 200 printable characters"))])
    if not isinstance(sent, Mapping) or not sent:
        raise BadReport([Problem("", gettext("A report is an object with at least one metric"))])
    if len(sent) > MOST_METRICS:
        raise BadReport(
            [
                Problem(
                    "",
                    gettext("A report has at most {MOST_METRICS} metrics").format(
                        MOST_METRICS=MOST_METRICS
                    ),
                )
            ]
        )
    problems = [problem for name, metric in sent.items() for problem in _wrong(name, metric)]
    if problems:
        raise BadReport(problems)
    return {name: {key: metric[key] for key in (*FIELDS, "n")} for name, metric in sent.items()}


def metrics_of(report: Mapping[str, Mapping[str, Any]]) -> list[Metric]:
    """The metrics of a stored report, by name."""
    return [
        Metric(
            name=name,
            value=Decimal(metric["value"]),
            low=Decimal(metric["low"]),
            high=Decimal(metric["high"]),
            n=int(metric["n"]),
        )
        for name, metric in sorted(report.items())
    ]


def report_digest(suite: str, manifest_digest: str, report: Mapping[str, Any]) -> str:
    """The SHA-256 over a report, the suite that ran and what exactly it ran on."""
    return digest_of({"manifest": manifest_digest, "report": report, "suite": suite})


def _wrong(name: str, metric: Any) -> list[Problem]:
    if not METRIC_NAME.fullmatch(name):
        return [
            Problem(
                repr(name[:20]), gettext("is no name for a metric: 1 to 100 printable characters")
            )
        ]
    if not isinstance(metric, Mapping):
        return [Problem(name, gettext("needs an object with value, low, high and n"))]
    unknown = sorted(metric.keys() - {*FIELDS, "n"})
    problems = [Problem(f"{name}.{key}", gettext("is not a field of a metric")) for key in unknown]
    for field in FIELDS:
        given = metric.get(field)
        if not isinstance(given, str) or not DECIMAL.fullmatch(given):
            problems.append(
                Problem(f"{name}.{field}", gettext('needs a decimal number as text: "0.42"'))
            )
    if type(metric.get("n")) is not int or not 1 <= metric["n"] < 2**53:
        problems.append(Problem(f"{name}.n", gettext("needs a whole number of at least 1")))
    if not problems and not (
        Decimal(metric["low"]) <= Decimal(metric["value"]) <= Decimal(metric["high"])
    ):
        problems.append(Problem(name, gettext("needs low ≤ value ≤ high")))
    return problems
