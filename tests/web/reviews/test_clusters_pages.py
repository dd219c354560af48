import pytest

from curation.models import Example, Vote
from lib.clock import now
from reviews import queue, suggestions, verdicts
from reviews.models import Batch, CategoryChange, ReviewTask, Verdict
from reviews.tasks import run_batch
from tests.builders import make_curator, make_lead, make_person, make_project, make_reviewer
from tests.cluster_builders import make_cluster
from tests.reviews_builders import make_task, make_tasks

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ACCEPT = {"verdict": "accept", "category": "logic", "severity": "low"}


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def reviewer(project, client):
    person = make_reviewer(project)
    client.force_login(person)
    return person


def at(project, rest):
    return f"/p/{project.slug}/review/{rest}"


def ticked(tasks, **changes):
    return ACCEPT | {"member": [task.pk for task in tasks]} | changes


# Who may


def pages(project):
    """Every address here with the abilities it takes: read code, review, curate."""
    _, tasks = make_cluster(project)
    batch = Batch.objects.create(
        project=project,
        by=make_reviewer(project),
        kind="filter",
        verdict="unsure",
        at=now(),
        touched_at=now(),
    )
    change = CategoryChange.objects.create(
        project=project, by=make_curator(project), category=tasks[0].category, at=now()
    )
    return [
        ("get", at(project, f"{tasks[0].pk}/cluster"), "read"),
        ("post", at(project, f"{tasks[0].pk}/cluster/decide"), "review"),
        ("get", at(project, f"batches/{batch.pk}/"), "own or no reviewer"),
        ("post", at(project, f"batches/{batch.pk}/undo"), "own"),
        ("post", at(project, f"batches/{batch.pk}/cancel"), "own"),
        ("get", at(project, "bulk/"), "curate"),
        ("post", at(project, "bulk/decide"), "curate"),
        ("post", at(project, "bulk/category"), "curate"),
        ("post", at(project, f"bulk/category/{change.pk}/undo"), "curate"),
    ]


def test_nobody_is_asked_to_log_in(client, project):
    for method, path, _ in pages(project):
        answer = getattr(client, method)(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/accounts/login/")


def test_an_outsider_finds_nothing(client, project):
    client.force_login(make_person())
    for method, path, _ in pages(project):
        assert getattr(client, method)(path).status_code == 404, path


@pytest.mark.parametrize(
    ("make", "may"),
    [
        (make_lead, {"read"}),
        (make_reviewer, {"read", "review"}),
        (make_curator, {"read", "review", "curate"}),
    ],
)
def test_each_role_may_what_it_may(client, project, make, may):
    client.force_login(make(project))
    for method, path, needs in pages(project):
        status = getattr(client, method)(path).status_code
        if needs == "own":  # somebody else's batch
            assert status == (404 if "review" in may else 403), path
        elif needs == "own or no reviewer":  # the first pass is blind
            assert status == (404 if "review" in may else 200), path
        elif needs in may:
            assert status in (200, 302, 422), path
        else:
            assert status == 403, path


# The cluster


def test_the_item_says_that_it_has_near_duplicates(client, project, reviewer):
    _, tasks = make_cluster(project)
    alone = make_task(project)
    page = client.get(at(project, f"{tasks[0].pk}/")).text
    assert "Cluster of 3" in page
    assert "2 near-duplicates of this wait" in page
    assert "Cluster of" not in client.get(at(project, f"{alone.pk}/")).text
    assert client.get(at(project, f"{alone.pk}/cluster")).status_code == 404


def test_the_cluster_shows_the_exemplar_first_and_what_differs(client, project, reviewer):
    _, tasks = make_cluster(project)
    page = client.get(at(project, f"{tasks[1].pk}/cluster")).text
    names = [f'invoice/</span><span class="cut">{n}.py' for n in range(3)]
    places = [page.index(name) for name in names]
    assert places == sorted(places)
    assert page.count('name="member"') == 3
    assert page.count(" checked") == 3
    assert "against the exemplar" in page


def test_a_part_of_it_replaces_the_card(client, project, reviewer):
    _, tasks = make_cluster(project)
    part = client.get(at(project, f"{tasks[0].pk}/cluster"), headers=HTMX).text
    assert part.strip().startswith("<section")
    assert 'id="cluster-panel"' in part[:120]
    assert "<html" not in part


def test_an_outlier_is_apart_and_not_ticked(client, project, reviewer):
    _, tasks = make_cluster(project, 4)
    far = tasks[3].example.membership
    far.likeness = 0.8
    far.save()
    page = client.get(at(project, f"{tasks[0].pk}/cluster")).text
    inliers, outliers = page.split("Less like the exemplar")
    assert inliers.count(" checked") == 3
    assert 'name="member"' in outliers
    assert " checked" not in outliers.split("<fieldset")[0]


def test_what_cannot_be_decided_says_why_and_has_no_box(client, project, reviewer):
    _, tasks = make_cluster(project, 4)
    queue.claim_task(tasks[1], make_reviewer(project), now())
    ReviewTask.objects.filter(pk=tasks[2].pk).update(developer=reviewer.username)
    page = client.get(at(project, f"{tasks[0].pk}/cluster")).text
    assert page.count('name="member"') == 2
    assert "somebody else holds it" in page
    assert "your own correction" in page


def test_one_decision_goes_on_to_the_next_item_with_one_undo(client, project, reviewer):
    _, tasks = make_cluster(project)
    other = make_task(project)
    answer = client.post(at(project, f"{tasks[0].pk}/cluster/decide"), ticked(tasks))
    batch = Batch.objects.get()
    assert answer["Location"] == at(project, f"{other.pk}/?batch={batch.pk}")
    page = client.get(answer["Location"]).text
    assert "3 near-duplicates" in page
    assert "Undo all" in page
    assert Verdict.objects.filter(batch_item__batch=batch, category__slug="logic").count() == 3
    client.post(at(project, f"batches/{batch.pk}/undo"))
    assert ReviewTask.objects.filter(state="open").count() == 3
    told = client.get(at(project, f"batches/{batch.pk}/")).text
    assert "<b>3</b> undone" in told


def test_it_goes_back_to_the_queue_when_nothing_waits(client, project, reviewer):
    _, tasks = make_cluster(project)
    answer = client.post(at(project, f"{tasks[0].pk}/cluster/decide"), ticked(tasks))
    assert "Undo all" in client.get(answer["Location"]).text


def test_a_decision_without_what_it_needs_is_asked_again(client, project, reviewer):
    _, tasks = make_cluster(project)
    path = at(project, f"{tasks[0].pk}/cluster/decide")
    answer = client.post(path, ticked(tasks, verdict="reject"))
    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert client.post(path, ticked(tasks, category="")).status_code == 422
    assert client.post(path, ticked([])).status_code == 409
    assert not Batch.objects.exists()


def test_crafted_members_change_nothing(client, project, reviewer):
    _, tasks = make_cluster(project)
    other = make_task(project)
    path = at(project, f"{tasks[0].pk}/cluster/decide")
    for member in ("x", "-1", "9" * 30, "0", str(other.pk)):
        assert client.post(path, ACCEPT | {"member": [member]}).status_code == 409
    assert set(ReviewTask.objects.values_list("state", flat=True)) == {"open"}


def test_the_number_of_queries_does_not_grow_with_the_cluster(
    client, project, reviewer, django_assert_max_num_queries
):
    _, tasks = make_cluster(project, 10)
    with django_assert_max_num_queries(30):
        client.get(at(project, f"{tasks[0].pk}/cluster"))


# All that pass a filter


@pytest.fixture
def curator(project, client):
    person = make_curator(project)
    client.force_login(person)
    return person


def test_the_preview_counts_what_would_be_decided_and_what_not(client, project, curator):
    tasks = make_tasks(project, 6, language="go")
    make_tasks(project, 2)
    queue.claim_task(tasks[0], make_reviewer(project), now())
    ReviewTask.objects.filter(pk=tasks[1].pk).update(developer=curator.username)
    page = client.get(at(project, "bulk/?language=go")).text
    assert "<b>4</b> items" in page
    assert "1 held by somebody now" in page
    assert "1 correction of your own" in page
    assert not Batch.objects.exists()


def test_a_filter_is_decided_by_a_worker_and_undone_at_once(client, project, curator):
    make_tasks(project, 6, language="go")
    make_tasks(project, 2)
    answer = client.post(
        at(project, "bulk/decide?language=go"), {"verdict": "reject", "reason": "trivial"}
    )
    batch = Batch.objects.get()
    assert answer["Location"] == at(project, f"batches/{batch.pk}/")
    page = client.get(answer["Location"]).text
    assert "<b>6</b> to come" in page
    assert "Cancel the rest" in page
    run_batch(batch.pk)
    assert "Undo all 6" in client.get(answer["Location"]).text
    client.post(at(project, f"batches/{batch.pk}/undo"))
    assert ReviewTask.objects.filter(state="open").count() == 8


def test_a_category_is_set_for_a_filter_and_taken_back_for_all_at_once(client, project, curator):
    go, other = make_tasks(project, 3, language="go"), make_task(project)
    assert "Suggest it for all 3 that wait" in client.get(at(project, "bulk/?language=go")).text
    answer = client.post(at(project, "bulk/category?language=go"), {"category": "style"})
    page = client.get(answer["Location"]).text
    assert "3 waiting items are suggested as" in page
    slots = ReviewTask.objects.filter(pk__in=[task.pk for task in go])
    assert {(slot.category.slug, slot.certainty) for slot in slots} == {("style", 95)}
    assert ReviewTask.objects.get(pk=other.pk).category.slug == "security"
    assert not Verdict.objects.exists()
    client.post(at(project, "bulk/category?language=go"), {"category": "style"}, follow=True)
    change = CategoryChange.objects.get()  # they have it already: no second change
    client.post(at(project, f"bulk/category/{change.pk}/undo"))
    assert {slot.category.slug for slot in slots.all()} == {"security"}
    votes = Vote.objects.filter(example=go[0].example, labeler="curator").order_by("version")
    assert [vote.category and vote.category.slug for vote in votes] == ["style", None]
    told = client.post(at(project, f"bulk/category/{change.pk}/undo"), follow=True).text
    assert "taken back already" in told


def test_taking_a_category_back_leaves_what_was_decided_or_set_again(client, project, curator):
    first, second, third = make_tasks(project, 3)
    client.post(at(project, "bulk/category"), {"category": "style"})
    change = CategoryChange.objects.get()
    reviewer = make_reviewer(project)
    held = queue.claim_task(first, reviewer, now())
    verdicts.reject(held, queue.lease_of(held), now(), reason="trivial")
    ReviewTask.objects.filter(pk=second.pk).update(language="go")
    client.post(at(project, "bulk/category?language=go"), {"category": "logic"})
    assert suggestions.undo(change, curator, now()) == 1
    slugs = Example.objects.order_by("pk").values_list("category__slug", flat=True)
    assert list(slugs) == ["style", "logic", "security"]


def test_a_batch_can_be_cancelled_before_a_worker_takes_it(client, project, curator):
    make_tasks(project, 3)
    client.post(at(project, "bulk/decide"), {"verdict": "escalate"})
    batch = Batch.objects.get()
    client.post(at(project, f"batches/{batch.pk}/cancel"))
    run_batch(batch.pk)
    page = client.get(at(project, f"batches/{batch.pk}/")).text
    assert "cancelled before its turn" in page
    assert ReviewTask.objects.filter(state="open").count() == 3


def test_a_bulk_decision_without_a_reason_is_asked_again(client, project, curator):
    make_tasks(project, 3)
    answer = client.post(at(project, "bulk/decide"), {"verdict": "reject"})
    assert answer.status_code == 422
    assert client.post(at(project, "bulk/decide?language=x"), ACCEPT).status_code == 409


def test_the_queue_offers_it_to_curators_alone(client, project, curator):
    make_task(project)
    assert "Decide many" in client.get(at(project, "")).text
    client.force_login(make_reviewer(project))
    assert "Decide many" not in client.get(at(project, "")).text
