"""A body is what its sender said it would be, or it is refused."""

from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIRequest

from feedback.bodies import packed
from lib.problems import Refused


def posted(body, stated):
    return WSGIRequest(
        {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(stated), "wsgi.input": BytesIO(body)}
    )


def test_a_whole_body_is_read():
    assert packed(posted(b'{"id": 1}', 9), 100) == b'{"id": 1}'


def test_a_body_that_was_cut_off_is_no_body():
    """Its sender died, or the network did: half an event would go into quarantine."""
    with pytest.raises(Refused) as refused:
        packed(posted(b'{"id', 9), 100)
    assert refused.value.problem.status == 400


def test_a_body_over_the_limit_is_refused_before_it_is_read():
    request = posted(b"x" * 101, 101)
    with pytest.raises(Refused) as refused:
        packed(request, 100)
    assert refused.value.problem.status == 413
    assert request.environ["wsgi.input"].tell() == 0
