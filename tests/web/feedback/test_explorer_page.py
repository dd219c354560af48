"""Generations are listed with what came of them, filtered by the address, a page at a time."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from feedback import explorer_views, search
from feedback.ingest import receive
from feedback.models import Generation
from feedback.outcomes import Outcome
from governance.access import ABILITIES, Ability
from governance.keys import make_key as key_named
from governance.models import Role
from lib.clock import now
from tests.builders import make_admin, make_person, make_project, make_reviewer
from tests.explorer_builders import make_key, tell
from tests.feedback_builders import correction, generation, reaction

pytestmark = pytest.mark.django_db
ROW = re.compile(r'class="file path" href="[^"]*/feedback/(\d+)/"')
READERS = [role for role in Role.values if Ability.READ_CODE in ABILITIES[role]]


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def key(project):
    return make_key(project)


@pytest.fixture
def reader(client, project):
    person = make_reviewer(project)
    client.force_login(person)
    return person


def page(client, project, /, **query):
    address = reverse("feedback:generations", args=[project.slug])
    return client.get(f"{address}?{urlencode(query)}")


def listed(client, project, /, **query):
    """The keys of the generations a page lists, in its order."""
    found = page(client, project, **query)
    assert found.status_code == 200
    return [
        int(pk) for pk in re.findall(r'class="file path" href="[^"]*/feedback/(\d+)/"', found.text)
    ]


def test_nobody_is_sent_to_log_in_and_an_outsider_finds_nothing(client, project):
    assert page(client, project).status_code == 302
    client.force_login(make_admin(make_project()))
    assert page(client, project).status_code == 404


@pytest.mark.parametrize("role", Role.values)
def test_only_who_may_read_code_sees_them(client, project, key, role):
    tell(key, output="secret_sauce = 41\n")
    client.force_login(make_person(project, role))
    found = page(client, project)
    assert found.status_code == (200 if role in READERS else 403)
    assert ("secret_sauce" in found.text) is (role in READERS)


def test_another_projects_generations_are_not_there(client, project, reader):
    tell(make_key(make_project()))
    assert listed(client, project) == []


def test_the_newest_come_first_and_pages_lead_to_all(client, project, key, reader, monkeypatch):
    monkeypatch.setattr(explorer_views, "PAGE", 2)
    made = [tell(key).pk for _ in range(5)]
    first = page(client, project, model="", language="")
    assert listed(client, project) == made[:2:-1]
    after = first.context["page"].after
    assert listed(client, project, after=after) == made[2:0:-1]
    second = page(client, project, after=after).context["page"]
    assert listed(client, project, before=second.before) == made[:2:-1]


def test_a_damaged_page_address_leads_to_the_first_with_the_same_filters(client, project, reader):
    answer = page(client, project, after="x", language="go")
    assert answer.status_code == 302
    assert answer.url.endswith("/feedback/?language=go")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", "m-1"),
        ("language", "go"),
        ("repository", "acme/pay"),
        ("path", "PAY/sett"),
        ("developer", "noor"),
    ],
)
def test_each_filter_keeps_what_has_the_value(client, project, key, reader, name, value):
    mine = tell(
        key,
        model_name="m-1",
        language="go",
        repository="acme/pay",
        file_path="src/pay/settle.go",
        developer="noor",
    )
    tell(key, model_name="m", language="rust", file_path="pays/ettle", developer="noo")
    assert listed(client, project, **{name: value}) == [mine.pk]


def test_by_client_also_after_its_key_was_replaced(client, project, reader):
    admin = make_admin(project)
    old, new = (key_named(project, "vim", admin, now())[0] for _ in range(2))
    other = key_named(project, "emacs", admin, now())[0]
    theirs = [tell(old).pk, tell(new).pk]
    tell(other)
    assert listed(client, project, client="vim") == theirs[::-1]


def test_by_day_and_both_days_count(client, project, key, reader):
    made = tell(key)
    today = localdate(made.received_at)
    before, after = today - timedelta(days=1), today + timedelta(days=1)
    assert listed(client, project, since=today, until=today) == [made.pk]
    assert listed(client, project, until=before) == []
    assert listed(client, project, since=after) == []


OUTCOMES = [
    (("shown", "accepted"), Outcome.ACCEPTED),
    (("shown", "copied"), Outcome.ACCEPTED),
    (("accepted", "edited"), Outcome.EDITED),
    (("accepted", "rejected"), Outcome.ACCEPTED),
    (("shown", "rejected", "timed_out"), Outcome.REJECTED),
    (("shown", "timed_out"), Outcome.TIMED_OUT),
    (("shown",), Outcome.SHOWN),
    ((("commented", {"comment": "hm"}),), Outcome.UNTOLD),
    ((), Outcome.UNTOLD),
]


def test_the_outcome_that_is_shown_is_the_one_that_is_filtered_by(client, project, key, reader):
    expected = {outcome: [] for outcome in Outcome}
    for said, outcome in OUTCOMES:
        expected[outcome].insert(0, tell(key, *said).pk)
    made = generation()
    receive(key, [made, reaction(made, "accepted"), correction(made)], now())
    expected[Outcome.CORRECTED] = [Generation.objects.get(client_id=made["id"]).pk]
    for outcome, keys in expected.items():
        found = page(client, project, outcome=outcome)
        assert [line.generation.pk for line in found.context["lines"]] == keys
        assert {line.came.outcome for line in found.context["lines"]} == {outcome}


def test_how_much_was_left_at_the_last_look(client, project, key, reader):
    looks = [("survived", {"value": 0.9}), ("survived", {"value": 0.25}), "reverted"]
    early = (now() - timedelta(minutes=9)).isoformat()
    looks[0][1]["occurred_at"] = early
    tell(key, "accepted", *looks)
    shown = page(client, project).text
    assert "25\N{NO-BREAK SPACE}%" in shown
    assert "Reverted" in shown


def test_words_and_code_are_found_once_they_are_indexed(client, project, key, reader):
    code = tell(key, output="def findUser(path): ...\n")
    asked = tell(key, prompt="Settle the invoices")
    assert listed(client, project, q="finduser") == []
    assert search.index_newest() == 2
    assert search.index_newest() == 0
    assert listed(client, project, q="user path") == [code.pk]
    assert listed(client, project, q="settle inv") == [asked.pk]
    assert listed(client, project, q="settle", language="go") == []
    foreign = make_project()
    client.force_login(make_reviewer(foreign))
    assert listed(client, foreign, q="finduser") == []


def test_what_came_late_is_found_too(client, project, key, reader, monkeypatch):
    """A transaction that took its ids early and committed late."""
    monkeypatch.setattr(search, "OVERLAP", 0)
    late, newest = tell(key, output="late = 1\n"), tell(key)
    search.GenerationWords.objects.create(generation=newest, project=project, words="")
    assert search.index_newest() == 0
    assert listed(client, project, q="late") == []
    assert search.index_from(0) == 1
    assert listed(client, project, q="late") == [late.pk]


@pytest.mark.parametrize(
    "query",
    [
        {"since": "2026-02-31"},
        {"until": "never"},
        {"since": "0001-01-01"},
        {"until": "9999-12-31"},
        {"outcome": "x"},
        {"model": "a\x00b"},
        {"language": "  "},
    ],
)
def test_what_makes_no_sense_is_left_out(client, project, key, reader, query):
    made = tell(key)
    found = page(client, project, **query)
    assert [line.generation.pk for line in found.context["lines"]] == [made.pk]
    assert not found.context["asked"]


def test_filters_stand_in_the_address_and_each_can_be_taken_out(client, project, key, reader):
    tell(key, language="go", model_name="m")
    shown = page(client, project, language="go", model="m", q="x").text
    assert 'href="?model=m&amp;q=x"' in shown or 'href="?q=x&amp;model=m"' in shown
    assert '<input type="hidden" name="language" value="go">' in shown


def test_code_is_shown_inert(client, project, key, reader):
    tell(key, output="<script>alert(1)</script>\n", file_path="<b>.py")
    shown = page(client, project).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "<b>.py" not in shown


def test_a_page_takes_as_many_queries_for_many_rows(
    client, project, key, reader, django_assert_max_num_queries
):
    for _ in range(6):
        tell(key, "accepted", ("survived", {"value": 0.5}))
    with django_assert_max_num_queries(9):
        assert len(listed(client, project)) == 6
