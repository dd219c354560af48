import pytest
from django.core.exceptions import FieldFetchBlocked
from django.db import connection
from django.db.models import Q

from curation.models import Category, Vote
from governance.models import Membership, Project, User
from lib.clock import now
from lib.statements import AskedWhileWritten, Query, Statement, ValueIgnored
from reviews.models import ReviewTask
from tests.builders import make_curator, make_project, make_reviewer
from tests.reviews_builders import make_examples

pytestmark = pytest.mark.django_db


def test_it_answers_what_the_queryset_answers_for_every_value(django_assert_num_queries):
    built = []

    def named(project, name):
        built.append(name)
        return Category.objects.filter(project=project, name__lt=name).order_by("-name")

    query = Query(named, project=Project, name=str)
    projects = [make_project(), make_project()]
    for project in projects:
        make_examples(project, 1)
    for project in projects:
        for name in ("p", "Performance", "a%s", ""):
            wanted = list(Category.objects.filter(project=project, name__lt=name).order_by("-name"))
            with django_assert_num_queries(1):
                assert query.rows(project=project, name=name) == wanted
    assert len(built) == 1


def test_a_row_is_whole_and_can_be_saved():
    project = make_project()
    [example] = make_examples(project, 1)
    Vote.objects.create(example=example, labeler="tool", reason="x", evidence={"found": [1, 2]})
    query = Query(lambda key: Vote.objects.filter(example_id=key, labeler="tool"), key=int)
    vote = query.first(key=example.pk)
    assert vote == Vote.objects.get(labeler="tool")
    assert vote.evidence == {"found": [1, 2]}
    assert not vote._state.adding
    assert query.first(key=example.pk + 1) is None


def test_related_rows_come_along(django_assert_num_queries):
    project = make_project()
    person = make_reviewer(project)
    query = Query(
        lambda since: Membership.objects.filter(since__lte=since).select_related("user", "project"),
        since=type(now()),
    )
    with django_assert_num_queries(1):
        [held] = query.rows(since=now())
        assert (held.user, held.project) == (person, project)
        assert held.user.username == person.username


def test_a_value_that_would_change_nothing_is_refused():
    """As where code looks at a value: it would see the mark, once and for all."""
    query = Query(lambda least: ReviewTask.objects.filter(urgency__gt=least // 2), least=int)
    with pytest.raises(ValueIgnored, match="least"):
        query.rows(least=3)


def test_of_a_model_only_the_key_can_be_asked():
    by_role = Query(lambda person: Project.objects.filter(name=person.username), person=User)
    with pytest.raises(FieldFetchBlocked):
        by_role.rows(person=make_curator(make_project()))


def test_a_statement_gives_what_is_selected():
    def both(first, second):
        return "SELECT %s + 1, %s", [first, second]

    assert Statement(both, first=int, second=str).fetch(first=4, second="x") == [(5, "x")]


def test_what_it_depends_on_is_asked_in_the_statement_never_before():
    def early(project):
        return Category.objects.filter(pk__in=list(Category.objects.filter(project=project)))

    with pytest.raises(AskedWhileWritten):
        Query(early, project=Project).rows(project=make_project())


def test_only_what_differs_is_sent_and_the_rest_is_planned_with_the_text():
    """Or a plan for any value could use no index that holds some rows only."""
    query = Query(
        lambda project, name: Category.objects.filter(
            Q(name=name) | Q(slug=name), project=project, name__contains="50%"
        ),
        project=Project,
        name=str,
    )
    project = make_project()
    Category.objects.create(project=project, name="over 50% $1", slug="half")
    for name in ("half", "over 50% $1"):
        assert len(query.rows(project=project, name=name)) == 1
    text, names = query.written
    assert set(names) == {"project", "name"}
    assert "$2" in text
    assert "$3" not in text
    assert "50" in text


def test_it_is_planned_once_for_a_connection():
    query = Query(lambda key: Project.objects.filter(pk=key, name="planned"), key=int)
    for key in (1, 70_000, 2**40):
        query.rows(key=key)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%planned%'"
        )
        assert cursor.fetchone() == (1,)
