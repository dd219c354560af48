"""What the pages show about models and endpoints, read in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext

from deployments.endpoints import Step, before
from deployments.models import Endpoint, Evaluation, LiveChange, ModelVersion, Promotion
from deployments.reports import Metric, metrics_of
from governance.models import Project
from lib.intervals import BROAD_DOTS, Estimate, Estimates, estimates
from lib.scales import interval, percent

State = Promotion.State


@dataclass(frozen=True)
class EndpointCard:
    """An endpoint, its changes (newest first) and what it would go back to."""

    endpoint: Endpoint
    changes: Sequence[LiveChange]
    back: ModelVersion | None

    @property
    def newest(self) -> LiveChange | None:
        """What made live what is live."""
        return self.changes[0] if self.changes else None


@dataclass(frozen=True)
class Measured:
    """One metric of one evaluation, in words."""

    suite: str
    metric: Metric

    @property
    def value(self) -> str:
        """A share as percent, anything else as it was reported."""
        return shown(self.metric.value, self.metric.is_share)

    @property
    def band(self) -> str:
        """The interval's ends, in the same form."""
        low, high = self.metric.low, self.metric.high
        if self.metric.is_share:
            return interval(float(low), float(high))
        return f"{shown(low, False)}–{shown(high, False)}"


def versions_of(project: Project) -> QuerySet[ModelVersion]:
    """A project's model versions with all their row shows."""
    rows = ModelVersion.objects.filter(project=project)
    return rows.select_related("dataset_version", "registered_by").prefetch_related(
        Prefetch("evaluations", Evaluation.objects.order_by("id")),
        Prefetch("live_on", Endpoint.objects.order_by("name")),
        Prefetch("promotions", Promotion.objects.select_related("endpoint").order_by("-id")),
    )


def endpoints_of(project: Project) -> list[EndpointCard]:
    """A project's endpoints by name, with their history."""
    rows = LiveChange.objects.filter(endpoint__project=project)
    rows = rows.select_related("model_version", "replaced", "by").order_by("endpoint_id", "id")
    changes = {key: list(group) for key, group in groupby(rows, lambda row: row.endpoint_id)}
    found = Endpoint.objects.filter(project=project).select_related("live").order_by("name")
    return [card_of(endpoint, changes.get(endpoint.pk, [])) for endpoint in found]


def card_of(endpoint: Endpoint, changes: Sequence[LiveChange]) -> EndpointCard:
    """An endpoint's card from its changes, oldest first."""
    back = before(Step(each.kind, each.model_version_id, each.digest) for each in changes)
    known = {each.model_version_id: each.model_version for each in changes}
    return EndpointCard(endpoint, changes[::-1], known[back.version] if back else None)


def state_of(version: ModelVersion) -> tuple[str, str, str]:
    """A version's badge: kind, icon, words. Its relations are prefetched."""
    live_on = list(version.live_on.all())
    if live_on:
        return (
            "ok",
            "check",
            gettext("Live on {value}").format(value=", ".join(each.name for each in live_on)),
        )
    promotions = list(version.promotions.all())
    if any(each.state == State.PROPOSED for each in promotions):
        return "find", "clock", gettext("Waiting for sign-off")
    if any(each.state == State.PROMOTED for each in promotions):
        return "", "undo", gettext("Was live")
    if any(each.state == State.REJECTED for each in promotions):
        return "bad", "x", gettext("Rejected")
    return "", "todo", gettext("Registered")


def measured(evaluations: Iterable[Evaluation], manifest_digest: str) -> list[Measured]:
    """Every metric of the evaluations of one manifest."""
    return [
        Measured(each.suite, metric)
        for each in evaluations
        if each.manifest_digest == manifest_digest
        for metric in metrics_of(each.report)
    ]


def compared(
    name: str, new: Sequence[Measured], live_name: str = "", live: Sequence[Measured] = ()
) -> Estimates | None:
    """Shares with their intervals: the version's, each above that of what is live now."""
    old = {(each.suite, each.metric.name): each for each in live}
    rows: list[Estimate] = []
    for each in new:
        if not each.metric.is_share:
            continue
        rows.append(_estimate(each, f"{each.suite}, {name}" if live_name else each.suite, True))
        other = old.get((each.suite, each.metric.name))
        if other is not None and other.metric.is_share:
            rows.append(_estimate(other, f"{each.suite}, {live_name}", False))
    says = gettext("Evaluation results of {name}").format(name=name)
    says += (
        gettext(" beside {live_name}, which is live").format(live_name=live_name)
        if live_name
        else ""
    )
    says += gettext(", with 95 percent intervals")
    return estimates(
        says, rows, (gettext("Metric"), gettext("Suite"), gettext("Share")), wide=BROAD_DOTS
    )


def _estimate(each: Measured, note: str, live: bool) -> Estimate:
    metric = each.metric
    ends = float(metric.low), float(metric.high)
    return Estimate(metric.name, note, float(metric.value), *ends, live=live)


def shown(value: Decimal, is_share: bool) -> str:
    """A measured number as people read it."""
    return percent(float(value), 1) if is_share else f"{value:,f}".replace("-", "−")
