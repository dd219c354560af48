"""Rows of a version as exported, and how long they are."""

import html
import re

import pytest
from django.urls import reverse

from curation import export
from curation.models import DatasetVersion
from tests.builders import make_project, make_reviewer
from tests.curation_builders import make_accepted, make_frozen, make_refrozen

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    """Seven rows, one of them of another category and one that rejects nothing."""
    project = make_project()
    make_frozen(project, rows=5)
    make_accepted(project, category="style", client_id="style", prompt="</pre><script>x</script>")
    make_accepted(project, output="", client_id="no-pair")
    return make_refrozen(project)


def show(client, version, page="samples", **asked):
    client.force_login(make_reviewer(version.project))
    address = reverse(f"curation:{page}", args=[version.project.slug, version.number])
    return client.get(address, query_params=asked)


def lines_on(text):
    """File and line, as the page shows them."""
    found = re.findall(r'aria-label="([a-z]+/[a-z]+.jsonl)">(.*?)</pre>', text, re.DOTALL)
    return {(path, html.unescape(line)) for path, line in found}


def test_page_by_page_every_line_of_every_file_is_shown(client, version):
    seen, after = set(), ""
    while after is not None:
        answer = show(client, version, after=after)
        seen |= lines_on(answer.text)
        after = answer.context["page"].after
    files = [file["path"] for file in version.manifest["files"]]
    assert seen == {
        (path, line.decode().rstrip("\n")) for path in files for line in export.lines(version, path)
    }
    assert len(seen) == 13  # one has no second side


def test_code_stays_inert_and_leads_to_its_feedback(client, version):
    text = show(client, version, category="style").text
    assert "<script>x" not in text
    (row,) = version.rows.filter(decision__category__slug="style")
    assert reverse("curation:example", args=[version.project.slug, row.example_id]) in text
    assert "Feedback fe_style" in text


@pytest.mark.parametrize("page", ["samples", "rows"])
def test_a_split_and_a_category_narrow_it(client, version, page):
    for row in version.rows.select_related("decision__category"):
        asked = {"split": row.split, "category": row.decision.category.slug}
        names = {
            each.row_id
            for each in version.rows.filter(
                split=row.split, decision__category=row.decision.category
            )
        }
        shown = show(client, version, page, **asked).context["page"].rows
        assert {each.row_id for each in shown} <= names
        assert len(shown) == min(len(names), 5 if page == "samples" else 50)
    assert "No row is in this split and category" in show(client, version, page, category="x").text


def test_a_damaged_page_address_is_not_found(client, version):
    assert show(client, version, after="x").status_code == 404


def test_a_version_shows_how_long_its_rows_are(client, version):
    text = show(client, version, "dataset").text
    assert "Characters of a row: most rows" in text
    assert "No tokenizer of a model was asked" in text
    assert sum(n for _, n in version.manifest["lengths"]["histograms"]["tokens"]) == 7


def test_a_version_that_was_frozen_unmeasured_says_so(client, version):
    manifest = {key: value for key, value in version.manifest.items() if key != "lengths"}
    DatasetVersion.objects.filter(pk=version.pk).update(manifest=manifest)
    assert "Not measured" in show(client, version, "dataset").text
