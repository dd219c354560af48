from operator import attrgetter


def rate_at(history, moment):
    """The newest rate that was published by `moment`; None when there was none."""
    published = (rate for rate in history if rate.published_at <= moment)
    return max(published, key=attrgetter("published_at"), default=None)
