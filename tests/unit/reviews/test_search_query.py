import pytest

from reviews.search import tsquery_of


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("settle", "(settle:*)"),
        ("settle day", "(settle:*) & (day:*)"),
        ("open(path)", "(open <-> path:*)"),
        ("os.path.join", "(os <-> path <-> join:*)"),
        ('"settlement day"', "(settlement <-> day)"),
        ("find_user", "(find <-> user:*)"),
        ("  ", ""),
        ("&|!()<->:*'\\", ""),
        ("naïve Größe", "(naïve:*) & (Größe:*)"),
        ('"unbalanced', "(unbalanced:*)"),
    ],
)
def test_what_people_type_becomes_a_query_with_no_signs_of_theirs(typed, query):
    assert tsquery_of(typed) == query
