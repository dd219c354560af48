"""Why a frozen version does not hold examples: what its build kept, or its own rules asked again.

A build keeps why it left an accepted example out. One from before that, and whatever nobody had
accepted, follows from decisions and a recipe that no longer change, so it is found again. Of those
older versions, what got through every rule that asks about one example alone and still is not
there was in a benchmark: no other step dropped examples.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet

from curation.models import DatasetRow, DatasetVersion, LeftOut
from curation.selection import STOOD, Candidate, as_of, candidates_of, fall, refusal_by
from feedback.blobs import blob_id

NOT_THERE = "not_there"  # it came after the cutoff
BENCHMARK = "benchmark"
NOT_KNOWN = "not_known"

# Examples that every rule treats alike, each by one of them
ALIKE = f"""
SELECT min(e.id), count(*)
{STOOD} AND e.id IN ({{examples}})
 GROUP BY d.outcome, d.reason, e.repository, e.prompt_id = %s, d.ideal_id = %s,
       d.ideal_id = e.output_id
"""


def why_not(version: DatasetVersion, examples: Sequence[int]) -> dict[int, str]:
    """The reason of each of these examples, none of which the version holds."""
    kept = dict(
        LeftOut.objects.filter(version=version, example__in=examples).values_list(
            "example_id", "reason"
        )
    )
    asked = [pk for pk in examples if pk not in kept]
    found = {each.example: each for each in candidates_of(version, asked)}
    reasons = kept | _reasons(version, found)
    return {pk: reasons.get(pk, NOT_THERE) for pk in examples}


def counted(version: DatasetVersion, rows: QuerySet[DatasetRow]) -> Counter[str]:
    """How many of the examples of these rows, none of which the version holds, by reason."""
    kept = LeftOut.objects.filter(version=version)
    stored = kept.filter(example__in=rows.order_by().values("example_id"))
    found = Counter(dict(stored.order_by().values_list("reason").annotate(n=Count("id"))))
    others = rows.filter(~Exists(kept.filter(example=OuterRef("example"))))
    examples, given = others.order_by().values("example_id").query.sql_with_params()
    empty = blob_id(version.project_id, "")
    with connection.cursor() as cursor:
        asked = [*as_of(version), *given, empty, empty]
        cursor.execute(ALIKE.format(examples=examples), asked)
        alike: dict[int, int] = dict(cursor.fetchall())
    for example, why in why_not(version, list(alike)).items():
        found[why] += alike[example]
    if later := rows.count() - found.total():
        found[NOT_THERE] += later
    return found


def _reasons(version: DatasetVersion, found: Mapping[int, Candidate]) -> dict[int, str]:
    if not version.last_decision:  # frozen before cutoffs were exact
        return dict.fromkeys(found, NOT_KNOWN)
    empty = blob_id(version.project_id, "")
    refusal = refusal_by(version.recipe)
    rest = BENCHMARK if "decontamination" in version.recipe else NOT_KNOWN
    return {pk: fall(each, empty, refusal)[1] or rest for pk, each in found.items()}
