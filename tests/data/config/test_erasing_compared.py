"""What was erased is no change between versions; how much it was is told."""

import pytest

from config.erasure.erasing import erase
from config.erasure.requests import Subject
from curation import changes
from lib.clock import now
from tests.builders import make_admin, make_project
from tests.curation_builders import make_accepted, make_refrozen

pytestmark = pytest.mark.django_db


def test_rows_that_were_erased_neither_came_nor_left():
    project = make_project()
    for n, name in enumerate(("jane-roe", "kim", "lu")):
        make_accepted(project, developer=name, repository=f"r{n}", client_id=f"row-{n}")
    before = make_refrozen(project)
    make_accepted(project, developer="jane-roe", repository="r9", client_id="row-9")
    after = make_refrozen(project)
    erase(project, Subject("jane-roe"), make_admin(project), now())
    found = changes.changes(fresh(before), fresh(after))
    assert set(found.counts.values()) == {0}
    assert (found.same, found.erased) == (2, 3)
    assert [list(changes.rows_of(before, after, kind)) for kind in ("in", "out")] == [[], []]


def fresh(version):
    return type(version).objects.get(pk=version.pk)
