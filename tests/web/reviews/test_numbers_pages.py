"""My numbers and the team's: who sees what, and that nobody is ranked."""

import re

import pytest
from django.urls import reverse

from governance.models import Role
from lib.clock import now
from reviews import queue, slots
from reviews.models import ReviewPolicy, ReviewTask, Verdict
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.data.reviews.test_probes import AGAIN, GOLD, NEITHER, decide, make_gold, say
from tests.reviews_builders import make_examples
from tests.shown import shown

pytestmark = pytest.mark.django_db
REVIEWERS = {Role.REVIEWER, Role.CURATOR}
LEADS = {Role.CURATOR, Role.GOVERNANCE_LEAD, Role.PROJECT_ADMIN}


@pytest.fixture
def project():
    made = make_project()
    ReviewPolicy.objects.create(project=made, gold_share=500, again_share=499)
    return made


def at(project, name, *args):
    return reverse(f"reviews:{name}", args=[project.slug, *args])


def overlapping(project, answers):
    """Two people decide the same items, each pair of categories once."""
    people = [make_reviewer(project), make_reviewer(project)]
    ReviewPolicy.objects.update(overlap=2)
    for pair in answers:
        make_examples(project, 1)
        slots.open_tasks(now())
        for person, slug in zip(people, pair, strict=True):
            task = queue.claim(project, person, now(), dice=NEITHER)
            say(task, person, "reject" if slug == "rejected" else "accept", category=slug)
    ReviewPolicy.objects.update(overlap=1)
    return people


@pytest.mark.parametrize("name", ["my-numbers", "team"])
def test_nobody_is_asked_to_log_in_and_an_outsider_sees_no_project(client, project, name):
    assert client.get(at(project, name)).url.startswith("/accounts/login/")
    client.force_login(make_curator(make_project()))
    assert client.get(at(project, name)).status_code == 404


@pytest.mark.parametrize("role", Role.values)
def test_reviewers_see_their_own_and_leads_the_team_s(client, project, role):
    client.force_login(make_person(project, role))
    assert client.get(at(project, "my-numbers")).status_code == (200 if role in REVIEWERS else 403)
    assert client.get(at(project, "team")).status_code == (200 if role in LEADS else 403)


def test_the_links_lead_only_where_one_may_go(client, project):
    client.force_login(make_reviewer(project))
    page = client.get(at(project, "my-numbers")).text
    assert at(project, "my-numbers") in page
    assert at(project, "team") not in page


@pytest.mark.parametrize("name", ["my-numbers", "team"])
def test_an_empty_project_says_what_is_missing(client, project, name):
    client.force_login(make_curator(project))
    page = client.get(at(project, name))
    assert page.status_code == 200
    assert 'class="empty"' in page.text
    assert "nan" not in page.text.lower().replace("governance", "")


def test_one_s_own_page_compares_with_colleagues_gold_and_oneself(client, project):
    person, _ = overlapping(project, [("security", "security"), ("logic", "style")] * 3)
    make_gold(project, file_path="gold/key.py")
    say(queue.claim(project, person, now(), dice=GOLD), person, category="logic")
    decide(project, person, category="style")
    say(queue.claim(project, person, now(), dice=AGAIN), person, category="style")
    client.force_login(person)
    page = client.get(at(project, "my-numbers")).text
    assert "50\u00a0% <small>" in page  # like the colleague
    assert "key.py" in page
    assert "You said logic; known is security. CWE-95." in page
    assert "You said the same every time" in page
    assert "a first hint" in page
    assert "Krippendorff" not in page or "Colleagues, \u03b1" in page


def test_what_is_undefined_is_said_to_be(client, project):
    overlapping(project, [("logic", "logic")])
    client.force_login(make_curator(project))
    page = client.get(at(project, "team")).text
    assert "undefined: only one answer was ever given" in page


def test_the_team_is_listed_by_name_without_anybody_s_time(client, project):
    people = overlapping(project, [("logic", "logic"), ("security", "style"), ("rejected",) * 2])
    client.force_login(make_curator(project))
    page = client.get(at(project, "team")).text
    table = page[page.index('id="people"') :]
    names = re.findall(r'<th scope="row">([^<]+)</th>', table)
    assert names == sorted(person.username for person in people)
    assert not re.search(r"\d (s|min|h)\b", table[: table.index("</table>")])
    assert "aria-sort" not in page


def test_the_pages_take_a_fixed_number_of_queries(client, project, django_assert_max_num_queries):
    overlapping(project, [("logic", "logic")])
    client.force_login(make_curator(project))
    with django_assert_max_num_queries(TEAM_QUERIES):
        client.get(at(project, "team"))
    overlapping(project, [("logic", "style")] * 5)
    with django_assert_max_num_queries(TEAM_QUERIES):
        client.get(at(project, "team"))


TEAM_QUERIES = 20


# Right after deciding


def decided_by_post(client, project, task, **said):
    form = {"token": str(task.lease_token), "epoch": task.lease_epoch, "verdict": "accept"}
    return client.post(
        at(project, "decide", task.pk), form | {"category": "logic"} | said, follow=True
    )


def test_a_gold_item_looks_like_any_other_until_it_is_decided(client, project):
    make_gold(project)
    person = make_reviewer(project)
    task = queue.claim(project, person, now(), dice=GOLD)
    client.force_login(person)
    page = shown(client.get(at(project, "task", task.pk)))
    assert 'id="decision"' in page
    for word in (
        "gold",
        "known answer",
        "CWE-95",
        "Accepted",
        "decided by",
        f"ex_{task.example_id}",
    ):
        assert word.lower() not in page.lower(), word
    assert f'value="{task.category.slug}" checked' in page


def test_the_answer_and_its_reason_come_right_after(client, project):
    make_gold(project)
    person = make_reviewer(project)
    task = queue.claim(project, person, now(), dice=GOLD)
    client.force_login(person)
    page = decided_by_post(client, project, task).text
    assert "load.py had a known answer: security, you said logic." in page
    assert "CWE-95." in page
    assert 'data-act="undo"' not in page
    assert "2 waiting" not in page


def test_a_page_that_asks_for_json_learns_it_too(client, project):
    make_gold(project)
    person = make_reviewer(project)
    task = queue.claim(project, person, now(), dice=GOLD)
    client.force_login(person)
    form = {"token": str(task.lease_token), "epoch": task.lease_epoch, "verdict": "accept"}
    answer = client.post(
        at(project, "decide", task.pk),
        form | {"category": "security"},
        headers={"Accept": "application/json"},
    ).json()
    assert answer["learnt"]["matches"]
    assert answer["learnt"]["why"] == "CWE-95."


def test_a_plain_item_teaches_nothing(client, project):
    person = make_reviewer(project)
    verdict = decide(project, person)
    client.force_login(person)
    page = client.get(at(project, "queue") + f"?done={verdict.pk}").text
    assert "hindsight" not in page


def test_nobody_reads_what_another_was_measured_by(client, project):
    make_gold(project)
    person, other = make_reviewer(project), make_reviewer(project)
    task = queue.claim(project, person, now(), dice=GOLD)
    say(task, person, category="logic")
    client.force_login(other)
    assert client.get(at(project, "task", task.pk)).status_code == 404
    plain = ReviewTask.objects.get(example=task.example, kind=ReviewTask.Kind.PLAIN)
    assert person.username not in client.get(at(project, "task", plain.pk)).text
    verdict = Verdict.objects.get(task=task)
    assert "hindsight" not in client.get(at(project, "queue") + f"?done={verdict.pk}").text


def test_a_repeat_says_what_one_said_before(client, project):
    person = make_reviewer(project)
    decide(project, person, category="style")
    task = queue.claim(project, person, now(), dice=AGAIN)
    client.force_login(person)
    page = decided_by_post(client, project, task).text
    assert "You had decided load.py before: style, now you said logic." in page
