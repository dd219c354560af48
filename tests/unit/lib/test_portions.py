from lib.portions import fitting, pages

SIZES = [("a", 10), ("b", 3_000), ("c", 10), ("d", 900), ("e", 10)]


def test_what_fits_is_taken_and_always_one():
    assert fitting(SIZES, 1_000) == ["a"]
    assert fitting(SIZES[1:], 1_000) == ["b"]
    assert fitting(SIZES[2:], 1_000) == ["c", "d", "e"]


def test_pages_hold_all_in_order_and_only_what_is_too_big_stands_alone():
    assert list(pages(SIZES, 1_000)) == [["a"], ["b"], ["c", "d", "e"]]
    assert list(pages([], 1_000)) == []
