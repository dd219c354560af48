"""Erasing from the browser and from the terminal: who may, what is shown first, and receipts."""

import hashlib
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from curation import datasets
from feedback.models import Generation
from governance.models import Erasure, LedgerEntry, Retention, Role
from governance.tokens import make_token
from lib.clock import now
from tests.builders import make_admin, make_curator, make_lead, make_person, make_project
from tests.curation_builders import make_accepted

pytestmark = pytest.mark.django_db
MAY = {Role.GOVERNANCE_LEAD, Role.PROJECT_ADMIN}


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def lead(client, project):
    lead = make_lead(project)
    client.force_login(lead)
    return lead


def at(project, name, *rest):
    return reverse(name, args=[project.slug, *rest])


def asked(name="jane-roe", **changes):
    return {"kind": "subject", "name": name} | changes


def erased(project):
    make_accepted(project, developer="jane-roe")
    call_command("erase", project=project.slug, subject="jane-roe", stdout=StringIO())
    return Erasure.objects.get()


@pytest.mark.parametrize("role", Role.values)
def test_only_leads_and_admins_erase(client, project, role):
    receipt = erased(project)
    make_accepted(project, developer="jane-roe")
    client.force_login(make_person(project, role))
    expected = {True: 200, False: 403}[role in MAY]
    assert client.get(at(project, "erasures")).status_code == expected
    assert client.get(at(project, "erasure", receipt.pk)).status_code == expected
    assert client.post(at(project, "erasure-plan"), asked()).status_code == expected
    answer = client.post(at(project, "erasure-now"), asked(again="jane-roe"))
    assert answer.status_code == (302 if role in MAY else 403)
    assert Generation.objects.exists() == (role not in MAY)


@pytest.mark.parametrize("role", Role.values)
def test_only_admins_say_how_long(client, project, role):
    client.force_login(make_person(project, role))
    answer = client.post(at(project, "erasure-retention"), {"days": "90"})
    assert answer.status_code == (302 if role == Role.PROJECT_ADMIN else 403)
    assert Retention.objects.exists() == (role == Role.PROJECT_ADMIN)


def test_a_receipt_of_another_project_is_not_there(client, project, lead):
    elsewhere = erased(make_project())
    assert client.get(at(project, "erasure", elsewhere.pk)).status_code == 404


def test_first_the_dry_run_then_the_receipt(client, project, lead):
    make_accepted(project, developer="jane-roe")
    page = client.post(at(project, "erasure-plan"), asked())
    assert "feedback_generation" in page.text
    assert Generation.objects.exists()
    wrong = client.post(at(project, "erasure-now"), asked(again="jane"))
    assert wrong.status_code == 422
    assert Generation.objects.exists()
    done = client.post(at(project, "erasure-now"), asked(again="jane-roe", reason="Asked to."))
    receipt = Erasure.objects.get()
    assert done.url == at(project, "erasure", receipt.pk)
    assert not Generation.objects.exists()
    page = client.get(done.url).text
    assert "Asked to." in page
    assert "jane-roe" not in page
    assert (receipt.by, receipt.kind) == (lead, "subject")


def test_what_is_not_here_is_said_and_cannot_be_confirmed(client, project, lead):
    assert "Nothing of it is here" in client.post(at(project, "erasure-plan"), asked()).text
    answer = client.post(at(project, "erasure-now"), asked(again="jane-roe"))
    assert answer.status_code == 409
    assert not Erasure.objects.exists()


def test_a_person_is_named_inert(client, project, lead):
    page = client.post(at(project, "erasure-plan"), asked("<script>alert(1)</script>")).text
    assert "<script>alert" not in page


def test_retention_is_chosen_and_taken_back(client, project):
    client.force_login(make_admin(project))
    client.post(at(project, "erasure-retention"), {"days": "90"})
    assert "90 days" in client.get(at(project, "erasures")).text
    client.post(at(project, "erasure-retention"), {"days": ""})
    assert Retention.objects.get().days is None
    assert LedgerEntry.objects.filter(action="retention chosen").count() == 2
    assert client.post(at(project, "erasure-retention"), {"days": "0"}).status_code == 422


def frozen(project):
    for n, name in enumerate(("jane-roe", "kim", "lu")):
        make_accepted(project, developer=name, repository=f"r{n}", client_id=f"row-{n}")
    version = datasets.request(project, make_curator(project), now())
    datasets.build(version)
    version.refresh_from_db()
    return version


def body(answer):
    return b"".join(answer.streaming_content)


def test_a_version_says_what_it_lost_and_its_files_are_as_their_headers_say(client, project, lead):
    version = frozen(project)
    files = {file["path"]: file for file in version.manifest["files"]}
    call_command("erase", project=project.slug, subject="jane-roe", stdout=StringIO())
    page = client.get(reverse("curation:dataset", args=[project.slug, 1])).text
    assert "1 line was erased since this version was frozen" in page
    secret = make_token(lead, "test", timedelta(days=1), now())[1]
    token = {"Authorization": f"Bearer {secret}"}
    told = client.get(at(project, "curation:api-version", 1), headers=token).json()
    assert told["manifest"] == version.manifest
    assert told["erased"]["lines"] == 1
    now_listed = {file["path"]: file for file in told["erased"]["files"]}
    assert now_listed != files
    for path, file in now_listed.items():
        answer = client.get(reverse("curation:file", args=[project.slug, 1, path]))
        data = body(answer)
        digest = hashlib.sha256(data).hexdigest()
        assert answer["ETag"] == f'"{digest}"' == f'"{file["sha256"]}"'
        assert int(answer["Content-Length"]) == len(data) == file["bytes"]
        assert data.count(b"\n") == file["rows"]
    gone = files.keys() - now_listed.keys()
    for path in gone:
        assert client.get(reverse("curation:file", args=[project.slug, 1, path])).status_code == 404


def test_an_export_has_another_tag_and_says_what_is_gone(client, project, lead):
    frozen(project)
    card = reverse("curation:export-file", args=[project.slug, 1, "hugging-face/README.md"])
    before = client.get(card)
    call_command("erase", project=project.slug, subject="jane-roe", stdout=StringIO())
    after = client.get(card, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert b"1 lines were erased" in body(after)


def test_the_exporting_command_checks_what_is_left(project, tmp_path):
    frozen(project)
    call_command("erase", project=project.slug, subject="jane-roe", stdout=StringIO())
    told = StringIO()
    call_command("export_dataset", project=project.slug, version=1, out=tmp_path, stdout=told)
    assert "2 rows" in told.getvalue()
    assert "less 1 lines erased since" in told.getvalue()


def test_the_command_counts_first(project):
    frozen(project)
    told = StringIO()
    call_command("erase", project=project.slug, generation="g-row-0", dry_run=True, stdout=told)
    assert "Dataset version 1 loses 1 lines" in told.getvalue()
    assert "Nothing was changed." in told.getvalue()
    assert Generation.objects.count() == 3
    call_command("erase", project=project.slug, generation="g-row-0", stdout=told)
    assert Generation.objects.count() == 2
    with pytest.raises(CommandError, match="Nothing of it is here"):
        call_command("erase", project=project.slug, generation="g-row-0", stdout=told)


def test_the_terminal_sets_retention(project):
    told = StringIO()
    call_command("retain", project=project.slug, days=90, stdout=told)
    assert Retention.objects.get().days == 90
    with pytest.raises(CommandError):
        call_command("retain", project=project.slug, days=0, stdout=told)
    call_command("retain", project=project.slug, for_good=True, stdout=told)
    assert Retention.objects.get().days is None
