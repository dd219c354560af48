"""The policy of review and the gold items: who may, what is refused, what is on the record."""

import pytest
from django.urls import reverse

from governance.models import LedgerEntry, Role
from lib.clock import now
from reviews import gold, slots
from reviews.models import GoldItem, ReviewPolicy, ReviewRule, ReviewTask
from tests.builders import make_curator, make_person, make_project, make_reviewer
from tests.data.reviews.test_probes import decide, make_gold
from tests.reviews_builders import make_examples, make_task

pytestmark = pytest.mark.django_db
SETTERS = {Role.CURATOR, Role.PROJECT_ADMIN}
POLICY = {
    "overlap": "2",
    "second_share": "5",
    "random_share": "5",
    "gold_share": "2.5",
    "again_share": "0",
}


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def curator(project, client):
    person = make_curator(project)
    client.force_login(person)
    return person


def at(project, name, *args):
    return reverse(f"reviews:{name}", args=[project.slug, *args])


def addresses(project):
    """Every address here, with what to send and who may."""
    example = decide(project, make_reviewer(project)).task.example
    rule = ReviewRule.objects.create(project=project, path="a/*", reviewers=2)
    answer = {"answer": "reject", "why": "No."}
    return [
        ("get", at(project, "policy"), {}, SETTERS),
        ("post", at(project, "policy"), POLICY, SETTERS),
        ("post", at(project, "add-rule"), {"path": "b/*", "reviewers": 2}, SETTERS),
        ("post", at(project, "remove-rule", rule.pk), {}, SETTERS),
        ("get", at(project, "gold"), {}, {Role.CURATOR}),
        ("get", at(project, "mark-gold", example.pk), {}, {Role.CURATOR}),
        ("post", at(project, "mark-gold", example.pk), answer, {Role.CURATOR}),
        ("post", at(project, "withdraw-gold", example.pk), {}, {Role.CURATOR}),
    ]


def test_nobody_is_asked_to_log_in_and_an_outsider_sees_no_project(client, project):
    places = addresses(project)
    for method, path, said, _ in places:
        assert getattr(client, method)(path, said).url.startswith("/accounts/login/")
    client.force_login(make_curator(make_project()))
    for method, path, said, _ in places:
        assert getattr(client, method)(path, said).status_code == 404


@pytest.mark.parametrize("role", Role.values)
def test_only_who_may_set_them_sees_them(client, project, role):
    client.force_login(make_person(project, role))
    for method, path, said, allowed in addresses(project):
        status = getattr(client, method)(path, said).status_code
        assert (status in (200, 302)) == (role in allowed), path
        assert status != 403 or role not in allowed


def test_a_row_of_another_project_is_not_there(client, project, curator):
    other = make_project()
    example = make_examples(other, 1)[0]
    rule = ReviewRule.objects.create(project=other, path="a/*", reviewers=2)
    assert client.post(at(project, "remove-rule", rule.pk)).status_code == 404
    assert client.get(at(project, "mark-gold", example.pk)).status_code == 404
    assert client.post(at(project, "withdraw-gold", example.pk)).status_code == 404


# The policy


def test_a_change_of_the_policy_holds_and_is_on_the_record(client, project, curator):
    client.post(at(project, "policy"), POLICY)
    held = slots.policy_of(project)
    assert (held.overlap, held.second_share, held.gold_share, held.again_share) == (2, 50, 25, 0)
    entry = LedgerEntry.objects.get(action="review policy changed")
    assert entry.actor == curator
    assert b"overlap" in bytes(entry.body)
    page = client.get(at(project, "policy")).text
    assert "Review policy changed" in page
    assert 'value="2.5"' in page


def test_open_slots_follow_a_changed_policy(client, project, curator):
    example = make_examples(project, 1)[0]
    slots.open_tasks(now())
    client.post(at(project, "policy"), POLICY | {"second_share": "0"})
    for due in slots.due_policies():
        slots.follow(due, now())
    assert ReviewTask.objects.filter(example=example).count() == 2


def test_saving_what_holds_already_writes_nothing(client, project, curator):
    client.post(at(project, "policy"), POLICY)
    client.post(at(project, "policy"), POLICY)
    assert LedgerEntry.objects.filter(action="review policy changed").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"overlap": "0"},
        {"overlap": "10"},
        {"gold_share": "51"},
        {"again_share": "-1"},
        {"overlap": ""},
    ],
)
def test_a_policy_beyond_its_bounds_is_refused_and_kept_in_the_form(
    client, project, curator, wrong
):
    answer = client.post(at(project, "policy"), POLICY | wrong)
    assert answer.status_code == 422
    assert "is-wrong" in answer.text
    assert not ReviewPolicy.objects.exists()


def test_rules_are_added_and_removed_on_the_record(client, project, curator):
    client.get(at(project, "policy"))
    security = project.categories.filter(slug="security").first() or make_task(project).category
    client.post(at(project, "add-rule"), {"category": security.slug, "reviewers": 2})
    rule = ReviewRule.objects.get()
    page = client.get(at(project, "policy")).text
    assert f"Remove the rule: {rule}" in page
    again = client.post(at(project, "add-rule"), {"category": security.slug, "reviewers": 3})
    assert again.status_code == 409
    client.post(at(project, "remove-rule", rule.pk))
    assert not ReviewRule.objects.exists()
    done = LedgerEntry.objects.filter(subject="security").values_list("action", flat=True)
    assert set(done) == {"review rule added", "review rule removed"}


@pytest.mark.parametrize("wrong", [{"reviewers": 2}, {"path": "a/*", "reviewers": 1}])
def test_a_rule_without_a_subject_or_a_second_person_is_refused(client, project, curator, wrong):
    assert client.post(at(project, "add-rule"), wrong).status_code == 422
    assert not ReviewRule.objects.exists()


# Gold items


def test_a_curator_marks_and_withdraws(client, project, curator):
    example = decide(project, make_reviewer(project)).task.example
    form = client.get(at(project, "mark-gold", example.pk)).text
    assert 'value="security" selected' in form
    said = {"answer": "accept", "category": "security", "why": "CWE-95, always."}
    client.post(at(project, "mark-gold", example.pk), said)
    assert "CWE-95, always." in client.get(at(project, "gold")).text
    client.post(at(project, "withdraw-gold", example.pk))
    assert gold.of(example) is None
    assert 'class="empty"' in client.get(at(project, "gold")).text


def test_an_accepted_answer_wants_its_category(client, project, curator):
    example = decide(project, make_reviewer(project)).task.example
    answer = client.post(
        at(project, "mark-gold", example.pk), {"answer": "accept", "why": "Because."}
    )
    assert answer.status_code == 422
    assert "Because." in answer.text
    assert not GoldItem.objects.exists()


def test_an_undecided_item_is_refused_with_the_reason(client, project, curator):
    example = make_task(project).example
    answer = client.post(
        at(project, "mark-gold", example.pk), {"answer": "reject", "why": "Because."}
    )
    assert answer.status_code == 409
    assert "still waits for a decision" in answer.text


def test_the_gold_page_takes_a_fixed_number_of_queries(
    client, project, curator, django_assert_max_num_queries
):
    for _ in range(3):
        make_gold(project)
    with django_assert_max_num_queries(8):
        client.get(at(project, "gold"))
    for _ in range(3):
        make_gold(project)
    with django_assert_max_num_queries(8):
        client.get(at(project, "gold"))


def test_what_a_curator_writes_is_shown_as_text(client, project, curator):
    marked = make_gold(project)
    gold.mark(marked.example, "reject", None, "<script>x</script>", curator, now())
    page = client.get(at(project, "gold")).text
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
