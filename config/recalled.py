"""What a recall reaches: versions that hold the row, models that learnt it, where they answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from curation.models import DatasetVersion, Example
from curation.recalls import Held, held_by
from deployments.models import Endpoint, ModelVersion


@dataclass(frozen=True)
class Learnt:
    """A model version that was trained with some row, and the endpoints it answers on."""

    model: ModelVersion
    live_on: Sequence[str]


@dataclass(frozen=True)
class Reached:
    """Everything that holds or learnt from some examples."""

    versions: Sequence[Held]
    models: Sequence[Learnt]

    @property
    def live_on(self) -> list[str]:
        """The endpoints on which somebody is answered by what learnt from them."""
        return sorted({name for each in self.models for name in each.live_on})


def reached(examples: Iterable[Example]) -> Reached:
    """What holds or learnt from these examples; a fixed number of queries."""
    versions = held_by(examples)
    return Reached(versions, learnt_from(each.version for each in versions if each.trained))


def learnt_from(versions: Iterable[DatasetVersion]) -> list[Learnt]:
    """The model versions that were trained on these, in the order they were registered."""
    models = list(ModelVersion.objects.filter(dataset_version__in=list(versions)).order_by("pk"))
    live: dict[int, list[str]] = {}
    for endpoint in Endpoint.objects.filter(live__in=models).order_by("name"):
        live.setdefault(endpoint.live_id or 0, []).append(endpoint.name)
    return [Learnt(model, live.get(model.pk, ())) for model in models]
