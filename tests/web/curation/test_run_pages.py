"""The pages of runs, and their API: who may see what, what is found, what may be cancelled."""

from datetime import timedelta

import pytest
from django.urls import reverse

from curation import datasets, publishing, runs
from curation.models import DatasetVersion, Run
from governance.models import Role
from governance.tokens import make_token
from lib.clock import now
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.curation_builders import make_accepted, make_frozen

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return make_frozen(make_project())


@pytest.fixture
def waiting():
    project = make_project()
    make_accepted(project, prompt="a prompt nobody may read here")
    return datasets.request(project, make_curator(project), now())


def page(client, name, project, *args, **query):
    return client.get(reverse(f"curation:{name}", args=[project.slug, *args]), query)


def run_of(version):
    return runs.build_of(version)


def as_developer(client, project):
    client.force_login(make_person(project, "developer"))
    return client


@pytest.mark.parametrize("name", ["runs", "run"])
def test_who_may_look(client, version, name):
    args = [run_of(version).pk] if name == "run" else []
    address = reverse(f"curation:{name}", args=[version.project.slug, *args])
    assert client.get(address).status_code == 302
    client.force_login(make_person())
    assert client.get(address).status_code == 404
    assert as_developer(client, version.project).get(address).status_code == 200


def test_who_may_cancel(client, waiting):
    address = reverse("curation:cancel-run", args=[waiting.project.slug, run_of(waiting).pk])
    assert client.post(address).status_code == 302
    client.force_login(make_person())
    assert client.post(address).status_code == 404
    for reader in (make_person(waiting.project, "developer"), make_reviewer(waiting.project)):
        client.force_login(reader)
        assert (
            "Cancel the build" not in page(client, "run", waiting.project, run_of(waiting).pk).text
        )
        assert client.post(address).status_code == 403
    waiting.refresh_from_db()
    assert waiting.state == "requested"


def test_a_build_is_cancelled_once(client, waiting):
    client.force_login(make_curator(waiting.project))
    number = run_of(waiting).pk
    assert "Cancel the build" in page(client, "run", waiting.project, number).text
    address = reverse("curation:cancel-run", args=[waiting.project.slug, number])
    assert client.post(address).status_code == 302
    after = page(client, "run", waiting.project, number).text
    assert "Cancelled. Examples written: 0 of 0." in after
    assert "Cancel the build" not in after
    again = client.post(address)
    assert again.status_code == 409
    assert "Nothing was cancelled: the version is cancelled." in again.text


def test_what_is_no_build_is_not_cancelled(client, version, settings, tmp_path):
    settings.PUBLISHED_DIR = tmp_path
    publishing.publish(version)
    client.force_login(make_curator(version.project))
    run = Run.objects.get(kind="publish")
    address = reverse("curation:cancel-run", args=[version.project.slug, run.pk])
    assert client.post(address).status_code == 404


def test_no_run_of_another_project_is_there(client, version):
    other = make_project()
    client.force_login(make_curator(other))
    assert page(client, "run", other, run_of(version).pk).status_code == 404
    address = reverse("curation:cancel-run", args=[other.slug, run_of(version).pk])
    assert client.post(address).status_code == 404
    assert "Freezing version" not in page(client, "runs", other).text


def test_the_list_is_filtered_by_kind_and_state(client, version, settings, tmp_path):
    settings.PUBLISHED_DIR = tmp_path
    project = version.project
    publishing.publish(version)
    datasets.cancel(
        datasets.request(project, version.requested_by, now()), version.requested_by, now()
    )
    as_developer(client, project)
    found = {
        (kind, state): page(client, "runs", project, kind=kind, state=state).context["rows"]
        for kind in ("", "build", "publish", "train")
        for state in ("", "done", "cancelled", "running")
    }
    counts = {key: len(rows) for key, rows in found.items()}
    assert counts[("", "")] == 3
    assert counts[("build", "")] == counts[("", "done")] == 2
    assert counts[("publish", "done")] == counts[("build", "cancelled")] == 1
    assert counts[("train", "")] == counts[("publish", "cancelled")] == counts[("", "running")] == 0
    assert "No run is like that" in page(client, "runs", project, kind="train").text


@pytest.mark.parametrize("said", ["\x00", "nonsense"])
def test_a_filter_that_is_none_shows_everything(client, version, said):
    client.force_login(make_curator(version.project))
    assert page(client, "runs", version.project, kind=said, state=said).context["rows"]


def test_an_empty_list_says_what_will_be_there(client):
    project = make_project()
    assert (
        "Nothing ran in the background yet"
        in page(as_developer(client, project), "runs", project).text
    )


def test_a_long_list_has_pages(client, version):
    made = [
        Run(project=version.project, kind="train", asked_at=now(), ended_at=now(), outcome="done")
    ]
    Run.objects.bulk_create(made * 51)
    as_developer(client, version.project)
    first = page(client, "runs", version.project)
    assert "Freezing version 1" not in first.text
    after = page(client, "runs", version.project, after=first.context["page"].after)
    assert "Freezing version 1" in after.text
    assert page(client, "runs", version.project, after="nonsense").status_code == 404


def test_a_running_build_shows_its_rate_and_what_remains(client, waiting):
    run = run_of(waiting)
    runs.begin(run, now() - timedelta(minutes=5))
    runs.pace(run, now() - timedelta(seconds=100))
    row = {"state": "building", "progress": 1000, "total": 4000, "touched_at": now()}
    DatasetVersion.objects.filter(pk=waiting.pk).update(**row)
    as_developer(client, waiting.project)
    one, listed = (
        page(client, "run", waiting.project, run.pk),
        page(client, "runs", waiting.project),
    )
    for text in (one.text, listed.text):
        assert "1,000 of 4,000 examples" in text
        assert "10 a second" in text
        assert "5 min" in text
    part = client.get(one.request["PATH_INFO"], headers={"HX-Request": "true"})
    assert part.text.strip().startswith('<div class="cols" id="run-now" hx-get=')
    assert "<html" not in part.text
    assert "HX-Refresh" not in part


def test_a_run_that_is_over_is_shown_whole(client, version):
    as_developer(client, version.project)
    address = reverse("curation:run", args=[version.project.slug, run_of(version).pk])
    part = client.get(address, headers={"HX-Request": "true"})
    assert part["HX-Refresh"] == "true"
    assert "hx-get" not in part.text


def test_nothing_of_a_row_is_in_the_lines(client, waiting):
    datasets.build(waiting)
    text = page(
        as_developer(client, waiting.project), "run", waiting.project, run_of(waiting).pk
    ).text
    assert "Frozen. Rows: 1" in text
    assert "nobody may read here" not in text


def test_why_it_failed_is_shown(client, waiting):
    datasets.fail(waiting, "Everything was dropped <b>.", now())
    text = page(
        as_developer(client, waiting.project), "run", waiting.project, run_of(waiting).pk
    ).text
    assert "Everything was dropped &lt;b&gt;." in text


def test_a_run_without_lines_says_so(client, version):
    run_of(version).lines.all().delete()
    text = page(
        as_developer(client, version.project), "run", version.project, run_of(version).pk
    ).text
    assert "Its lines are not kept" in text


def test_how_many_queries(client, version, django_assert_max_num_queries):
    for _ in range(5):
        datasets.build(datasets.request(version.project, version.requested_by, now()))
    as_developer(client, version.project)
    with django_assert_max_num_queries(8):
        page(client, "runs", version.project)
    with django_assert_max_num_queries(8):
        page(client, "run", version.project, run_of(version).pk)


@pytest.fixture
def ask(client):
    """Ask the API as a person with this role."""

    def asked(project, role, path, **query):
        person = make_person(project, role) if role else make_person()
        token = make_token(person, "runs", timedelta(days=1), now())[1]
        address = f"/api/v1/projects/{project.slug}/runs{path}"
        return client.get(address, query, headers={"Authorization": f"Bearer {token}"})

    return asked


def test_who_may_ask(client, ask, version):
    run = run_of(version).pk
    for path in ("", f"/{run}", f"/{run}/lines"):
        assert client.get(f"/api/v1/projects/{version.project.slug}/runs{path}").status_code == 401
        assert ask(version.project, None, path).status_code == 404
        assert ask(version.project, Role.DEVELOPER, path).status_code == 200


def test_no_run_of_another_project_is_told(ask, version):
    other = make_project()
    assert ask(other, Role.CURATOR, "").json()["results"] == []
    for path in ("", "/lines"):
        assert ask(other, Role.CURATOR, f"/{run_of(version).pk}{path}").status_code == 404


def test_the_api_tells_a_run_and_its_lines_in_order(ask, version):
    (told,) = ask(version.project, Role.DEVELOPER, "", kind="build", state="done").json()["results"]
    assert told == ask(version.project, Role.DEVELOPER, f"/{told['id']}").json()
    assert (told["version"], told["done"], told["total"], told["problem"]) == (1, 3, 3, "")
    assert told["by"] == version.requested_by.username
    lines = ask(version.project, Role.DEVELOPER, f"/{told['id']}/lines", limit=3).json()
    assert [each["said"] for each in lines["results"]] == ["begun", "planned", "rows"]
    assert lines["results"][2]["text"] == "Examples written: 3 of 3."
    rest = ask(version.project, Role.DEVELOPER, f"/{told['id']}/lines", after=lines["after"]).json()
    assert [each["said"] for each in rest["results"]] == ["frozen"]


def test_a_wrong_question_is_told(ask, version):
    assert ask(version.project, Role.DEVELOPER, "", state="bored").status_code == 400
    assert ask(version.project, Role.DEVELOPER, "", after="nonsense").status_code == 400
