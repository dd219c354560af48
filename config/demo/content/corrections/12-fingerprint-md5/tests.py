import hashlib
from types import SimpleNamespace

REPORT = SimpleNamespace(name="payouts")


def test_the_order_of_filters_does_not_matter():
    assert cache_key(REPORT, {"a": 1, "b": 2}) == cache_key(REPORT, {"b": 2, "a": 1})


def test_other_filters_have_another_key():
    assert cache_key(REPORT, {"a": 1}) != cache_key(REPORT, {"a": 2})


def test_it_works_where_md5_is_switched_off():
    def refuses(*_, **__):
        raise ValueError("disabled for FIPS")

    hashlib.md5 = refuses
    assert cache_key(REPORT, {"a": 1}).startswith("payouts-")
