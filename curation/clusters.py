"""Clusters: which examples are near-duplicates of each other, kept up as examples come in.

Two examples hang together if their code is near (`curation.nearness`), and so do all that hang
together through others. Joining holds the project's `ClusterMark`, so that of two near examples
that come at once the later one sees the earlier. All of it is one transaction, and a worker that
dies leaves its examples due.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction
from django.db.models import QuerySet

from curation import nearness, runs
from curation.models import Cluster, ClusterMark, ClusterMember, Example, Sketch
from curation.sizes import AT_ONCE, sizes_of
from governance.models import Project
from lib import clock
from lib.portions import fitting, pages

BATCH = 200  # examples compared in one transaction, and no more than this of their text
BATCH_BYTES = AT_ONCE
LOOKED_AT = 1_000  # candidates of one example; more share a band only where code is boilerplate
TRIED = 3  # candidates of one cluster that are compared word by word, the likeliest first
UNMEASURED = 0.0  # until `_measure`, in the same transaction
HOPELESS = 0.5  # by the sketches, whose error is 0.04: five times that below NEAR

# The candidates of all examples in one query; each half of a pair may be in the batch
CANDIDATES = """
SELECT mine.example_id, found.example_id
  FROM curation_sketch mine,
       LATERAL (SELECT other.example_id
                  FROM curation_sketch other
                 WHERE other.bands && mine.bands AND other.example_id <> mine.example_id
                 LIMIT %s) found
 WHERE mine.example_id = ANY(%s)
"""
SET_LIKENESS = """
UPDATE curation_clustermember AS member SET likeness = told.likeness
  FROM unnest(%s::bigint[], %s::float8[]) AS told(id, likeness)
 WHERE member.example_id = told.id AND member.likeness <> told.likeness
"""
SET_EXEMPLARS = """
UPDATE curation_cluster AS cluster
   SET exemplar_id = told.exemplar, size = told.size, changed_at = %s
  FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS told(id, exemplar, size)
 WHERE cluster.id = told.id
"""

type Edge = tuple[int, int]  # two examples that are near
type Code = tuple[UUID, UUID]  # an output and its correction


@dataclass
class Group:
    """A cluster that is measured: its examples by their code, the oldest first.

    Where there are more texts than can be measured, or longer ones, the exemplar stays what it is
    and only members that have just come are compared with it.
    """

    exemplar: int
    copies: dict[Code, list[int]] = field(default_factory=lambda: defaultdict(list))
    new: set[int] = field(default_factory=set)

    @property
    def size(self) -> int:
        """How many examples."""
        return sum(map(len, self.copies.values()))

    @property
    def firsts(self) -> list[int]:
        """An example of each text."""
        return [pks[0] for pks in self.copies.values()]

    @property
    def come(self) -> list[int]:
        """An example of each text that some new member has."""
        return [pks[0] for pks in self.copies.values() if not self.new.isdisjoint(pks)]

    def choose(self, texts: Mapping[int, nearness.Hashes]) -> None:
        """Find the exemplar anew, from the texts of all."""
        weights = [len(pks) for pks in self.copies.values()]
        found = nearness.exemplar([texts[pk] for pk in self.firsts], weights)
        self.exemplar = self.firsts[found]

    def measured(self, texts: Mapping[int, nearness.Hashes]) -> dict[int, float]:
        """How like the exemplar the members are whose texts were read."""
        return {
            pk: nearness.similarity(texts[pks[0]], texts[self.exemplar])
            for pks in self.copies.values()
            if pks[0] in texts
            for pk in pks
        }


@dataclass(frozen=True)
class Likely:
    """A candidate for being near: which example, and how alike by the sketches."""

    example: int
    cluster: int | None
    estimate: float


def due() -> QuerySet[Example]:
    """Labelled examples that were never compared, the oldest first."""
    uncompared = Example.objects.filter(compared_at=None).exclude(state=Example.State.ARRIVED)
    return uncompared.order_by("id")


def join_waiting(limit: int, now: datetime) -> int:
    """Compare up to `limit` examples that are due; return how many were.

    A project that another worker is at is left to it.
    """
    done = 0
    while done < limit:
        waiting = _fitting(min(BATCH, limit - done))
        joined = sum(_join_unless_held(project, pks, now) for project, pks in waiting.items())
        if not joined:
            break
        done += joined
    return done


def _fitting(most: int) -> dict[int, list[int]]:
    """Due examples whose texts fit in a batch, by project."""
    first = list(due().values_list("pk", flat=True)[:most])  # before any text is joined to it
    sizes = sizes_of(Example.objects.filter(pk__in=first).order_by("id"), "output", "ideal")
    found = Example.objects.filter(pk__in=fitting(sizes, BATCH_BYTES)).order_by("id")
    waiting: dict[int, list[int]] = defaultdict(list)
    for pk, project in found.values_list("pk", "project_id"):
        waiting[project].append(pk)
    return waiting


@transaction.atomic
def join(project: Project, examples: Iterable[int], now: datetime) -> int:
    """Put examples of the project that were not compared yet where they belong; how many."""
    hold_mark(project.pk)
    return _join(project.pk, examples, now)


@transaction.atomic
def _join_unless_held(project: int, examples: Sequence[int], now: datetime) -> int:
    free = ClusterMark.objects.select_for_update(skip_locked=True).filter(pk=project)
    ClusterMark.objects.bulk_create([ClusterMark(pk=project)], ignore_conflicts=True)
    return _join(project, examples, now) if free.exists() else 0


def hold_mark(project: int) -> None:
    """Compare no example of the project elsewhere until this transaction ends."""
    ClusterMark.objects.bulk_create([ClusterMark(pk=project)], ignore_conflicts=True)
    ClusterMark.objects.select_for_update().get(pk=project)


def _join(project: int, examples: Iterable[int], now: datetime) -> int:
    mine = Example.objects.filter(project=project, pk__in=examples, compared_at=None)
    fresh = list(mine.order_by("id").select_for_update(no_key=True).values_list("pk", flat=True))
    if not fresh:
        return 0
    words = nearness.Vocabulary()
    texts = _texts_of(fresh, words)
    edges = _sketch(project, texts)
    edges += _near(texts)
    touched = _unite(project, edges, now)
    Example.objects.filter(pk__in=fresh).update(compared_at=now)
    if touched:
        _measure(touched, now)
    waiting = due().filter(project=project)
    runs.backlog(project, runs.Kind.COMPARE, "compared", len(fresh), clock.now(), waiting)
    return len(fresh)


def _sketch(project: int, texts: Mapping[int, nearness.Hashes]) -> list[Edge]:
    """Store what the examples are found by; an edge from each copy to the first of its kind."""
    same = {pk: nearness.fingerprint(hashes) for pk, hashes in texts.items()}
    known = Sketch.objects.filter(
        project=project, algorithm=nearness.ALGORITHM, same__in=same.values()
    )
    first: dict[int, int] = {}
    for pk, key in known.order_by("-example").values_list("example", "same"):
        first[key] = pk
    edges = []
    for pk, key in sorted(same.items()):
        if texts[pk].size and first.setdefault(key, pk) != pk:
            edges.append((first[key], pk))
    found = nearness.sketches(list(texts.values()))
    bands = nearness.band_keys(found, project)
    copies = {copy for _, copy in edges}
    Sketch.objects.bulk_create(
        Sketch(
            example_id=pk,
            project_id=project,
            algorithm=nearness.ALGORITHM,
            same=same[pk],
            minhash=row.astype("<u4").tobytes(),
            bands=[] if pk in copies or not texts[pk].size else keys.tolist(),
        )
        for (pk, row), keys in zip(zip(texts, found, strict=True), bands, strict=True)
    )
    return edges


def _near(texts: Mapping[int, nearness.Hashes]) -> list[Edge]:
    """Pairs that are near, word by word, of the examples with all that may be."""
    compared: dict[int, list[int]] = defaultdict(list)
    for pk, candidates in _likely(list(texts)).items():
        for each in candidates:
            compared[each.example].append(pk)
    return [
        (pk, other)
        for page in _pages(compared, texts)
        for other, text in page.items()
        for pk in compared[other]
        if nearness.similarity(texts[pk], text) >= nearness.NEAR
    ]


def _pages(
    examples: Iterable[int], known: Mapping[int, nearness.Hashes] | None = None
) -> Iterator[Mapping[int, nearness.Hashes]]:
    """The texts of the examples, as many at once as fit; those known come first, as they are."""
    known = known or {}
    wanted = sorted(set(examples) - known.keys())
    yield {pk: known[pk] for pk in examples if pk in known}
    sizes = sizes_of(Example.objects.filter(pk__in=wanted).order_by("id"), "output", "ideal")
    for page in pages(sizes, BATCH_BYTES):
        yield _texts_of(page, nearness.Vocabulary())


def _likely(examples: list[int]) -> dict[int, list[Likely]]:
    """For each example those worth comparing word by word, a few of each cluster."""
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [LOOKED_AT, examples])
        pairs = cursor.fetchall()
    involved = {pk for pair in pairs for pk in pair}
    rows = Sketch.objects.filter(pk__in=involved).values_list(
        "pk", "minhash", "example__membership__cluster"
    )
    minhash: dict[int, npt.NDArray[np.uint32]] = {}
    cluster_of: dict[int, int | None] = {}
    for pk, data, cluster in rows:
        minhash[pk], cluster_of[pk] = np.frombuffer(data, dtype="<u4"), cluster
    found: dict[int, list[Likely]] = defaultdict(list)
    for one, other in pairs:
        estimate = float(np.mean(minhash[one] == minhash[other]))
        if estimate >= HOPELESS:
            found[one].append(Likely(other, cluster_of[other], estimate))
    return {pk: _few_of_each(candidates) for pk, candidates in found.items()}


def _few_of_each(candidates: list[Likely]) -> list[Likely]:
    """The likeliest TRIED of each cluster, and all that are in none."""
    taken: dict[int, int] = defaultdict(int)
    kept = []
    for each in sorted(candidates, key=lambda each: (-each.estimate, each.example)):
        if each.cluster is not None:
            taken[each.cluster] += 1
        if each.cluster is None or taken[each.cluster] <= TRIED:
            kept.append(each)
    return kept


def _texts_of(examples: Iterable[int], words: nearness.Vocabulary) -> dict[int, nearness.Hashes]:
    rows = Example.objects.filter(pk__in=examples).order_by("id")
    texts = rows.values_list("pk", "output__text", "ideal__text")
    return {pk: nearness.shingles(output, ideal, words) for pk, output, ideal in texts}


def _unite(project: int, edges: Sequence[Edge], now: datetime) -> set[int]:
    """Make one cluster of all that hang together, the smallest id staying; those that changed."""
    involved = {pk for edge in edges for pk in edge}
    members = ClusterMember.objects.filter(pk__in=involved)
    cluster_of = dict(members.values_list("pk", "cluster_id"))
    joining: dict[int, list[int]] = {}
    fresh: list[list[int]] = []
    for group in grouped(edges, cluster_of):
        olds = sorted({cluster_of[pk] for pk in group if pk in cluster_of})
        news = sorted(group - cluster_of.keys())
        _merge(olds, now)
        if olds and (news or len(olds) > 1):
            joining[olds[0]] = news
        elif not olds:
            fresh.append(news)
    made = Cluster.objects.bulk_create(
        Cluster(project_id=project, exemplar_id=news[0], size=len(news), changed_at=now)
        for news in fresh
    )
    joining |= {each.pk: news for each, news in zip(made, fresh, strict=True)}
    ClusterMember.objects.bulk_create(
        ClusterMember(example_id=pk, cluster_id=cluster, likeness=UNMEASURED)
        for cluster, news in joining.items()
        for pk in news
    )
    return set(joining)


def _merge(clusters: Sequence[int], now: datetime) -> None:
    """Move the members of all into the first."""
    if len(clusters) > 1:
        kept, gone = clusters[0], Cluster.objects.filter(pk__in=clusters[1:])
        moved = ClusterMember.objects.filter(cluster__in=gone)
        moved.update(cluster=kept, likeness=UNMEASURED)
        Cluster.objects.filter(merged_into__in=gone).update(merged_into=kept)
        gone.update(merged_into=kept, size=0, changed_at=now)


def grouped(edges: Iterable[Edge], cluster_of: Mapping[int, int]) -> list[set[int]]:
    """Examples that hang together, by edges or because they are in one cluster already."""
    first_in: dict[int, int] = {}
    inside = [(first_in.setdefault(cluster, pk), pk) for pk, cluster in cluster_of.items()]
    parent: dict[int, int] = {}

    def root(pk: int) -> int:
        parent.setdefault(pk, pk)
        while parent[pk] != pk:
            parent[pk] = pk = parent[parent[pk]]
        return pk

    for one, other in [*edges, *inside]:
        parent[root(one)] = root(other)
    groups: dict[int, set[int]] = defaultdict(set)
    for pk in parent:
        groups[root(pk)].add(pk)
    return sorted(groups.values(), key=min)


def _measure(clusters: Collection[int], now: datetime) -> None:
    """Find each cluster's exemplar, and how like it every member is."""
    groups = _groups(clusters)
    few = [pk for group in groups.values() if _are_few(group) for pk in group.firsts]
    sizes = dict(sizes_of(Example.objects.filter(pk__in=few), "output", "ideal"))
    light: list[tuple[int, int]] = []
    likeness: dict[int, float] = {}
    for key, group in groups.items():
        total = sum(sizes.get(pk, 0) for pk in group.firsts)
        if _are_few(group) and total <= nearness.MEASURED_BYTES:
            light.append((key, total))
        else:
            likeness |= _of_many(group)
    for page in pages(light, nearness.MEASURED_BYTES):
        read = [pk for key in page for pk in groups[key].firsts]
        texts = _texts_of(read, nearness.Vocabulary())
        for group in map(groups.__getitem__, page):
            group.choose(texts)
            likeness |= group.measured(texts)
    told = [(pk, group.exemplar, group.size) for pk, group in groups.items()]
    with connection.cursor() as cursor:
        cursor.execute(SET_LIKENESS, [list(likeness), list(likeness.values())])
        cursor.execute(SET_EXEMPLARS, [now, *map(list, zip(*told, strict=True))])


def _are_few(group: Group) -> bool:
    return len(group.copies) <= nearness.MEASURED


def _of_many(group: Group) -> dict[int, float]:
    """How like the exemplar, which stays what it is, the new members are."""
    exemplar = _texts_of([group.exemplar], nearness.Vocabulary())
    found: dict[int, float] = {}
    for texts in _pages(group.come):
        found |= group.measured({**exemplar, **texts})
    return found


def _groups(clusters: Collection[int]) -> dict[int, Group]:
    exemplars = Cluster.objects.filter(pk__in=clusters).order_by("id")
    groups = {pk: Group(exemplar) for pk, exemplar in exemplars.values_list("pk", "exemplar_id")}
    members = ClusterMember.objects.filter(cluster__in=clusters).order_by("example_id")
    code = ("example__output_id", "example__ideal_id")
    for cluster, pk, like, *texts in members.values_list("cluster", "pk", "likeness", *code):
        groups[cluster].copies[tuple(texts)].append(pk)
        if like == UNMEASURED:
            groups[cluster].new.add(pk)
    return groups
