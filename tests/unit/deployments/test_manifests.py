import pytest

from deployments import manifests, reports
from deployments.manifests import BadManifest

GOOD = {
    "name": "ember-7b",
    "base_model": "ember-7b-base",
    "artifacts": [
        {"path": "b.safetensors", "sha256": "b" * 64, "bytes": 2},
        {"path": "a.safetensors", "sha256": "a" * 64, "bytes": 1},
    ],
    "dataset_version": None,
    "settings": {"learning_rate": "0.0001", "epochs": 3, "packed": True},
}


def problems_of(**changes):
    with pytest.raises(BadManifest) as refused:
        manifests.read(GOOD | changes)
    return {problem.field: problem.needs for problem in refused.value.problems}


def test_the_same_manifest_has_the_same_bytes_in_any_order():
    turned = dict(reversed(GOOD.items())) | {"artifacts": GOOD["artifacts"][::-1]}
    assert manifests.digest_of(manifests.read(turned)) == manifests.digest_of(manifests.read(GOOD))


@pytest.mark.parametrize(
    "change",
    [
        {"base_model": "ember-7b-base-2"},
        {"dataset_version": "d" * 64},
        {"settings": {}},
        {"notes": "other"},
        {"artifacts": [{"path": "a.safetensors", "sha256": "a" * 64, "bytes": 1}]},
        {"settings": GOOD["settings"] | {"packed": 1}},
    ],
)
def test_any_other_content_has_another_digest(change):
    other = manifests.digest_of(manifests.read(GOOD | change))
    assert other != manifests.digest_of(manifests.read(GOOD))


def test_one_flipped_character_of_an_artifacts_digest_is_another_manifest():
    flipped = [GOOD["artifacts"][0] | {"sha256": "b" * 63 + "c"}, GOOD["artifacts"][1]]
    other = manifests.digest_of(manifests.read(GOOD | {"artifacts": flipped}))
    assert other != manifests.digest_of(manifests.read(GOOD))


def test_what_is_read_back_from_the_bytes_is_the_same():
    manifest = manifests.read(GOOD)
    assert manifests.read(manifests.parse(manifests.body_of(manifest))) == manifest


ARTIFACT = {"path": "w", "sha256": "a" * 64, "bytes": 1}


@pytest.mark.parametrize(
    ("change", "field", "needs"),
    [
        ({"name": ""}, "name", "1 to 100 letters"),
        ({"name": "ember\n"}, "name", "1 to 100 letters"),
        ({"base_model": 7}, "base_model", "needs text"),
        ({"base_model": "a\x00b"}, "base_model", "NUL"),
        ({"artifacts": []}, "artifacts", "at least one"),
        ({"artifacts": [ARTIFACT | {"sha256": "A" * 64}]}, "artifacts[0].sha256", "hexadecimal"),
        ({"artifacts": [ARTIFACT | {"bytes": -1}]}, "artifacts[0].bytes", "at least 0"),
        ({"artifacts": [ARTIFACT | {"bytes": 1.5}]}, "artifacts[0].bytes", "whole number"),
        ({"artifacts": [ARTIFACT | {"path": "../w"}]}, "artifacts[0].path", "relative path"),
        ({"artifacts": [ARTIFACT | {"path": "/etc/w"}]}, "artifacts[0].path", "relative path"),
        ({"artifacts": [ARTIFACT, ARTIFACT]}, "artifacts[1].path", "listed twice"),
        ({"artifacts": ["w"]}, "artifacts[0]", "needs an object"),
        ({"dataset_version": "v14"}, "dataset_version", "content id"),
        ({"settings": {"rate": 0.1}}, "settings.rate", "fractions as text"),
        ({"settings": {"rate": None}}, "settings.rate", "fractions as text"),
        ({"settings": {"rate": 2**53}}, "settings.rate", "fractions as text"),
        ({"colour": "violet"}, "colour", "not a field"),
    ],
)
def test_a_bad_field_is_named_with_what_it_needs(change, field, needs):
    found = problems_of(**change)
    assert list(found) == [field]
    assert needs in found[field]


def test_every_bad_field_is_named_at_once():
    assert problems_of(name="", base_model="", artifacts=3).keys() == {
        "name",
        "base_model",
        "artifacts",
    }


@pytest.mark.parametrize("sent", [None, [], "text", 3])
def test_what_is_no_object_is_no_manifest(sent):
    with pytest.raises(BadManifest, match="needs an object"):
        manifests.read(sent)


def test_text_that_is_not_json_says_where():
    with pytest.raises(BadManifest, match="not JSON.*line 2"):
        manifests.parse('{"name":\n oops}')


def test_digests_that_differ_in_their_last_character_only_are_a_difference():
    artifacts = [GOOD["artifacts"][0] | {"sha256": "b" * 63 + "c"}, GOOD["artifacts"][1]]
    assert manifests.differences(GOOD, GOOD | {"artifacts": artifacts}) != []


def test_differences_name_what_changed():
    old = manifests.read(GOOD).model_dump(mode="json")
    artifacts = [GOOD["artifacts"][0] | {"sha256": "c" * 64}, GOOD["artifacts"][1]]
    new = manifests.read(GOOD | {"artifacts": artifacts, "notes": "why"}).model_dump(mode="json")
    assert manifests.differences(old, new) == [
        ("b.safetensors", "b" * 16 + "…", "c" * 16 + "…"),
        ("notes", "", "why"),
    ]


METRIC = {"value": "0.412", "low": "0.371", "high": "0.454", "n": 560}


def test_a_report_keeps_its_numbers_as_they_were_written():
    assert reports.read({"pass@1": METRIC}, "s") == {"pass@1": METRIC}


@pytest.mark.parametrize(
    ("metric", "field"),
    [
        (METRIC | {"value": 0.412}, "pass@1.value"),
        (METRIC | {"value": "0.412\n"}, "pass@1.value"),
        (METRIC | {"low": "NaN"}, "pass@1.low"),
        (METRIC | {"high": "1e9"}, "pass@1.high"),
        (METRIC | {"n": 0}, "pass@1.n"),
        (METRIC | {"n": True}, "pass@1.n"),
        (METRIC | {"low": "0.5"}, "pass@1"),
        (METRIC | {"p": "0.5"}, "pass@1.p"),
        ("0.4", "pass@1"),
    ],
)
def test_a_bad_metric_is_named_with_what_it_needs(metric, field):
    with pytest.raises(reports.BadReport) as refused:
        reports.read({"pass@1": metric}, "s")
    assert [problem.field for problem in refused.value.problems] == [field]


@pytest.mark.parametrize(
    "sent", [None, {}, [], {"": METRIC}, {"a\x00": METRIC}, {"\ud800": METRIC}]
)
def test_what_is_no_report_is_refused(sent):
    with pytest.raises(reports.BadReport):
        reports.read(sent, "s")
