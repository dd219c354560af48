"""Where bars stand."""

from lib.histograms import BASE, LEFT, RIGHT, TOP, histogram


def test_bars_fill_the_width_and_the_highest_reaches_its_tick():
    plot = histogram("says", "Rows", [(1, 2), (2, 4), (4, 0)])
    first, second, third = plot.bars
    assert float(first.x) == LEFT + 1
    assert float(third.x) + float(third.width) + 1 == RIGHT
    assert (float(second.y), float(second.height)) == (TOP, BASE - TOP)
    assert float(third.height) == 0
    assert float(first.height) == (BASE - TOP) / 2
    assert plot.table.rows == (("1", "2", "2"), ("2", "4", "4"), ("4", "8", "0"))


def test_edges_are_written_as_far_as_there_is_room():
    plot = histogram("says", "Rows", [(1 << n, 1) for n in range(20)])
    assert [edge.text for edge in plot.edges] == ["1", "16", "256", "4,096", "65,536", "1,048,576"]


def test_nothing_is_not_drawn():
    assert histogram("says", "Rows", []) is None
