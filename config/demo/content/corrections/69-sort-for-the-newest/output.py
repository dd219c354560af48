def rate_at(history, moment):
    """The newest rate that was published by `moment`; None when there was none."""
    published = [rate for rate in history if rate.published_at <= moment]
    published = sorted(published, key=lambda rate: rate.published_at, reverse=True)
    return published[0] if published else None
