"""Whatever a client sends: a precise error or faithful storage, never a 500."""

import gzip
import json
import random

import pytest

from feedback.models import Blob, Correction, Generation
from tests.builders import make_ingest_key, make_project
from tests.feedback_builders import correction, generation, reaction

pytestmark = pytest.mark.django_db
URL = "/api/v1/feedback"


@pytest.fixture
def report(client):
    """Send bytes, or a value as JSON, with a key."""
    secret = make_ingest_key(make_project())[1]

    def send(value, content_type="application/json", **headers):
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        headers = {"Authorization": f"Bearer {secret}"} | headers
        return client.post(URL, data, content_type=content_type, headers=headers)

    return send


def problem_of(response, status):
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == status
    assert told["title"]
    return told


def pointers(told):
    return [error["pointer"] for error in told["errors"]]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "EOF"),
        (b'{"a": NaN}', "line 1 column 7"),
        (b'{"a": -Infinity}', "line 1"),
        (b'[{"type": "generation"},]', "trailing comma"),
        (b"\xff\xfe{\x00}\x00", "line 1 column 1"),
        (b'{"a": "\xff"}', "unicode"),
        (b'{"a": "\xed\xa0\x80"}', "unicode"),
        (b'{"a": "raw \x00 byte"}', "control character"),
        (b"[" * 100_000, "recursion"),
        (b'{"a":' * 500 + b"1" + b"}" * 500, "recursion"),
        (b'{"a": ' + b"9" * 5000 + b"}", "out of range"),
        (b'{"a": "\\ud800", "b": }', "char"),
        (b'{"a": "\\ud800", "b": NaN}', "NaN"),
    ],
)
def test_what_is_not_json_is_said_where(report, body, says):
    assert says in problem_of(report(body), 400)["detail"]


@pytest.mark.parametrize("body", [b"7", b'"text"', b"null", b"true", b"1e400"])
def test_what_is_no_record_is_said(report, body):
    told = problem_of(report(body), 422)
    assert told["errors"] == [{"pointer": "#", "detail": "a record is a JSON object"}]


@pytest.mark.parametrize("count", [0, 1001])
def test_a_batch_is_of_1_to_1000(report, count):
    assert "1 to 1000" in problem_of(report([generation()] * count), 422)["detail"]
    assert not Generation.objects.exists()


BAD = [
    ({"type": "gen"}, "#/type"),
    ({"type": ["generation"]}, "#/type"),
    ({"id": ""}, "#/id"),
    ({"id": 7}, "#/id"),
    ({"id": "x" * 201}, "#/id"),
    ({"output": 1}, "#/output"),
    ({"output": None}, "#/output"),
    ({"prompt": ["x"]}, "#/prompt"),
    ({"confidence": "0.5"}, "#/confidence"),
    ({"confidence": True}, "#/confidence"),
    ({"confidence": 1.01}, "#/confidence"),
    ({"file_path": "x" * 1001}, "#/file_path"),
    ({"user": 3}, "#/user"),
    ({"session": "s" * 201}, "#/session"),
    ({"occurred_at": 1700000000}, "#/occurred_at"),
    ({"occurred_at": "1700000000"}, "#/occurred_at"),
    ({"occurred_at": "2026-11-23T10:00:00"}, "#/occurred_at"),
    ({"occurred_at": "2026-02-30T10:00:00Z"}, "#/occurred_at"),
    ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "#/occurred_at"),
    ({"occurred_at": "9999-12-31T23:59:59-14:00"}, "#/occurred_at"),
    ({"occurred_at": "1970-01-01T00:00:00Z"}, "#/occurred_at"),
    ({"prompt": "nul \0 here"}, "#/prompt"),
    ({"id": "nul\0"}, "#/id"),
    ({"output": "half \ud83d here"}, "#/output"),
    ({"mine": {"deep": [1, "half \udc00"]}}, "#/mine/deep/1"),
    ({"mine": {"a/b": {"c~d": "\0"}}}, "#/mine/a~1b/c~0d"),
    ({"mine": {"nul \0 name": 1}}, "#/mine"),
]


@pytest.mark.parametrize(("fields", "pointer"), BAD)
def test_a_bad_field_is_named(report, fields, pointer):
    told = problem_of(report(generation(**fields)), 422)
    assert pointers(told) == [pointer]
    assert not Generation.objects.exists()


def test_a_number_beyond_doubles_is_named(report):
    body = json.dumps(generation(mine=1)).replace('"mine": 1', '"mine": [1e400]').encode()
    assert pointers(problem_of(report(body), 422)) == ["#/mine/0"]


def test_every_fault_is_named_at_once(report):
    told = problem_of(report(generation(output=1, confidence=2, user=3)), 422)
    assert sorted(pointers(told)) == ["#/confidence", "#/output", "#/user"]


@pytest.mark.parametrize("bad", ["nul \0", "half \ud800"])
def test_the_rest_of_a_batch_with_unstorable_text_is_kept(report, bad):
    response = report([generation(), generation(output=bad), generation(output="🙂")])
    assert response.status_code == 207
    assert [result["status"] for result in response.json()["results"]] == [201, 422, 201]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"kind": "liked"}, "#/kind"),
        ({"kind": "rated"}, "#/value"),
        ({"kind": "rated", "value": 2}, "#/value"),
        ({"kind": "survived", "value": -0.5}, "#/value"),
        ({"kind": "shown", "value": 1}, "#/value"),
        ({"kind": "commented", "comment": "  "}, "#/comment"),
        ({"kind": "shown", "after_ms": -1}, "#/after_ms"),
        ({"kind": "shown", "after_ms": 1.0}, "#/after_ms"),
        ({"kind": "shown", "after_ms": 2**63}, "#/after_ms"),
        ({"kind": "shown", "generation": None}, "#/generation"),
    ],
)
def test_a_bad_reaction_is_named(report, fields, pointer):
    made = generation()
    report(made)
    sent = reaction(made, "shown") | fields
    assert pointers(problem_of(report(sent), 422)) == [pointer]


def test_whole_numbers_keep_their_size(report):
    made = generation()
    report(made)
    assert report(reaction(made, "shown", after_ms=2**63 - 1)).status_code == 201


def test_a_body_over_the_limit_is_refused_before_it_is_read(report, settings):
    settings.MAX_BODY_BYTES = 2000
    told = problem_of(report(generation(output="x" * 2000)), 413)
    assert "2000" in told["detail"]
    assert report(generation()).status_code == 201


def test_a_gzip_bomb_is_refused(report, settings):
    settings.MAX_BODY_BYTES = 100_000
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < settings.MAX_BODY_BYTES
    problem_of(report(bomb, **{"Content-Encoding": "gzip"}), 413)


@pytest.mark.parametrize(
    "body",
    [b"not gzip", gzip.compress(b"{}", mtime=0)[:-3], gzip.compress(b"{}", mtime=0) + b"more"],
    ids=["none", "cut short", "with a tail"],
)
def test_a_broken_gzip_is_said(report, body):
    problem_of(report(body, **{"Content-Encoding": "gzip"}), 400)


def test_another_encoding_is_refused_with_what_is_accepted(report):
    response = report(b"{}", **{"Content-Encoding": "br"})
    problem_of(response, 415)
    assert response["Accept-Encoding"] == "gzip, zstd, identity"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json; charset=latin-1", "multipart/form-data", ""]
)
def test_what_is_not_said_to_be_json_is_refused(report, content_type):
    problem_of(report(b"{}", content_type=content_type), 415)


def test_a_megabyte_of_code_is_kept_faithfully(report):
    output = "".join(f"value_{n} = '\u05d0\u202e🙂 <b>&amp;'\r\n" for n in range(30_000))
    assert len(output.encode()) > 1_000_000
    made = generation(output=output)
    fix = correction(made, corrected=output[::-1])
    assert report([made, fix]).status_code == 201
    row = Correction.objects.select_related("corrected", "generation__output").get()
    assert row.generation.output.text == output
    assert row.corrected.text == output[::-1]


def test_of_two_fields_of_one_name_the_last_counts(report):
    body = json.dumps(generation(output="first"))[:-1] + ', "output": "last"}'
    assert report(body.encode()).status_code == 201
    assert Blob.objects.filter(text="last").exists()


def test_the_longest_names_fit(report):
    longest = {"session": 200, "user": 200, "repository": 300, "file_path": 1000, "id": 200}
    fields = {name: random.Random(1).choice("é🙂界") * size for name, size in longest.items()}
    fields |= {"model_name": "🙂" * 200, "language": "🙂" * 40}
    assert report(generation(**fields)).status_code == 201
    assert report(generation(**fields)).status_code == 200


def test_a_key_that_breaks_the_rules_of_headers_is_turned_away(client):
    response = client.post(
        URL, b"{}", content_type="application/json", headers={"Authorization": "Bearer"}
    )
    assert response.status_code == 401


def strange(dice, depth=0):
    """A random JSON value, the odder the better."""
    odd = ["", "\0", "\ud800", "x" * 300, "1", 0, -1, 2**64, 1e308, -0.0, True, False, None, "🙂"]
    if depth > 3 or dice.random() < 0.6:
        return dice.choice(odd)
    if dice.random() < 0.5:
        return [strange(dice, depth + 1) for _ in range(dice.randrange(4))]
    return {str(dice.choice(odd)): strange(dice, depth + 1) for _ in range(dice.randrange(4))}


@pytest.mark.parametrize("seed", range(12))
def test_no_shape_is_a_server_error(report, seed):
    """Records with one to three fields gone odd, alone and among good ones."""
    dice = random.Random(seed)
    report(generation(id="known"))
    about = {"id": "known"}
    span = {"start": {"line": 1, "column": 0}, "end": {"line": 1, "column": 1}}
    batch = []
    for _ in range(40):
        fix = correction(about, span=span, severity="low", occurred_at="2026-01-01T00:00:00Z")
        made = dice.choice([generation(user="u"), reaction(about, "rated", value=0.5), fix])
        for name in dice.sample(sorted(made), dice.randint(1, 3)):
            made[name] = strange(dice)
        batch.append(made)
    for value in [*batch, batch, strange(dice), {"type": "generation"} | {"output": strange(dice)}]:
        response = report(value)
        assert response.status_code in (200, 201, 202, 207, 400, 409, 422), response.content


def test_a_text_too_long_to_work_with_is_refused_by_name(report):
    told = problem_of(report(generation(output="x" * 2_000_001)), 422)
    assert pointers(told) == ["#/output"]


def test_a_million_faults_are_not_all_echoed(report):
    told = problem_of(report(generation(notes=["\0"] * 10_000)), 422)
    assert len(told["errors"]) == 50
