"""JSON of what clients sent, whatever it was."""

import json

import pytest

from feedback.clients.reading import json_reply
from lib.problems import json_bytes


@pytest.mark.parametrize("value", ["plain", "\ud800", 2**70, {"\udfff": [1.5, None]}])
def test_whatever_was_sent_can_be_said_again(value):
    assert json.loads(json_bytes(value)) == value
    assert json.loads(json_reply({"name": value}).body) == {"name": value}
