"""The page of benchmarks: what counts, and adding one of the project's own."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from curation.models import ProjectBenchmark
from governance.models import LedgerEntry
from tests.builders import make_curator, make_project, make_reviewer
from tests.curation_builders import make_accepted, make_refrozen

pytestmark = pytest.mark.django_db
PROMPT = "Sum the ledger entries of each merchant and give the totals in order of the merchant"
TASK = json.dumps({"prompt": PROMPT, "solution": "def totals(): ...\n"}).encode()


@pytest.fixture
def project():
    return make_project()


def there(project):
    return reverse("curation:benchmarks", args=[project.slug])


def sent(client, project, data=TASK, name="ours"):
    file = SimpleUploadedFile("tasks.jsonl", data)
    return client.post(there(project), {"name": name, "file": file})


def test_one_that_is_added_counts_for_the_next_version_and_its_text_is_not_kept(client, project):
    make_accepted(project)
    make_accepted(project, prompt=PROMPT)
    curator = make_curator(project)
    client.force_login(curator)
    assert sent(client, project).status_code == 302
    kept = ProjectBenchmark.objects.get()
    assert b"ledger" not in bytes(kept.data)
    assert LedgerEntry.objects.get(action="benchmark added").actor == curator
    text = client.get(there(project)).text
    assert "ours" in text
    assert "HumanEval" in text
    version = make_refrozen(project)
    page = client.get(reverse("curation:dataset", args=[project.slug, version.number])).text
    assert "Leakage" in page
    assert "500,000" in page


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "ours"),
        (b"{}\n", "ours"),
        (b"no json\n", "ours"),
        (b"\xff\xfe\x00", "ours"),
        (b'{"prompt": 7}\n[]\n', "ours"),
        (TASK, "../ours"),
        (TASK, "a\x00b"),
        (TASK, ""),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(client, project, data, name):
    client.force_login(make_curator(project))
    answer = sent(client, project, data, name)
    assert answer.status_code == 422
    assert 'class="err"' in answer.text
    assert not ProjectBenchmark.objects.exists()


def test_a_file_is_read_so_far_and_no_further(client, project, monkeypatch):
    monkeypatch.setattr("curation.benchmark_views.MOST_BYTES", len(TASK) - 1)
    client.force_login(make_curator(project))
    answer = sent(client, project)
    assert (answer.status_code, "The file is over 2 MB." in answer.text) == (422, True)
    assert not ProjectBenchmark.objects.exists()


def test_a_project_has_so_many_and_one_may_still_be_replaced(client, project, monkeypatch):
    monkeypatch.setattr("curation.own_benchmarks.MOST", 1)
    client.force_login(make_curator(project))
    assert sent(client, project).status_code == 302
    answer = sent(client, project, name="another")
    assert (answer.status_code, "There are 1 already." in answer.text) == (422, True)
    assert sent(client, project).status_code == 302


def test_a_name_that_is_there_is_replaced(client, project):
    client.force_login(make_curator(project))
    sent(client, project)
    other = json.dumps({"prompt": "Another task, of which nobody has heard so far"}).encode()
    sent(client, project, other)
    assert client.get(there(project)).text.count("<td>ours</td>") == 1
    assert ProjectBenchmark.objects.count() == 2


def test_who_may(client, project):
    for person, status in ((make_reviewer(project), 403), (make_curator(make_project()), 404)):
        client.force_login(person)
        assert client.get(there(project)).status_code == status
        assert sent(client, project).status_code == status
    assert not ProjectBenchmark.objects.exists()
