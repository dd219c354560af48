"""Whatever the OpenAPI description allows or forbids is sent: no 500, and answers as it tells."""

from datetime import timedelta

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from curation.models import Run
from curation.recalls import recall
from feedback.clients.reading import Item
from feedback.ingest import receive
from feedback.originals import keep
from governance.models import Role
from governance.tokens import make_token
from lib.clock import now
from tests.builders import make_ingest_key, make_person, make_project
from tests.curation_builders import make_accepted, make_frozen, make_refrozen
from tests.deployments_builders import make_live, make_version
from tests.feedback_builders import generation, reaction

pytestmark = pytest.mark.django_db
API = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
API.app = get_wsgi_application()
OPERATIONS = {each.ok().label: each.ok() for each in API.get_all_operations()}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EMPTY = b'{"results":[],"after":null}'
# the same requests in every run: what they find is a fault of the change at hand
LIMITS = settings(
    max_examples=10,
    phases=[Phase.generate],  # a fault tells its request; a shorter one would take minutes
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def one_connection():
    """Keep the test's transaction over its requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def there(settings):
    """What addresses may name that is there, and who may do everything with it."""
    settings.ALLOWED_HOSTS = ["localhost"]
    project = make_project()
    make_frozen(project, rows=1)
    make_accepted(project)
    make_refrozen(project)
    recall(make_accepted(project), "wrong", "It is wrong.", make_person(), now())
    make_live(project=project)
    key, secret = make_ingest_key(project)
    about = generation()
    receive(key, [about, reaction(about, "rated", value=0.5)], now())
    keep(key, "continue", [Item({"name": "new"}, "9", problem="not known")], now())
    person = make_person(project, *Role.values)
    return {
        "names": {
            "slug": project.slug,
            "number": 2,
            "kind": "in",
            "name": "sft/train.jsonl",
            "suffix": "jsonl",
            "id": make_version(project).pk,
            "run": Run.objects.filter(project=project).first().pk,
        },
        "ingestKey": secret,
        "accessToken": make_token(person, "fuzz", timedelta(days=1), now())[1],
    }


def key_of(operation, there):
    return {"Authorization": f"Bearer {there[next(iter(operation.definition.raw['security'][0]))]}"}


def address_of(operation, there):
    names = there["names"]
    if "endpoints" in operation.path:
        names = names | {"name": "complete"}
    if "exports" in operation.path:
        names = names | {"name": "trl/sft/train.jsonl"}
    return {each.name: names[each.name] for each in operation.path_parameters}


def project_of(operation, there):
    asked = {each.name for each in operation.query}
    return {"project": there["names"]["slug"]} if "project" in asked else {}


def takes_something(label):
    """Whether more than its address tells an operation what to do."""
    return bool(OPERATIONS[label].body or OPERATIONS[label].query)


def answers(label, mode, there, address):
    """Send what the mode makes of an operation, with the credential it asks for."""
    operation = OPERATIONS[label]
    cases = operation.as_strategy(
        generation_mode=mode,
        path_parameters=address,
        query=project_of(operation, there),
        headers=key_of(operation, there),
    )

    @LIMITS
    @given(case=cases)
    def sent(case):
        case.call_and_validate(checks=CHECKS)

    sent()


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_answers_as_described(label, there):
    """To what is allowed, at addresses of something and of nothing, and to what is forbidden."""
    address = address_of(OPERATIONS[label], there)
    answers(label, GenerationMode.POSITIVE, there, address)
    if "{slug}" in label:
        answers(label, GenerationMode.POSITIVE, there, {})
    if takes_something(label):
        answers(label, GenerationMode.NEGATIVE, there, address)


def test_what_is_there_is_told_as_described(there):
    """What was made up finds little; this finds rows, and their shapes are looked at."""
    for operation in OPERATIONS.values():
        if operation.method.upper() != "GET":
            continue
        case = operation.Case(
            path_parameters=address_of(operation, there),
            query=project_of(operation, there),
            headers=key_of(operation, there),
        )
        answer = case.call_and_validate(checks=CHECKS)
        assert answer.status_code == 200, operation.label
        assert answer.content not in (b"", b"[]", EMPTY), operation.label
