import pytest

from config import cache, database, env, mail


@pytest.fixture
def said(monkeypatch):
    def say(value):
        monkeypatch.setenv("EMEND_TRIED", value)

    monkeypatch.delenv("EMEND_TRIED", raising=False)
    return say


def test_a_text_without_a_default_must_be_there(said):
    with pytest.raises(env.BadEnvironment, match="EMEND_TRIED is not set"):
        env.text("EMEND_TRIED")
    said("")
    with pytest.raises(env.BadEnvironment):
        env.text("EMEND_TRIED")
    assert env.text("EMEND_TRIED", "otherwise") == "otherwise"
    said("this")
    assert env.text("EMEND_TRIED", "otherwise") == "this"


@pytest.mark.parametrize(("value", "meant"), [("yes", True), ("no", False)])
def test_a_flag_says_yes_or_no(said, value, meant):
    said(value)
    assert env.flag("EMEND_TRIED", default=not meant) is meant


@pytest.mark.parametrize("value", ["true", "1", "on", "YES", "y"])
def test_any_other_flag_is_refused(said, value):
    said(value)
    with pytest.raises(env.BadEnvironment, match="say yes or no"):
        env.flag("EMEND_TRIED", default=False)


@pytest.mark.parametrize("value", ["-1", "1.5", "ten", "0x10", "١٢", "4"])
def test_a_number_is_whole_and_not_too_small(said, value):
    said(value)
    with pytest.raises(env.BadEnvironment, match="whole number from 5"):
        env.number("EMEND_TRIED", 7, least=5)


def test_a_number_is_read(said):
    assert env.number("EMEND_TRIED", 7) == 7
    said("12")
    assert env.number("EMEND_TRIED", 7) == 12


@pytest.mark.parametrize("value", ["short", "a" * 80, "abcabcabc" * 9])
def test_a_weak_secret_is_refused(said, value):
    said(value)
    with pytest.raises(env.BadEnvironment, match="too weak"):
        env.secret("EMEND_TRIED")


@pytest.mark.parametrize(
    "value", ["host/name", "http://host", "postgresql:/x y", "postgresql://h:port/n"]
)
def test_an_address_of_another_kind_is_refused_without_repeating_it(said, value):
    said(value)
    with pytest.raises(env.BadEnvironment, match="EMEND_TRIED") as refusal:
        env.url("EMEND_TRIED", "postgresqls")
    assert value not in str(refusal.value), "it may hold a password"


@pytest.mark.parametrize("value", ["*", "a b", "https://host", "host:80", "host/", ",", "a,,*"])
def test_what_is_no_host_name_is_refused(said, value):
    said(value)
    with pytest.raises(env.BadEnvironment, match="name hosts"):
        env.hosts("EMEND_TRIED")


def test_hosts_are_read(said):
    said("emend.example.org, .example.net,[::1]")
    assert env.hosts("EMEND_TRIED") == ["emend.example.org", ".example.net", "[::1]"]


def test_given_values_win_over_provided_ones(said, monkeypatch):
    said("given")
    monkeypatch.setenv("EMEND_OTHER", "")
    env.provide(EMEND_TRIED="provided", EMEND_OTHER="provided")
    assert (env.text("EMEND_TRIED"), env.text("EMEND_OTHER")) == ("given", "provided")
    assert env.has("EMEND_TRIED", "EMEND_OTHER")
    assert not env.has("EMEND_TRIED", "EMEND_MISSING")


def test_a_database_address_keeps_what_it_says():
    found = database.from_url("postgresql://me:p%40ss@db:5433/emend?sslmode=verify-full")
    assert {found[key] for key in ("NAME", "USER", "HOST", "PORT")} == {"emend", "me", "db", "5433"}
    assert found["PASSWORD"] == "p@ss"
    assert found["OPTIONS"]["sslmode"] == "verify-full"
    assert "statement_timeout" in found["OPTIONS"]["options"]
    assert "pool" not in found["OPTIONS"]
    assert database.from_url("postgresql:///x", pool_size=3)["OPTIONS"]["pool"]["max_size"] == 3


def test_mail_is_sent_encrypted():
    started = mail.from_url("smtp://me:p%40ss@mail.example.org")["OPTIONS"]
    assert (started["port"], started["use_tls"], started["use_ssl"]) == (587, True, False)
    assert started["password"] == "p@ss"
    whole = mail.from_url("smtps://mail.example.org:4650")["OPTIONS"]
    assert (whole["port"], whole["use_tls"], whole["use_ssl"]) == (4650, False, True)


def test_a_cache_that_hangs_is_given_up_on():
    assert cache.from_url("redis://somewhere")["OPTIONS"]["socket_timeout"] == 1


@pytest.mark.parametrize("value", ["data", "s3://", "gs://bucket", "../up"])
def test_a_place_that_is_none_is_refused(said, value):
    said(value)
    with pytest.raises(env.BadEnvironment, match="absolute path or s3"):
        env.place("EMEND_TRIED")


@pytest.mark.parametrize(
    "value", ["", "/srv/data", "s3://bucket/folder?endpoint=http://minio:9000"]
)
def test_a_place_is_read(said, value):
    said(value)
    assert env.place("EMEND_TRIED") == value
