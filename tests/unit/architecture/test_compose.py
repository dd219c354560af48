"""compose.yaml says what docs/operations.md says; no engine runs it here."""

import yaml

from tests.house import ROOT

SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}


def test_every_process_of_ours_is_there():
    assert set(OURS) == {"migrate", "web", "worker", "beat"}


def test_every_variable_of_the_env_file_reaches_every_process():
    for service in OURS.values():
        assert service["env_file"] == ".env"
        assert service["environment"]["DATABASE_URL"].startswith("postgresql://")


def test_nothing_starts_before_the_database_answers_over_the_network():
    health = SERVICES["postgres"]["healthcheck"]["test"]
    assert health[-2:] == ["--host", "127.0.0.1"]  # its first start listens on a socket only
    assert SERVICES["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    for name in ("web", "worker", "beat"):
        awaited = SERVICES[name]["depends_on"]["migrate"]["condition"]
        assert awaited == "service_completed_successfully"


def test_nothing_but_web_is_reached_from_outside_and_that_only_from_this_machine():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}
