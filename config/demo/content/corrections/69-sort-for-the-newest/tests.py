from types import SimpleNamespace as Some


def history(*moments):
    return [Some(published_at=moment) for moment in moments]


def test_the_newest_by_then():
    assert rate_at(history(3, 9, 5), 6).published_at == 5


def test_none_before_the_first():
    assert rate_at(history(3), 2) is None
