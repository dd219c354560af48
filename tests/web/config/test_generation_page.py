"""One generation with everything that happened to it, to the model that learnt from it."""

import pytest
from django.urls import reverse

from config import journey
from curation import datasets
from feedback.ingest import receive
from feedback.models import Generation
from governance.access import ABILITIES, Ability
from governance.models import Role
from lib.clock import now
from tests.builders import make_admin, make_curator, make_person, make_project, make_reviewer
from tests.curation_builders import make_accepted, make_example
from tests.deployments_builders import make_live, make_version
from tests.explorer_builders import make_key, tell
from tests.feedback_builders import correction, generation, reaction

pytestmark = pytest.mark.django_db
READERS = [role for role in Role.values if Ability.READ_CODE in ABILITIES[role]]


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def key(project):
    return make_key(project)


@pytest.fixture
def reader(client, project):
    client.force_login(make_reviewer(project))


def see(client, found):
    return client.get(reverse("generation", args=[found.project.slug, found.pk]))


def events(client, found):
    return [(event.what, event.detail) for event in see(client, found).context["journey"].events]


def test_nobody_and_outsiders_see_nothing(client, project, key):
    found = tell(key)
    assert see(client, found).status_code == 302
    client.force_login(make_admin(make_project()))
    assert see(client, found).status_code == 404


@pytest.mark.parametrize("role", Role.values)
def test_only_who_may_read_code_sees_it(client, project, key, role):
    found = tell(key, output="secret_sauce = 41\n")
    client.force_login(make_person(project, role))
    answer = see(client, found)
    assert answer.status_code == (200 if role in READERS else 403)
    assert ("secret_sauce" in answer.text) is (role in READERS)


def test_another_projects_generation_is_not_reachable_through_ones_own(client, project, reader):
    theirs = tell(make_key(make_project()))
    assert client.get(reverse("generation", args=[project.slug, theirs.pk])).status_code == 404


def test_what_was_said_is_told_in_order(client, project, key, reader):
    at = "2026-05-04T12:00:{:02d}Z".format
    found = tell(
        key,
        ("survived", {"occurred_at": at(30), "value": 0.4, "after_ms": 30_000}),
        ("accepted", {"occurred_at": at(3), "after_ms": 2_400}),
        ("shown", {"occurred_at": at(1)}),
        ("rated", {"occurred_at": at(40), "value": -1, "comment": "not <i>that</i>"}),
        occurred_at=at(0),
        model_name="m-1",
    )
    assert events(client, found) == [
        ("m-1 wrote it", "told by test client"),
        ("Shown", ""),
        ("Accepted", "after 2.4 s"),
        ("Survived", "40 % of the text left · after 30 s"),
        ("Rated", "−1 · not <i>that</i>"),
    ]
    assert "not &lt;i&gt;that" in see(client, found).text


def test_a_correction_is_followed_to_the_model_that_is_live(client, project, reader):
    example = make_accepted(project, repository="acme/a")
    found = example.correction.generation
    told = [what for what, _ in events(client, found)]
    assert told[-2:] == ["Corrected", "Accepted as it was"]
    version = datasets.request(project, make_curator(project), now())
    datasets.build(version)
    version.refresh_from_db()
    model = make_version(project, dataset_version=version.content_id)
    make_live(model)
    told = events(client, found)
    assert told[-2][0] == "In dataset version 1"
    assert told[-1] == (f"{model} was trained with it", "live on complete")
    page = see(client, found).text
    assert reverse("curation:example", args=[project.slug, example.pk]) in page
    assert reverse("deployments:model", args=[project.slug, model.pk]) in page


def test_before_a_decision_nothing_is_told_of_the_label(client, project, reader):
    example = make_example(project)
    assert events(client, example.correction.generation)[-1][0] == "Corrected"


def test_all_texts_are_inert_and_hidden_characters_are_shown(client, project, key, reader):
    made = generation(
        prompt="<script>alert(1)</script>",
        output="x = 1  # \u202e<img src=x>\n",
        language="python",
    )
    receive(key, [made, correction(made, corrected="y = '<svg onload=x>'\n")], now())
    page = see(client, Generation.objects.get(client_id=made["id"])).text
    assert "<script>alert" not in page
    assert "<img src" not in page
    assert "<svg onload" not in page
    assert "\u202e" not in page
    assert "U+202E" in page
    assert '<span class="n">1</span>' in page


def test_what_is_very_long_is_cut_and_says_so(client, project, key, reader, monkeypatch):
    monkeypatch.setattr("config.explorer.SHOWN", 10)
    page = see(client, tell(key, output="0123456789abc")).text
    assert "abc" not in page.split("Output")[1].split("</pre>")[0].replace("0123456789", "")
    assert "3 more characters" in page


def test_very_many_reactions_and_corrections_are_counted(
    client, project, key, reader, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(journey, "MOST_REACTIONS", 2)
    monkeypatch.setattr(journey, "MOST_CORRECTIONS", 1)
    made = generation()
    said = [reaction(made, "accepted") for _ in range(5)]
    receive(key, [made, *said, *(correction(made) for _ in range(3))], now())
    found = Generation.objects.get(client_id=made["id"])
    with django_assert_max_num_queries(16):
        page = see(client, found)
    assert "3 more reactions" in page.text
    assert "2 more corrections" in page.text
    assert len(page.context["journey"].events) == 4
