import pytest

from curation.models import Category
from lib.pages import BadCursor, first_page, page_of
from tests.builders import make_project

pytestmark = pytest.mark.django_db
ORDER = ("-position", "id")


@pytest.fixture
def rows():
    """Eleven rows, several with the same value in the first column."""
    project = make_project()
    Category.objects.bulk_create(
        Category(project=project, slug=f"c{number}", name=f"C{number}", position=number // 3)
        for number in range(11)
    )
    return Category.objects.filter(project=project)


def names(page):
    return [row.slug for row in page.rows]


def forwards(rows, size):
    page = page_of(rows, ORDER, size)
    yield page
    while page.after:
        page = page_of(rows, ORDER, size, after=page.after)
        yield page


@pytest.mark.parametrize("size", [1, 2, 3, 4, 10, 11, 12])
def test_every_row_is_on_exactly_one_page_in_order(rows, size):
    seen = [name for page in forwards(rows, size) for name in names(page)]
    assert seen == [row.slug for row in rows.order_by(*ORDER)]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_going_back_shows_the_same_pages(rows, size):
    pages = list(forwards(rows, size))
    page, back = pages[-1], []
    while page.before:
        page = page_of(rows, ORDER, size, before=page.before)
        back.insert(0, names(page))
    assert back == [names(page) for page in pages[:-1]]


def test_the_first_and_the_last_page_have_no_neighbour_there(rows):
    pages = list(forwards(rows, 4))
    assert pages[0].before is None
    assert pages[-1].after is None
    assert all(page.before for page in pages[1:])


def test_a_row_that_comes_or_goes_moves_no_other(rows):
    first = page_of(rows, ORDER, 4)
    rows.filter(slug=first.rows[0].slug).delete()
    Category.objects.create(project=make_project(), slug="other", name="Other", position=99)
    second = page_of(rows, ORDER, 4, after=first.after)
    assert not set(names(first)) & set(names(second))
    assert names(second) == [row.slug for row in rows.order_by(*ORDER)][3:7]


def test_nothing_is_one_empty_page(rows):
    page = page_of(rows.none(), ORDER, 4)
    assert (names(page), page.after, page.before) == ([], None, None)


def test_a_page_is_one_query_that_neither_counts_nor_skips(rows, django_assert_num_queries):
    after = page_of(rows, ORDER, 4).after
    with django_assert_num_queries(1) as seen:
        page_of(rows, ORDER, 4, after=after)
    query = seen.captured_queries[0]["sql"]
    assert "OFFSET" not in query
    assert "COUNT" not in query


@pytest.mark.parametrize(
    "change", [lambda cursor: cursor[:-1], lambda cursor: "a" + cursor, str.upper]
)
def test_a_damaged_cursor_is_refused(rows, change):
    after = page_of(rows, ORDER, 4).after
    with pytest.raises(BadCursor):
        page_of(rows, ORDER, 4, after=change(after))


def test_a_cursor_of_another_order_is_refused(rows):
    after = page_of(rows, ORDER, 4).after
    with pytest.raises(BadCursor, match="another order"):
        page_of(rows, ("position", "id"), 4, after=after)


@pytest.mark.parametrize("said", ["'; DROP TABLE", "0", "\x00", "\ud800", "é:é"])
def test_a_made_up_cursor_is_refused(rows, said):
    with pytest.raises(BadCursor):
        page_of(rows, ORDER, 4, before=said)


@pytest.mark.parametrize("size", [3, 10, 11, 12])
def test_a_first_page_of_fetched_rows_is_the_first_page(rows, size):
    found = list(rows.order_by(*ORDER)[: size + 1])
    assert first_page(found, ORDER, size) == page_of(rows, ORDER, size)
    assert first_page([], ORDER, size) == page_of(rows.none(), ORDER, size)
