import random

import pytest

from curation.splits import Grouped, assign, bucket, group, tie

SHARES = {"train": 80, "validation": 10, "test": 10}


def some_rows(seed, how_many=400):
    choose = random.Random(seed)
    return [
        Grouped(
            f"row-{number}",
            tie("repository", choose.choice(["", *(f"r{n}" for n in range(60))]))
            + tie("session", choose.choice(["", "", *(f"s{n}" for n in range(200))])),
        )
        for number in range(how_many)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_no_repository_and_no_session_is_in_two_splits(seed):
    rows = some_rows(seed)
    splits, _ = assign(rows, SHARES, "salt")
    seen = {}
    for row in rows:
        for shared in row.ties:
            assert seen.setdefault(shared, splits[row.row]) == splits[row.row]


def test_a_split_by_row_would_tear_them_apart():
    """Negative control: if this fails, the test above proves nothing."""
    rows = some_rows(1)
    seen = {}
    for row in rows:
        for shared in row.ties:
            seen.setdefault(shared, set()).add(bucket(row.row, SHARES, "salt"))
    assert any(len(splits) > 1 for splits in seen.values())


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_rows_and_shares_does_not_matter(seed):
    rows = some_rows(seed)
    shuffled = random.Random(seed).sample(rows, len(rows))
    backwards = dict(reversed(SHARES.items()))
    assert assign(rows, SHARES, "salt") == assign(shuffled, backwards, "salt")


def test_rows_that_share_nothing_known_stay_apart():
    rows = [Grouped("a", tie("repository", "") + tie("session", "")), Grouped("b")]
    assert len(set(group(rows).values())) == 2


def test_a_shared_session_ties_two_repositories_together():
    rows = [
        Grouped("a", tie("repository", "one")),
        Grouped("b", tie("repository", "one") + tie("session", "s")),
        Grouped("c", tie("repository", "two") + tie("session", "s")),
    ]
    assert len(set(group(rows).values())) == 1


def test_a_repository_and_a_session_of_one_name_are_two_things():
    rows = [Grouped("a", tie("repository", "x")), Grouped("b", tie("session", "x"))]
    assert len(set(group(rows).values())) == 2


def test_a_row_named_like_a_tie_is_not_tied_by_it():
    rows = [Grouped("repository", tie("repository", "x")), Grouped("x")]
    assert len(set(group(rows).values())) == 2


def test_a_repository_keeps_its_split_when_rows_join_it():
    few = [Grouped("m", tie("repository", "one"))]
    more = [*few, Grouped("a", tie("repository", "one")), Grouped("z", tie("repository", "one"))]
    assert assign(few, SHARES, "s")[0]["m"] == assign(more, SHARES, "s")[0]["m"]


def test_many_small_groups_come_near_the_shares():
    splits, grouping = assign([Grouped(str(n)) for n in range(5_000)], SHARES, "salt")
    counts = {split: list(splits.values()).count(split) for split in SHARES}
    assert counts["train"] == pytest.approx(4_000, abs=120)
    assert counts["test"] == pytest.approx(500, abs=90)
    assert (grouping.groups, grouping.largest, grouping.is_giant) == (5_000, 1, False)


def test_one_giant_group_is_told():
    rows = [Grouped(str(n), tie("repository", "mono")) for n in range(90)]
    splits, grouping = assign([*rows, Grouped("alone")], SHARES, "salt")
    assert len({splits[row.row] for row in rows}) == 1
    assert (grouping.largest, grouping.is_giant) == (90, True)


def test_another_salt_is_another_split():
    rows = [Grouped(str(n)) for n in range(100)]
    assert assign(rows, SHARES, "one")[0] != assign(rows, SHARES, "two")[0]


def test_shares_must_add_up():
    with pytest.raises(ValueError, match="100"):
        assign([Grouped("a")], {"train": 80, "test": 30}, "salt")


def test_no_rows_are_no_groups():
    assert assign([], SHARES, "salt")[0] == {}


@pytest.mark.parametrize("seed", range(10))
def test_what_was_test_stays_test_whatever_joins_it(seed):
    rows = some_rows(seed, 60)
    first, _ = assign(rows[:30], SHARES, "salt")
    held = {row: split for row, split in first.items() if split != "train"}
    splits, _ = assign(rows, SHARES, "salt", held)
    assert all(splits[row] == "test" for row, split in first.items() if split == "test")
    assert {"train"} & {splits[row] for row in held} == set()
    for row in rows:
        assert {splits[other.row] for other in rows if set(other.ties) & set(row.ties)} <= {
            splits[row.row]
        }


def test_without_it_test_rows_come_to_be_trained_on():
    """Negative control of the test above."""
    moved = 0
    for seed in range(10):
        rows = some_rows(seed, 60)
        first, _ = assign(rows[:30], SHARES, "salt")
        splits, _ = assign(rows, SHARES, "salt")
        moved += sum(split == "test" and splits[row] == "train" for row, split in first.items())
    assert moved
