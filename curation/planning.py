"""What a version will hold: the decisions and the recipe, with the texts that the recipe asks for.

A version's recipe names every criterion. One from before a criterion existed does not have it,
and is planned as it was.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from curation import clean_rows, fit_rows, near_rows, own_benchmarks
from curation.fingerprints import Fingerprints
from curation.models import DatasetRow, DatasetVersion
from curation.recipe import Decontamination, Parsing, Validity
from curation.selection import Chosen, Looks, Plan, candidates_of, plan
from curation.splits import HUNDRED, STICKY
from feedback.blobs import blob_id


class Leaks(defaultdict[str, Counter[str]]):
    """How many rows were in which benchmark, by how it was found."""

    def __init__(self) -> None:
        super().__init__(Counter)


def planned(
    version: DatasetVersion, alive: Callable[[], None], examples: Sequence[int] | None = None
) -> Plan:
    """The plan of a version, or of these examples of it; the same on any machine.

    `alive` is called now and then; what it raises ends the work.
    """
    empty = blob_id(version.project_id, "")
    candidates = candidates_of(version, examples)
    own, leaks = _own(version), Leaks()
    looks = _looks(version, alive, own, leaks)
    made = plan(candidates, version.recipe, empty, looks, held_by(version))
    if "decontamination" not in version.recipe:
        return made
    return replace(made, leaks={name: dict(leaks[name]) for name in clean_rows.names_of(own)})


def held_by(version: DatasetVersion) -> dict[int, str]:
    """The split of examples that an earlier version had for test or validation, the stronger."""
    kept = DatasetRow.objects.filter(
        version__project=version.project_id,
        version__number__in=version.earlier,
        split__in=STICKY,
        example__isnull=False,
    )
    found: dict[int, str] = {}
    for example, split in kept.values_list("example_id", "split").distinct():
        found[example] = min(found.get(example, split), split, key=STICKY.index)
    return found


def _own(version: DatasetVersion) -> list[Fingerprints]:
    named = version.recipe.get("decontamination", {}).get("own", {})
    return own_benchmarks.named(version.project_id, named)


def _looks(
    version: DatasetVersion, alive: Callable[[], None], own: Sequence[Fingerprints], leaks: Leaks
) -> Looks:
    """`leaks` is told of what is in a benchmark, by its name."""
    recipe = version.recipe
    by = Decontamination(percent=recipe.get("decontamination", {}).get("percent", 58))
    near = recipe.get("near_duplicates", {}).get("percent", 70) / HUNDRED
    size = Validity.model_validate(recipe.get("validity", {}))
    parsing = Parsing.model_validate(recipe.get("parsing", {}))

    def clean(rows: list[Chosen]) -> dict[str, str]:
        found = clean_rows.contaminated(rows, alive, by, own)
        for each in found.values():
            leaks[each.of][each.reason] += 1
        return {name: each.reason for name, each in found.items()}

    def fit(rows: list[Chosen]) -> dict[str, str]:
        return fit_rows.unfit(rows, size, parsing, alive)

    def gather(rows: list[Chosen]) -> list[Chosen]:
        return near_rows.gathered(rows, alive, near)

    return Looks(clean, fit, gather)
