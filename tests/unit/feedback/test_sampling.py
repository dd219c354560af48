"""Which generations a share holds."""

from feedback.sampling import follows

IDS = [f"gen-{number}" for number in range(4000)]


def test_a_share_is_about_that_share_and_a_larger_one_holds_it():
    small, large = ({each for each in IDS if follows(share, each)} for share in (0.1, 0.3))
    assert small < large
    assert 300 < len(small) < 500
    assert 1050 < len(large) < 1350


def test_none_and_all_are_meant():
    assert not any(follows(0, each) for each in IDS)
    assert all(follows(1, each) for each in IDS)
