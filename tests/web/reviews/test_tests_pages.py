import pytest
from django.urls import reverse

from feedback.blobs import blob_id
from governance.models import Role
from lib.clock import now
from reviews import planning, running
from reviews.models import TestPolicy, TestRecipe, TestRun
from reviews.sandbox.proof import Proof
from tests.builders import make_curator, make_lead, make_person, make_project, make_reviewer
from tests.testing_builders import OWN, TESTS, make_done, make_recipe, make_runs, make_tested

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def task(project):
    return make_tested(project, OWN)


def address(name, task):
    return reverse(f"reviews:{name}", args=[task.project.slug, task.pk])


def page(name, project):
    return reverse(f"reviews:{name}", args=[project.slug])


@pytest.mark.parametrize(
    ("name", "post"),
    [
        ("tests", False),
        ("ask-tests", True),
        ("recipes", False),
        ("save-recipe", True),
        ("set-test-policy", True),
    ],
)
def test_who_may(client, project, task, name, post):
    of_item = name in ("tests", "ask-tests")
    path = address(name, task) if of_item else page(name, project)
    ask = client.post if post else client.get
    assert ask(path).status_code == 302, "nobody is led to the login"
    client.force_login(make_person())
    assert ask(path).status_code == 404, "an outsider hears of nothing"
    client.force_login(make_person(project, Role.DEVELOPER))
    assert ask(path).status_code == 403, "a developer reads no code"
    client.force_login(make_lead(project))
    assert ask(path).status_code == (403 if post else 200), "a reader reads"
    client.force_login(make_curator(project))
    assert ask(path).status_code in (200, 302, 422)


def test_only_curators_write_recipes(client, project):
    client.force_login(make_reviewer(project))
    assert client.post(page("save-recipe", project)).status_code == 403
    assert "Save the recipe" not in client.get(page("recipes", project)).text


def test_an_item_of_another_project_is_no_item(client, project):
    client.force_login(make_reviewer(project))
    other = make_tested(make_project(), OWN)
    path = reverse("reviews:tests", args=[project.slug, other.pk])
    assert client.get(path).status_code == 404


def test_asking_without_javascript_leads_to_the_matrix(client, project, task):
    client.force_login(make_reviewer(project))
    answer = client.post(address("ask-tests", task))
    assert answer.status_code == 302
    assert answer.url == address("tests", task)
    assert TestRun.objects.count() == 2
    text = client.get(answer.url).text
    assert "<html" in text
    assert "Running" in text


def test_asking_with_htmx_gives_the_part_that_goes_on_asking(client, project, task):
    client.force_login(make_reviewer(project))
    answer = client.post(address("ask-tests", task), headers=HTMX)
    assert answer.text.strip().startswith('<div class="tests" id="test-matrix" hx-get=')
    for run in TestRun.objects.all():
        make_done(run, test_sum="passed")
    answer = client.get(address("tests", task), headers=HTMX)
    assert "hx-trigger" not in answer.text
    assert "<html" not in answer.text


def test_a_nudge_wakes_a_worker(
    client, project, task, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr("reviews.tasks.run_tests.delay", lambda: woken.append(1))
    client.force_login(make_reviewer(project))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address("ask-tests", task))
    assert woken == [1]


def test_a_code_of_ones_own_is_tried_and_shown(client, project, task):
    client.force_login(make_reviewer(project))
    code = "def add(a, b):\n    return 5\n"
    answer = client.post(address("ask-tests", task), {"code": code.replace("\n", "\r\n")})
    tried = blob_id(project.pk, code)
    assert answer.url.endswith(f"?tried={tried}")
    make_done(TestRun.objects.get(code=tried), test_sum="passed")
    assert "Your code" in client.get(answer.url).text
    same = client.post(address("ask-tests", task), {"code": task.example.ideal.text})
    assert same.url == address("tests", task), "the correction as it is, is no code of one's own"


def test_who_asks_for_too_much_is_told_and_nothing_is_started(client, project, task, monkeypatch):
    monkeypatch.setattr(running, "MOST_OF_PERSON", 0)
    client.force_login(make_reviewer(project))
    answer = client.post(address("ask-tests", task), headers=HTMX)
    assert answer.status_code == 409
    assert "Nothing was started" in answer.text
    page = client.post(address("ask-tests", task), follow=True)
    assert "Nothing was started" in page.text
    assert not TestRun.objects.exists()


@pytest.mark.parametrize("tried", ["x", "0" * 31, "é", "00000000-0000-0000-0000-000000000000"])
def test_a_made_up_code_is_no_side(client, project, task, tried):
    client.force_login(make_reviewer(project))
    assert client.get(address("tests", task), {"tried": tried}).status_code == 200


def test_what_tests_print_is_escaped(client, project, task):
    run = make_runs(task)[0]
    taken = running.take("one", now())
    evil = "<script>alert(1)</script>"
    told = [running.Outcome(f"test_{evil}", "failed", 1, f"m {evil}", f"o {evil}")]
    assert taken == run
    running.finish(taken, told, 5, "", now())
    client.force_login(make_reviewer(project))
    for path in (address("tests", task), address("task", task)):
        text = client.get(path).text
        assert evil not in text
        assert text.count("&lt;script&gt;alert(1)") >= 3


def test_the_workspace_shows_the_matrix_and_the_tab_says_what_changed(client, project, task):
    for run, outcome in zip(make_runs(task), ("failed", "passed"), strict=True):
        make_done(run, test_sum=outcome)
    client.force_login(make_reviewer(project))
    text = client.get(address("task", task)).text
    assert "1 now passes" in text
    assert 'id="test-matrix"' in text


def test_where_the_sandbox_does_not_hold_the_page_says_why(client, project, task):
    planning.ask(task.example, None, now())
    running.run_next(Proof(("bubblewrap is not installed",)), "one", now())
    client.force_login(make_reviewer(project))
    for path in (address("tests", task), page("recipes", project), address("task", task)):
        text = client.get(path).text
        assert "Tests do not run here" in text
        assert "bubblewrap is not installed" in text


def test_tests_that_cannot_be_run_are_told(client, project):
    task = make_tested(project, {"framework": "junit", "code": "class X {}"})
    client.force_login(make_reviewer(project))
    assert "tests of kind junit cannot be run here" in client.get(address("tests", task)).text


def test_an_item_without_tests_says_what_to_do(client, project):
    task = make_tested(project)
    client.force_login(make_reviewer(project))
    text = client.get(address("tests", task)).text
    assert "This item has no tests" in text
    assert page("recipes", project) in text


RECIPE = {
    "name": "sums",
    "language": "python",
    "path": "",
    "kind": "python",
    "command": "",
    "tests": TESTS,
    "beside": "",
    "seconds": "5",
}


def test_a_curator_writes_edits_and_takes_back_a_recipe(client, project):
    client.force_login(make_curator(project))
    client.post(page("save-recipe", project), RECIPE)
    recipe = TestRecipe.objects.get()
    assert recipe.tests == [["tests.py", TESTS]]
    text = client.get(page("recipes", project), {"edit": "sums"}).text
    assert "=== tests.py" in text
    changed = RECIPE | {"tests": f"=== a/test_a.py\n{TESTS}=== b.py\nx = 1\n", "seconds": "9"}
    client.post(page("save-recipe", project), changed)
    newest = TestRecipe.objects.latest("pk")
    assert (newest.version, newest.seconds) == (2, 9)
    assert [path for path, _ in newest.tests] == ["a/test_a.py", "b.py"]
    client.post(page("save-recipe", project), {"take_back": "sums"})
    assert not TestRecipe.objects.latest("pk").is_on
    assert "No recipe is written" in client.get(page("recipes", project)).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tests": " "}, "This field is required|Write at least one test"),
        ({"tests": "=== ../x.py\nassert True"}, "is no relative path"),
        ({"tests": "=== /x.py\nassert True"}, "is no relative path"),
        ({"tests": "stray\n=== x.py\nassert True"}, "text stands before"),
        ({"tests": "=== x.py\na\n=== x.py\nb"}, "say each path once"),
        ({"beside": "no heading"}, "Begin each file with a line"),
        ({"kind": "command", "command": ""}, "at least one word"),
        ({"kind": "command", "command": "node 'x"}, "cannot be read"),
        ({"seconds": "31"}, "30"),
        ({"seconds": "0"}, "1"),
        ({"name": "a b"}, "valid"),
    ],
)
def test_a_recipe_that_cannot_be_used_is_refused_and_kept_in_the_form(
    client, project, changes, words
):
    client.force_login(make_curator(project))
    answer = client.post(page("save-recipe", project), RECIPE | changes)
    assert answer.status_code == 422
    assert any(each in answer.text for each in words.split("|"))
    assert not TestRecipe.objects.exists()


def test_a_recipe_of_another_project_cannot_be_seen_or_taken_back(client, project):
    other = make_project()
    make_recipe(other, make_curator(other), name="theirs")
    client.force_login(make_curator(project))
    text = client.get(page("recipes", project), {"edit": "theirs"}).text
    assert 'value="theirs"' not in text
    client.post(page("save-recipe", project), {"take_back": "theirs"})
    assert TestRecipe.objects.get().is_on


def test_the_policy_is_a_switch(client, project):
    curator = make_curator(project)
    client.force_login(curator)
    client.post(page("set-test-policy", project), {"is_automatic": "on"})
    policy = TestPolicy.objects.get()
    assert (policy.is_automatic, policy.changed_by) == (True, curator)
    client.post(page("set-test-policy", project), {})
    assert not TestPolicy.objects.get().is_automatic
