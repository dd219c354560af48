from random import Random

import pytest

from curation.models import Example
from feedback.blobs import keep_all
from reviews import rows, search
from reviews.filters import Filters, narrow
from reviews.models import SearchText
from tests.builders import make_project, make_reviewer
from tests.reviews_builders import make_task

pytestmark = pytest.mark.django_db
CODE = "def findUser(path_name):\n    return os.path.join(ROOT, path_name)\n"


@pytest.fixture
def project():
    return make_project()


def found(project, typed):
    passing = narrow(rows.waiting(project), Filters(q=(typed,)), project, make_reviewer(project))
    return [task.pk for task in passing]


@pytest.mark.parametrize(
    "typed",
    [
        "finduser",
        "findUser",
        "user",
        "find",
        "path_name",
        "path name",
        "os.path.join",
        "os.path.join(ROOT",
        '"path name"',
        "billing",
        "settings/load.py",
        "eval says",
        "finds"[:4],
    ],
)
def test_code_is_found_as_it_is_written_and_by_its_parts(project, typed):
    task = make_task(project, output=CODE)
    make_task(
        project,
        file_path="other.py",
        repository="acme/else",
        comment="",
        output="x = 1\n",
        ideal="x = 2\n",
    )
    assert search.index_waiting() == 2
    assert search.index_waiting() == 0
    assert found(project, typed) == [task.pk]


@pytest.mark.parametrize("typed", ["join path", '"join path"', "&", "nowhere", "'); DROP TABLE"])
def test_what_is_not_there_is_not_found(project, typed):
    make_task(project, output=CODE)
    search.index_waiting()
    wanted = 1 if typed == "join path" else 0
    assert len(found(project, typed)) == wanted


def test_nothing_crosses_from_another_project(project):
    make_task(project, output=CODE)
    search.index_waiting()
    assert found(make_project(), "finduser") == []


def test_a_megabyte_of_words_is_indexed_as_far_as_it_goes(project):
    long = " ".join(f"wörd{n}ßßßßßßßß" for n in range(60_000))
    make_task(project, output=long, ideal=long + " end")
    assert search.index_waiting() == 1
    assert found(project, "wörd17") != []
    assert SearchText.objects.count() == 1


def test_letters_of_four_bytes_in_every_text_do_not_stop_the_indexing_of_all(project):
    small, capital = (range(first, first + 40) for first in (0x10428, 0x10400))
    dice = Random(1)

    def words():
        """Forty thousand characters, in words that have two further words in them each."""
        parts = [[chr(dice.choice(small)) for _ in range(300)] for _ in range(132)]
        return " ".join(
            "".join([*part[:150], chr(dice.choice(capital)), *part[150:]]) for part in parts
        )

    example = make_task(project, output=words(), ideal=words(), comment=words()).example
    asked = words()
    Example.objects.filter(pk=example.pk).update(prompt=keep_all(project, [asked])[asked])
    make_task(make_project(), output=CODE)
    assert search.index_waiting() == 2
