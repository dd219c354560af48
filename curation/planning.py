"""What a version will hold: the decisions and the recipe, with the texts that the recipe asks for.

A version's recipe names every criterion. One from before a criterion existed does not have it,
and is planned as it was.
"""

from collections.abc import Callable, Sequence

from curation import clean_rows, fit_rows, near_rows, own_benchmarks
from curation.models import DatasetRow, DatasetVersion
from curation.recipe import Decontamination, Parsing, Validity
from curation.selection import Chosen, Looks, Plan, candidates_of, plan
from curation.splits import HUNDRED, STICKY
from feedback.blobs import blob_id


def planned(
    version: DatasetVersion, alive: Callable[[], None], examples: Sequence[int] | None = None
) -> Plan:
    """The plan of a version, or of these examples of it; the same on any machine.

    `alive` is called now and then; what it raises ends the work.
    """
    empty = blob_id(version.project_id, "")
    candidates = candidates_of(version, examples)
    return plan(candidates, version.recipe, empty, _looks(version, alive), held_by(version))


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


def _looks(version: DatasetVersion, alive: Callable[[], None]) -> Looks:
    recipe = version.recipe
    leaks = Decontamination(percent=recipe.get("decontamination", {}).get("percent", 58))
    own = recipe.get("decontamination", {}).get("own", {})
    near = recipe.get("near_duplicates", {}).get("percent", 70) / HUNDRED
    size = Validity.model_validate(recipe.get("validity", {}))
    parsing = Parsing.model_validate(recipe.get("parsing", {}))

    def clean(rows: list[Chosen]) -> dict[str, str]:
        return clean_rows.contaminated(
            rows, alive, leaks, own_benchmarks.named(version.project_id, own)
        )

    def fit(rows: list[Chosen]) -> dict[str, str]:
        return fit_rows.unfit(rows, size, parsing, alive)

    def gather(rows: list[Chosen]) -> list[Chosen]:
        return near_rows.gathered(rows, alive, near)

    return Looks(clean, fit, gather)
