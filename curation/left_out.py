"""Why a frozen version does not hold examples: its own rules asked again, as of its own cutoff.

A build keeps how many each step dropped, not which. It follows from decisions and a recipe that
no longer change, so what the build found is found again. What got through every rule that asks
about one example alone and still is not there was in a benchmark: no other step drops examples.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db import connection
from django.db.models import QuerySet

from curation.models import DatasetRow, DatasetVersion
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
    found = {each.example: each for each in candidates_of(version, examples)}
    reasons = _reasons(version, found)
    return {pk: reasons.get(pk, NOT_THERE) for pk in examples}


def counted(version: DatasetVersion, rows: QuerySet[DatasetRow]) -> Counter[str]:
    """How many of the examples of these rows, none of which the version holds, by reason."""
    examples, given = rows.order_by().values("example_id").query.sql_with_params()
    empty = blob_id(version.project_id, "")
    with connection.cursor() as cursor:
        asked = [*as_of(version), *given, empty, empty]
        cursor.execute(ALIKE.format(examples=examples), asked)
        alike: dict[int, int] = dict(cursor.fetchall())
    found: Counter[str] = Counter()
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
