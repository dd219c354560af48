import pytest

from feedback.clients.remarks import code_at, suggestions


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("```suggestion\r\nreturn a\r\n\r\n```", ["return a\n\n"]),
        ("````suggestion:-1+2\n```x\n````", ["```x\n"]),
        ("~~~ suggestion\nx\n~~~", ["x\n"]),
        ("```suggestion\n```", [""]),  # the lines are to go
        ("```suggestion\nx", ["x\n"]),
        ("> ```suggestion\n> x\n> ```", []),  # a quotation
        ("```python\nsuggestion\n```", []),
        ("a suggestion", []),
    ],
)
def test_a_suggestion_is_a_fence_of_that_name(body, codes):
    assert [each.code for each in suggestions(body)] == codes


def test_thousands_of_suggestions_share_the_remark_they_stand_in():
    found = suggestions("Why?\n```suggestion\nx\n```\n" * 3000)
    assert len(found) == 3000
    assert all(each.around is found[0].around for each in found)
    assert found[0].words.startswith("Why?\nWhy?\n```suggestion")


def test_lines_end_at_a_line_feed_and_none_are_made_up():
    diff = "@@ -1 +1,2 @@\n a\u2028b\r\n+c\r\n\\ No newline at end of file"
    assert code_at(diff, (1, 2)) == "a\u2028b\nc\n"
    for lines in ((2, 3), (0, 1), (2, 1), (1, 10**8)):
        assert code_at(diff, lines) is None
