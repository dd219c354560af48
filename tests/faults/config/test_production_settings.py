import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.house import ROOT

WHOLE = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "EMEND_SECRET_KEY": "p2Xb8cQ0sZr7Wm4Ld9Kf1Tj6Vh3Ny5Ga8Ue2Ri0Ow7Px4Sz9Bc1",
    "EMEND_HOSTS": "emend.example.org",
    "DATABASE_URL": "postgresql://emend:secret@db.example.org/emend",
    "REDIS_URL": "rediss://:secret@redis.example.org/0",
    "EMEND_MAIL_URL": "smtp://emend:secret@mail.example.org:587",
}


def run(*command, **changes):
    """A Python of its own under production settings, with nothing else in its environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    told = {name: value for name, value in (WHOLE | changes).items() if value is not None}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=kept | told,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def start(shown="''", **changes):
    return run("-c", f"from config.settings import production as s; print({shown})", **changes)


def test_the_deployment_check_finds_nothing():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EMEND_SECRET_KEY", None),
        ("EMEND_SECRET_KEY", "too-short"),
        ("EMEND_HOSTS", None),
        ("EMEND_HOSTS", "*"),
        ("DATABASE_URL", None),
        ("DATABASE_URL", "mysql://emend:secret@db.example.org/emend"),
        ("REDIS_URL", None),
        ("REDIS_URL", "https://:secret@redis.example.org"),
        ("EMEND_BEHIND_PROXY", "true"),
        ("EMEND_DATABASE_POOL", "many"),
        ("EMEND_MAX_BODY_BYTES", "10MB"),
        ("EMEND_MAIL_URL", None),
        ("EMEND_MAIL_URL", "mail.example.org:secret"),
    ],
)
def test_a_missing_or_bad_variable_stops_the_start_and_is_named(name, value):
    refused = start(**{name: value})
    assert refused.returncode != 0
    assert f"BadEnvironment: {name}" in refused.stderr
    assert "secret@" not in refused.stderr


def test_single_sign_on_wants_its_client_too():
    refused = start(EMEND_OIDC_ISSUER="https://login.example.org")
    assert refused.returncode != 0
    assert "BadEnvironment: EMEND_OIDC_CLIENT_ID is not set" in refused.stderr


def setting(name, **changes):
    done = start(f"getattr(s, {name!r}, None)", **changes)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_single_sign_on_is_configured_by_variables_alone():
    providers = setting(
        "SOCIALACCOUNT_PROVIDERS",
        EMEND_OIDC_ISSUER="https://login.example.org",
        EMEND_OIDC_CLIENT_ID="emend",
        EMEND_OIDC_CLIENT_SECRET="hush",
    )
    assert "'server_url': 'https://login.example.org'" in providers
    assert "'OAUTH_PKCE_ENABLED': True" in providers


@pytest.mark.parametrize(("says", "trusted"), [("yes", True), ("no", False)])
def test_a_proxys_headers_are_believed_only_where_we_are_told_to(says, trusted):
    found = setting("SECURE_PROXY_SSL_HEADER", EMEND_BEHIND_PROXY=says)
    assert (found == "('HTTP_X_FORWARDED_PROTO', 'https')") is trusted


def test_up_is_for_one_machine():
    refused = run("manage.py", "up")
    assert refused.returncode == 1
    assert "docs/operations.md" in refused.stderr


def test_the_policy_lets_a_page_load_nothing_but_ours():
    assert settings.SECURE_CSP["default-src"] == ["'none'"]
    assert "'unsafe-inline'" not in str(settings.SECURE_CSP)
    assert "http" not in str(settings.SECURE_CSP)
