import hashlib
import json

import pytest
from django.urls import reverse

from curation import datasets
from curation.exports.catalogue import offered, pieces_of
from curation.models import DatasetVersion
from lib.clock import now
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.curation_builders import make_accepted, make_example, make_frozen, make_labelled

pytestmark = pytest.mark.django_db


def enter(client, person):
    client.force_login(person)
    return client


def developer(project):
    return make_person(project, "developer", username=f"dev-{project.pk}")


def get(client, name, project, *args, **more):
    return client.get(reverse(f"curation:{name}", args=[project.slug, *args]), **more)


def post(client, name, project, *args, **more):
    return client.post(reverse(f"curation:{name}", args=[project.slug, *args]), **more)


@pytest.fixture
def version():
    return make_frozen(make_project())


# (address, its arguments, method, who lacks the ability but is a member)
PAGES = [
    ("datasets", [], "get", None),
    ("dataset", [1], "get", None),
    ("mine", [], "get", None),
    ("freeze", [], "post", "developer"),
    ("cancel", [1], "post", "developer"),
    ("changes", [1], "get", None),
    ("samples", [1], "get", "developer"),
    ("rows", [1], "get", "developer"),
    ("file", [1, "sft/train.jsonl"], "get", "developer"),
    ("export-file", [1, "trl.zip"], "get", "developer"),
]


@pytest.mark.parametrize(("name", "args", "method", "reader"), PAGES)
def test_who_may_open_what(client, version, name, args, method, reader):
    address = reverse(f"curation:{name}", args=[version.project.slug, *args])
    call = getattr(client, method)
    assert call(address).url == f"{reverse('account_login')}?next={address}"
    client.force_login(make_person())
    assert call(address).status_code == 404
    if reader:
        client.force_login(make_person(version.project, reader))
        assert call(address).status_code == 403
    client.force_login(make_curator(version.project))
    assert call(address).status_code in (200, 302, 409)


def test_who_may_open_an_example(client):
    example = make_example(make_project())
    address = reverse("curation:example", args=[example.project.slug, example.pk])
    assert client.get(address).status_code == 302
    assert enter(client, make_person()).get(address).status_code == 404
    assert enter(client, developer(example.project)).get(address).status_code == 403
    assert enter(client, make_reviewer(example.project)).get(address).status_code == 200


def test_nothing_of_another_project_is_shown(client, version):
    other = make_project()
    enter(client, make_curator(other))
    row = version.rows.first()
    assert get(client, "dataset", other, 1).status_code == 404
    assert get(client, "file", other, 1, "sft/train.jsonl").status_code == 404
    assert get(client, "export-file", other, 1, "trl.zip").status_code == 404
    assert get(client, "example", other, row.example_id).status_code == 404
    assert f"Version {version.number}" not in get(client, "datasets", other).text


def test_an_empty_list_says_what_to_do(client):
    project = make_project()
    assert (
        "No version is frozen yet"
        in get(enter(client, make_curator(project)), "datasets", project).text
    )


def test_freezing_asks_for_a_version_and_wakes_a_builder(
    client, django_capture_on_commit_callbacks
):
    project = make_project()
    make_accepted(project)
    enter(client, make_curator(project))
    with django_capture_on_commit_callbacks() as nudges:
        answer = post(client, "freeze", project)
    assert answer.url == reverse("curation:dataset", args=[project.slug, 1])
    assert len(nudges) == 1
    assert DatasetVersion.objects.get().state == "requested"


def test_freezing_nothing_says_so(client):
    project = make_project()
    answer = post(enter(client, make_curator(project)), "freeze", project)
    assert answer.status_code == 409
    assert "Nothing was frozen" in answer.text


def test_a_frozen_version_shows_its_id_funnel_and_files(client, version):
    page = get(enter(client, developer(version.project)), "dataset", version.project, 1).text
    assert version.content_id in page
    assert "From corrections to rows" in page
    assert "sft/train.jsonl" in page
    assert "Download sft/train.jsonl" not in page  # a developer sees figures, not code
    page = get(enter(client, make_reviewer(version.project)), "dataset", version.project, 1).text
    assert "Download sft/train.jsonl" in page


def waiting():
    project = make_project()
    make_accepted(project)
    return datasets.request(project, make_curator(project), now())


def test_a_build_shows_its_progress_as_page_and_as_part(client):
    version = waiting()
    DatasetVersion.objects.update(state="building", progress=1, total=4, touched_at=now())
    enter(client, make_curator(version.project))
    page = get(client, "dataset", version.project, 1)
    assert "1 of 4 examples" in page.text
    assert "<html" in page.text
    part = get(client, "dataset", version.project, 1, headers={"HX-Request": "true"})
    assert part.text.strip().startswith('<div id="build-progress" hx-get=')
    assert "<html" not in part.text
    assert "HX-Refresh" not in part


def test_a_page_that_waited_is_told_to_load_its_figures(client, version):
    enter(client, make_curator(version.project))
    part = get(client, "dataset", version.project, 1, headers={"HX-Request": "true"})
    assert part["HX-Refresh"] == "true"
    assert "hx-get" not in part.text


def test_a_build_can_be_cancelled_once(client):
    version = waiting()
    enter(client, make_curator(version.project))
    assert post(client, "cancel", version.project, 1).status_code == 302
    page = get(client, "dataset", version.project, 1)
    assert "This build was cancelled" in page.text
    again = post(client, "cancel", version.project, 1)
    assert again.status_code == 409
    assert "Nothing was cancelled: the version is cancelled." in again.text


def test_a_failed_version_says_why(client):
    version = waiting()
    datasets.fail(version, "Everything was dropped <b>.", now())
    page = get(enter(client, make_curator(version.project)), "dataset", version.project, 1)
    assert "Everything was dropped &lt;b&gt;." in page.text


def test_a_file_comes_as_it_was_hashed(client, version):
    enter(client, make_reviewer(version.project))
    for file in version.manifest["files"]:
        answer = get(client, "file", version.project, 1, file["path"])
        body = answer.getvalue()
        assert hashlib.sha256(body).hexdigest() == file["sha256"]
        assert answer["ETag"] == f'"{file["sha256"]}"'
        assert int(answer["Content-Length"]) == len(body) == file["bytes"]
        assert body.count(b"\n") == file["rows"]


def test_a_file_one_has_is_not_sent_again(client, version):
    enter(client, make_reviewer(version.project))
    etag = f'"{version.manifest["files"][0]["sha256"]}"'
    path = version.manifest["files"][0]["path"]
    answer = get(client, "file", version.project, 1, path, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")


def test_every_export_that_is_shown_can_be_had(client, version):
    enter(client, make_reviewer(version.project))
    page = get(client, "dataset", version.project, 1).text
    for each in offered(version):
        for name in [each.archive, *(name for name, _ in each.named)]:
            address = reverse("curation:export-file", args=[version.project.slug, 1, name])
            assert f'href="{address}"' in page
            answer = client.get(address)
            assert answer.getvalue() == b"".join(pieces_of(version, name))
            etag = {"If-None-Match": answer["ETag"]}
            assert client.get(address, headers=etag).status_code == 304
    enter(client, developer(version.project))
    assert "trl.zip" not in get(client, "dataset", version.project, 1).text


@pytest.mark.parametrize("name", ["nope.zip", "trl", "trl/nope.jsonl", "../x", "trl.zip/x"])
def test_an_export_that_is_not_there_is_not_found(client, version, name):
    enter(client, make_reviewer(version.project))
    assert get(client, "export-file", version.project, 1, name).status_code == 404


@pytest.mark.parametrize("name", ["nope.jsonl", "../manifest.json", "sft/train.jsonl/x"])
def test_a_file_that_is_not_there_is_not_found(client, version, name):
    enter(client, make_reviewer(version.project))
    assert get(client, "file", version.project, 1, name).status_code == 404


def test_rows_lead_back_to_their_example(client, version):
    enter(client, make_reviewer(version.project))
    page = get(client, "rows", version.project, 1).text
    for row in version.rows.all():
        assert reverse("curation:example", args=[version.project.slug, row.example_id]) in page
    in_split = [
        get(client, "rows", version.project, 1, query_params={"split": split}).text.count("fe_row")
        for split in ("train", "validation", "test")
    ]
    assert sum(in_split) == 3


def test_a_damaged_page_address_is_not_found(client, version):
    enter(client, make_reviewer(version.project))
    answer = get(client, "rows", version.project, 1, query_params={"after": "x"})
    assert answer.status_code == 404


def test_an_example_shows_all_it_came_from_and_code_stays_inert(client):
    project = make_project()
    hostile = "</pre><script>alert(1)</script>\u202egnp"
    example = make_labelled(project, output=hostile, comment="<img src=x>", developer="wren")
    page = get(enter(client, make_reviewer(project)), "example", project, example.pk).text
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert f"fe_{example.correction.client_id}" in page
    assert "Told so." in page
    assert "Nobody has decided yet." in page


def test_a_decided_example_names_its_versions(client, version):
    row = version.rows.select_related("example").first()
    page = get(
        enter(client, make_reviewer(version.project)), "example", version.project, row.example_id
    ).text
    assert "Accepted by" in page
    assert row.row_id[:12] in page


def test_mine_shows_what_became_of_ones_own_feedback(client):
    project = make_project()
    person = developer(project)
    make_accepted(project, developer=person.username, client_id="by-name")
    make_example(project, developer=person.email, client_id="by-address")
    make_example(project, developer="someone else", client_id="not-mine")
    page = get(enter(client, person), "mine", project).text
    assert "by-name" in page
    assert "by-address" in page
    assert "not-mine" not in page
    assert "/examples/" not in page  # a developer does not read other people's code


def test_mine_is_empty_for_a_person_without_an_address(client):
    project = make_project()
    person = make_person(project, "developer")
    type(person).objects.filter(pk=person.pk).update(email="")
    make_example(project, developer="", client_id="nobody's")
    assert "Nothing is reported under your name" in get(enter(client, person), "mine", project).text


@pytest.mark.parametrize("rows", [1, 6])
def test_pages_ask_a_fixed_number_of_queries(client, django_assert_max_num_queries, rows):
    version = make_frozen(make_project(), rows=rows)
    enter(client, make_reviewer(version.project))
    for name, args, most in (("datasets", [], 9), ("dataset", [1], 10), ("rows", [1], 10)):
        with django_assert_max_num_queries(most):
            assert get(client, name, version.project, *args).status_code == 200


def test_no_page_has_inline_style_or_script(client, version):
    enter(client, make_curator(version.project))
    example = version.rows.first().example_id
    for name, args in (("datasets", []), ("dataset", [1]), ("rows", [1]), ("example", [example])):
        page = get(client, name, version.project, *args).text
        assert " style=" not in page
        assert "<script>" not in page
        assert " onclick" not in page
    assert json.dumps(version.manifest)


def test_lengths_stand_under_their_units(client, version):
    version.refresh_from_db()  # a stored object has an order of its own
    answer = get(enter(client, make_curator(version.project)), "dataset", version.project, 1)
    units = [each.unit for each in answer.context["lengths"]]
    assert units == ["Characters", "Lines", "Tokens"]
    told = version.manifest["lengths"]["texts"]["prompt"]
    figures = [told[unit.lower()][rank] for unit in units for rank in ("median", "p95", "most")]
    assert dict(answer.context["texts"])["Prompt"] == figures
