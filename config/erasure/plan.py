"""What an erasure would do, counted: the dry run, and what the receipt says afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext

from config.erasure.fates import WORDS
from config.erasure.reach import Reach, reach_of
from config.erasure.requests import Request
from curation.models import DatasetRow, DatasetVersion, Example
from deployments.models import ModelVersion
from governance.models import Project

# Lines that a version's files will leave out: all that an erased correction stands behind
LINES = """
SELECT row.version_id, count(DISTINCT row.row_id), count(DISTINCT row.row_id)
       FILTER (WHERE row.split = 'train')
  FROM curation_datasetrow AS row WHERE row.example_id = ANY(%s)
   AND NOT EXISTS (SELECT FROM curation_datasetrow AS gone WHERE gone.version_id = row.version_id
                      AND gone.row_id = row.row_id AND gone.example_id IS NULL)
 GROUP BY row.version_id
"""


@dataclass(frozen=True)
class Loss:
    """A dataset version, and how many lines its files lose."""

    version: DatasetVersion
    lines: int
    trained: int  # of them, in the train split


@dataclass(frozen=True)
class Plan:
    """What goes: rows by table, lines of dataset versions, and the models trained on those."""

    counts: dict[str, int]
    losses: tuple[Loss, ...]
    models: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not any(self.counts.values())

    @property
    def total(self) -> int:
        """How many rows go."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Counted:
    """One kind of thing on a page: what it is called, its rows by table, and all of them."""

    words: str
    tables: tuple[tuple[str, int], ...]
    rows: int


def plan_of(project: Project, request: Request) -> Plan:
    """The dry run: it changes nothing and waits for nobody."""
    return plan_from(reach_of(project, request))


def plan_from(reach: Reach) -> Plan:
    """The same for rows that were found already."""
    counts = {table._meta.db_table: n for table, n in reach.counts.items() if n}
    with connection.cursor() as cursor:
        cursor.execute(LINES, [reach.ids(Example)])
        lost = {version: (lines, trained) for version, lines, trained in cursor.fetchall()}
    frozen = DatasetVersion.objects.filter(pk__in=lost, state=DatasetVersion.State.FROZEN)
    losses = tuple(Loss(version, *lost[version.pk]) for version in frozen.order_by("number"))
    rows = DatasetRow.objects.filter(example__in=reach.ids(Example)).count()
    if rows:
        counts[DatasetRow._meta.db_table] = rows
    return Plan(counts, losses, _trained_on(losses))


def _trained_on(losses: Iterable[Loss]) -> tuple[str, ...]:
    """Models of versions of which they learnt a line that goes."""
    versions = [each.version for each in losses if each.trained]
    models = ModelVersion.objects.filter(dataset_version__in=versions).order_by("pk")
    return tuple(str(model) for model in models)


def in_words(counts: dict[str, int]) -> list[Counted]:
    """Counts by table as people read them, in the order in which things came to be."""
    found = []
    for words in dict.fromkeys(WORDS.values()):
        tables = tuple(
            (name, counts[name]) for name, of in WORDS.items() if of == words and name in counts
        )
        if tables:
            found.append(Counted(gettext(words), tables, sum(n for _, n in tables)))
    return found
