"""Real corrections reported over HTTP, decided in the browser, frozen, and loaded back."""

import json
import re

import pytest
from django.core.management import call_command

from curation import datasets, intake, labeling
from curation.models import Decision
from feedback.pack import records_of
from lib.clock import now
from reviews import slots
from tests.builders import make_curator, make_ingest_key, make_project, make_reviewer
from tests.loading import load_back

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.shared,
    pytest.mark.timeout(300),
]

# the pack's other sources hold solutions of public benchmarks, which no version may have
SOURCES = ("astral-sh/ruff", "rubocop/rubocop-performance", "ossf/wg-best-practices-os-developers")
OF_EACH = 12
DECIDED = 6
PLACEHOLDER = r"MASKED_[a-z0-9_]+_[a-z2-7]{8}"


@pytest.fixture
def sample(shared):
    """Rows spread over every source, so that a decision meets several languages."""
    data = (shared / "data/public_pack/corrections.jsonl").read_bytes()
    rows = [json.loads(line) for line in data.split(b"\n") if line]
    chosen = []
    for source in SOURCES:
        of_source = [row for row in rows if row["provenance"]["source_repo"] == source]
        chosen += of_source[:: len(of_source) // OF_EACH][:OF_EACH]
    return chosen


def test_a_sample_of_the_pack_is_decided_in_the_browser(open_page, sample, tmp_path):
    project = make_project()
    page = open_page(make_reviewer(project))
    report(page, make_ingest_key(project)[1], sample)
    assert intake.pull(now()) == labeling.label_waiting(100, now()) == len(sample)
    slots.open_tasks(now())

    page.goto(f"/p/{project.slug}/review/")
    page.keyboard.press("Enter")
    for _ in range(DECIDED):
        accept(page)
    page.wait_for_selector("html[data-unsent='0']", state="attached")

    decisions = Decision.objects.select_related("example__correction")
    decided = {each.example.correction.client_id for each in decisions}
    assert [each.outcome for each in decisions] == ["accepted"] * DECIDED
    rows = frozen_rows(project, tmp_path)
    assert rows
    check_rows(rows, decided, sample)


def report(page, secret, sample):
    """As a client does: one batch, the key in a header."""
    told = page.request.post(
        "/api/v1/feedback",
        data=json.dumps([record for row in sample for record in records_of(row)]),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {secret}"},
    )
    assert told.status == 201, told.text()


def accept(page):
    """One key; the address tells which item is there."""
    page.wait_for_selector("#decision")
    before = page.url
    page.keyboard.press("a")
    page.wait_for_url(lambda url: url != before)


def frozen_rows(project, folder):
    """Every row of the version made of what was decided, by split."""
    version = datasets.request(project, make_curator(project), now())
    datasets.build(version)
    version.refresh_from_db()
    assert version.state == "frozen", version.problem
    out = folder / "data"
    call_command("export_dataset", project=project.slug, version=1, out=out, verbosity=0)
    found = load_back(str(out), "dpo", folder / "home")
    return [row for rows in found.values() for row in rows]


def check_rows(rows, decided, sample):
    """What was decided and nothing else, as its developer wrote it but for secrets."""
    chosen_of = {f"fe_{row['id']}": row["chosen"] for row in sample}
    for row in rows:
        assert {f"fe_{each}" for each in decided} >= set(row["feedback_ids"])
        told, sent = row["chosen"][0]["content"], chosen_of[row["feedback_ids"][0]]
        assert told == sent or re.fullmatch(re.sub(PLACEHOLDER, ".+", re.escape(told)), sent)
