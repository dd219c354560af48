from datetime import datetime, timedelta, timezone

HOUR = timedelta(hours=1)


def test_a_token_of_tomorrow_is_live():
    assert AccessToken("ines", datetime.now(timezone.utc) + HOUR).is_live()


def test_a_token_of_yesterday_is_not():
    assert not AccessToken("ines", datetime.now(timezone.utc) - HOUR).is_live()
