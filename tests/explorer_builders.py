"""Generations with what was said of them, as the explorer reads them."""

from feedback.ingest import State, receive
from feedback.models import Generation
from lib.clock import now
from tests.builders import make_ingest_key
from tests.feedback_builders import generation, reaction


def tell(key, *said, **fields):
    """A generation, and a reaction for each kind or (kind, fields) that is said of it."""
    made = generation(**fields)
    told = [each if isinstance(each, tuple) else (each, {}) for each in said]
    records = [made, *(reaction(made, kind, **more) for kind, more in told)]
    assert {each.state for each in receive(key, records, now())} == {State.STORED}
    return Generation.objects.get(project=key.project, client_id=made["id"])


def make_key(project):
    return make_ingest_key(project)[0]
