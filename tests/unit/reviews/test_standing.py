from uuid import uuid4

import pytest

from reviews.models import Verdict
from reviews.settlement import Standing, standing

CODE, OTHER_CODE = uuid4(), uuid4()


def gave(kind, category=1, fixed=None, reason=""):
    return Verdict(kind=kind, category_id=category, fixed_id=fixed, reason=reason)


@pytest.mark.parametrize(
    ("given", "wanted", "found"),
    [
        ([], 1, Standing.SHORT),
        ([gave("accept")], 2, Standing.SHORT),
        ([gave("accept")], 1, Standing.AGREED),
        ([gave("unsure")], 1, Standing.DISPUTED),
        ([gave("accept"), gave("accept")], 2, Standing.AGREED),
        ([gave("accept", 1), gave("accept", 2)], 2, Standing.DISPUTED),
        ([gave("accept"), gave("reject", reason="wrong")], 2, Standing.DISPUTED),
        (
            [gave("reject", 1, reason="wrong"), gave("reject", 2, reason="trivial")],
            2,
            Standing.AGREED,
        ),
        ([gave("accept"), gave("fix", fixed=CODE)], 2, Standing.DISPUTED),
        ([gave("fix", fixed=CODE), gave("fix", fixed=CODE)], 2, Standing.AGREED),
        ([gave("fix", fixed=CODE), gave("fix", fixed=OTHER_CODE)], 2, Standing.DISPUTED),
        ([gave("accept"), gave("unsure")], 2, Standing.DISPUTED),
        ([gave("accept"), gave("accept"), gave("accept")], 2, Standing.AGREED),
    ],
)
def test_where_an_example_stands(given, wanted, found):
    assert standing(given, wanted) is found
