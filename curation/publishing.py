"""Publishing of frozen versions for DVC: files into a store, a commit and a tag into git.

Every frozen version is published. Files go first and each is noted in the row, so that a
publisher that was killed leaves little to do again; then the commit, and last what names it.
Two at once write the same bytes under the same names.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from curation import remains, runs
from curation.datasets import named
from curation.dvc.pointers import OWN, REMOTE, Folder, tree_of
from curation.dvc.remote import remote_at
from curation.dvc.repository import MAIN, Repository
from curation.dvc.store import Altered, Store, folder_name
from curation.exports.files import File
from curation.exports.hugging_face import files, manifest_bytes
from curation.models import DatasetVersion, Publication, Run
from governance.ledger import record
from governance.models import Project
from lib import clock
from lib.transitions import MoveRefused, Moves, move

State = Publication.State
MOVES: Moves = {
    State.WAITING: (State.PUBLISHING,),
    State.PUBLISHING: (State.PUBLISHING, State.PUBLISHED, State.FAILED),
    State.PUBLISHED: (State.PUBLISHING,),
    State.FAILED: (State.PUBLISHING,),
}
BY_ITSELF: Moves = {**MOVES, State.PUBLISHED: (), State.FAILED: ()}  # the others a person asks for

GRACE = timedelta(minutes=10)  # by far more than between a file's writing and its note in the row
QUIET = timedelta(seconds=60)  # a publisher that wrote nothing for this long is taken for dead
ATTEMPTS = 5
ANEW = 1_000_000  # more files than a version has; what is said after an erasure is said anew
PIECES = 200  # written between two signs of life


@dataclass(frozen=True)
class Places:
    """Where a project's published versions lie."""

    store: Store
    repository: Repository


def places_of(project: Project) -> Places:
    """By the project's number, which never changes and tells nothing."""
    root = Path(settings.PUBLISHED_DIR) / str(project.pk)
    return Places(Store(root / "dvc"), Repository(root / "git"))


def begin_waiting() -> None:
    """Put every frozen version in line that is not yet."""
    frozen = DatasetVersion.objects.filter(state=DatasetVersion.State.FROZEN, publication=None)
    waiting = [Publication(version_id=pk) for pk in frozen.values_list("pk", flat=True)]
    Publication.objects.bulk_create(waiting, ignore_conflicts=True)


def due(now: datetime) -> QuerySet[Publication]:
    """What somebody should be publishing: what waits, or was left by a publisher that died."""
    left = Q(state=State.PUBLISHING) & Q(touched_at__lt=now - QUIET)
    return Publication.objects.filter(Q(state=State.WAITING) | left).order_by("version_id")


def publish(version: DatasetVersion, *, again: bool = False) -> Publication:
    """Publish the version. Raises MoveRefused where it is published, given up or not frozen.

    `again`: also then, if it is frozen; what is missing or torn in the store is written anew.
    Safe to kill and to run twice at once.
    """
    if version.state != DatasetVersion.State.FROZEN:
        raise MoveRefused(f"{version} is not frozen")
    publication, _ = Publication.objects.get_or_create(version=version)
    _begin(publication, again)
    if publication.attempts > ATTEMPTS:
        fail(publication, "It was begun too often and never came to its end.", clock.now())
        return publication
    try:
        folder = _store(publication, places_of(version.project).store)
    except Altered as error:
        fail(publication, _altered(error), clock.now())
    else:
        finish(publication, folder)
    return publication


@transaction.atomic
def finish(publication: Publication, folder: Folder) -> None:
    """Commit and tag the version in the project's repository. Raises MoveRefused.

    The project's row is held: of two that end at once, the second knows of the first, whose
    commit may be its parent, or newer.
    """
    version = publication.version
    project = _held(pk=version.project_id)
    repository = places_of(project).repository
    repository.begin()
    tree = tree_of(folder, remotes_of(project), _meta(version), manifest_bytes(version))
    assert version.frozen_at is not None
    commit = repository.keep_commit(
        repository.keep_tree(tree), _parent(version), _message(version), version.frozen_at
    )
    now = clock.now()
    move(
        publication, State.PUBLISHED, MOVES, rows=_still(publication),
        commit=commit, published_at=now, attempts=0,
    )  # fmt: skip
    tag = {f"refs/tags/v{version.number}": commit}
    repository.point(tag | ({MAIN: commit} if _is_newest(version) else {}))
    record(
        project, None, "dataset version published", named(version), now,
        subject_digest=version.content_id, commit=commit,
    )  # fmt: skip
    run = _run(publication, now)
    Run.objects.filter(pk=run.pk).update(done=folder.files, total=folder.files)
    runs.say(run, "published", now, files=folder.files, bytes=folder.bytes)
    runs.end(run, now, runs.Outcome.DONE)


@transaction.atomic
def fail(publication: Publication, problem: str, now: datetime) -> None:
    """Give the publishing up, and say why. Raises MoveRefused."""
    move(publication, State.FAILED, MOVES, rows=_still(publication), problem=problem)
    version = publication.version
    action = "dataset version not published"
    record(version.project, None, action, named(version), now, problem=problem)
    run = _run(publication, now)
    runs.say(run, "not_published", now, runs.Level.ERROR)
    runs.end(run, now, runs.Outcome.FAILED)


@dataclass(frozen=True)
class Told:
    """What a person has to know to get the version from somewhere else."""

    publication: Publication | None
    repository: str  # its address
    remote: str  # the address of the files
    scheme: str
    host: str  # as git names it, with a port that is not the usual one
    machine: str  # as .netrc names it, without


def told_of(version: DatasetVersion) -> Told:
    """Where the version is, or how far its publishing is."""
    slug, address = version.project.slug, urlsplit(settings.PUBLIC_ADDRESS)
    return Told(
        Publication.objects.filter(version=version).first(),
        f"{settings.PUBLIC_ADDRESS}/git/{slug}.git",
        remotes_of(version.project)[REMOTE]["url"],
        address.scheme,
        address.netloc,
        address.hostname or "",
    )


def remotes_of(project: Project) -> dict[str, dict[str, str]]:
    """Where DVC may fetch the files from, the usual place first."""
    ours = {REMOTE: {"url": f"{settings.PUBLIC_ADDRESS}/dvc/{project.slug}"}}
    own = remote_at(settings.DVC_REMOTE, project.slug)
    return ours if own is None else ours | {OWN: own.settings}


def publish_anew(versions: Iterable[int]) -> None:
    """What the versions were published with is no longer theirs: an erasure took rows.

    Within the erasure's transaction. Who is publishing one of them is refused from then on.
    """
    Publication.objects.filter(version__in=versions).update(
        state=State.WAITING, stored={}, attempts=0, problem="", erasures=F("erasures") + 1
    )


def prune(project: Project, now: datetime) -> int:
    """Remove published files that no version has any longer, also from the own remote; how many.

    Young files stay: a publisher may be about to note them. Raises OSError where the remote is
    away; what is left then goes the next time.
    """
    store, remote = places_of(project).store, remote_at(settings.DVC_REMOTE, project.slug)
    wanted, dropped = _wanted(project), 0
    for md5 in store.kept_before(now - GRACE):
        if md5 not in wanted:
            if remote is not None:
                remote.drop(md5)
            store.drop(md5)
            dropped += 1
    return dropped


def _wanted(project: Project) -> set[str]:
    """The names of the project's published files, and of the lists of them."""
    found = set()
    for stored in _of(project).values_list("stored", flat=True):
        md5s = {path: told["md5"] for path, told in stored.items()}
        found |= {*md5s.values(), folder_name(md5s)}
    return found


@transaction.atomic
def _begin(publication: Publication, again: bool) -> None:
    attempts = Publication.objects.values_list("attempts", flat=True).get(pk=publication.pk)
    move(
        publication,
        State.PUBLISHING,
        MOVES if again else BY_ITSELF,
        rows=_still(publication),
        attempts=1 if again else attempts + 1,
        touched_at=clock.now(),
        problem="",
    )
    runs.begin(_run(publication, clock.now()), clock.now())


def _run(publication: Publication, now: datetime) -> Run:
    """The run that publishes it; from the first publisher to an end, whatever comes between."""
    version = publication.version
    return runs.opened(version.project_id, runs.Kind.PUBLISH, now, version)


def _store(publication: Publication, store: Store) -> Folder:
    """Every file of the version, and the list of them, into the store."""
    version = publication.version
    frozen = {each["path"]: each["sha256"] for each in remains.files_of(version)}
    kept = {}
    for file in files(version):
        known = publication.stored.get(file.path)
        if known is None or not store.holds(known["md5"], known["bytes"]):
            _put(publication, store, file, frozen.get(file.path))
        kept[file.path] = publication.stored[file.path]
    md5s = {path: told["md5"] for path, told in kept.items()}
    listed = store.put_folder(md5s)
    _copy(publication, store, [*md5s.values(), listed])
    return Folder(listed, sum(told["bytes"] for told in kept.values()), len(kept))


def _copy(publication: Publication, store: Store, md5s: list[str]) -> None:
    """To the team's own remote, if there is one; the list of the files last."""
    remote = remote_at(settings.DVC_REMOTE, publication.version.project.slug)
    if remote is not None:
        for md5 in md5s:
            remote.take(store, md5)
            _touch(publication)


def _put(publication: Publication, store: Store, file: File, expected: str | None) -> None:
    kept = store.put(_heard(publication, file.pieces()), expected)
    publication.stored[file.path] = {"md5": kept.md5, "bytes": kept.bytes}
    _note(publication)


@transaction.atomic
def _note(publication: Publication) -> None:
    """Say that one more file is in the store, which one that was killed before did not say."""
    _touch(publication, stored=publication.stored)
    stored, now = len(publication.stored), clock.now()
    run = _run(publication, now)
    Run.objects.filter(pk=run.pk).update(done=stored)
    place = publication.erasures * ANEW + stored
    runs.say(run, "file_stored", now, place=place, files=stored, bytes=_bytes(publication))


def _bytes(publication: Publication) -> int:
    return sum(told["bytes"] for told in publication.stored.values())


def _heard(publication: Publication, pieces: Iterable[bytes]) -> Iterator[bytes]:
    for number, piece in enumerate(pieces, 1):
        if number % PIECES == 0:
            _touch(publication)
        yield piece


def _touch(publication: Publication, **changes: object) -> None:
    """Say that a publisher is at it. Raises MoveRefused once it need not be."""
    at_it = _still(publication).filter(pk=publication.pk, state=State.PUBLISHING)
    if not at_it.update(touched_at=clock.now(), **changes):
        raise MoveRefused(f"{publication} is over")


def _still(publication: Publication) -> QuerySet[Publication]:
    """Rows that no erasure began anew since this one was read."""
    return Publication.objects.filter(erasures=publication.erasures)


def _of(project: Project) -> QuerySet[Publication]:
    return Publication.objects.filter(version__project=project)


def _known(version: DatasetVersion) -> QuerySet[Publication]:
    return _of(version.project).exclude(commit="")


def _held(pk: int) -> Project:
    return Project.objects.select_for_update(no_key=True).get(pk=pk)


def _parent(version: DatasetVersion) -> str:
    before = _known(version).filter(version__number__lt=version.number)
    newest = before.order_by("-version__number").values_list("commit", flat=True)
    return newest.first() or ""


def _is_newest(version: DatasetVersion) -> bool:
    return not _known(version).filter(version__number__gt=version.number).exists()


def _meta(version: DatasetVersion) -> dict[str, str]:
    return {
        "project": version.project.slug,
        "version": str(version.number),
        "content_id": version.content_id,
        "rows": str(version.manifest["rows"]),
    }


def _message(version: DatasetVersion) -> str:
    return f"Dataset version {version.number}\n\n{version.content_id}\n"


def _altered(error: Altered) -> str:
    return (
        f"A file hashes to {error}, which is not what was frozen. It was not kept."
        " The database was changed behind Emend's back."
    )
