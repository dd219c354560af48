"""The same events of a foreign client on several connections at the same moment."""

import pytest

from feedback.clients.reading import Became
from feedback.clients.registry import adapters
from feedback.models import Derived, Generation, Original, Reaction
from feedback.originals import keep
from lib.clock import now
from tests.builders import make_ingest_key, make_project
from tests.clients import arrived
from tests.race import together

pytestmark = pytest.mark.django_db(transaction=True)


def items_of(count):
    for number in range(count):
        data = {"completionId": f"c-{number}", "completion": f"x = {number}", "accepted": True}
        body = {"name": "autocomplete", "schema": "0.2.0", "data": data}
        yield from adapters()["continue"].read(arrived("continue", "POST", "", body)).items


@pytest.mark.parametrize("attempt", range(3))
def test_each_is_kept_once_in_whatever_order(attempt):
    key = make_ingest_key(make_project())[0]
    items, moment = list(items_of(40)), now()
    found = together(
        *[
            lambda: keep(key, "continue", items, moment),
            lambda: keep(key, "continue", items[::-1], moment),
        ]
        * 2
    )
    assert all(isinstance(each, list) for each in found), found
    fates = [fate.became for each in found for fate in each]
    assert (fates.count(Became.STORED), fates.count(Became.DUPLICATE)) == (40, 120)
    counts = [table.objects.count() for table in (Original, Generation, Reaction, Derived)]
    assert counts == [40, 40, 40, 80]
