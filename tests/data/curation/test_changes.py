"""What changed between two versions, and why: against versions frozen by the real build."""

import pytest

from curation import changes, datasets, labeling, left_out
from curation.models import Category, DatasetRow, DatasetVersion, Example
from curation.stages.batch import Dropped
from feedback import terms
from feedback.blobs import keep
from governance.models import Project
from lib.clock import now
from tests.builders import make_admin, make_curator, make_person, make_project
from tests.curation_builders import make_accepted, make_labelled, make_refrozen

pytestmark = pytest.mark.django_db


def again(example, **said):
    """The decision is taken back and another one made."""
    labeling.withdraw(example, by=make_person(), now=now())
    example.refresh_from_db()
    decision = example.decisions.filter(outcome="accepted").latest("id")
    told = {"category": decision.category, "severity": decision.severity, "ideal": decision.ideal}
    labeling.accept(example, by=make_person(), now=now(), **told | said)


def back(example):
    labeling.withdraw(example, by=make_person(), now=now())
    example.refresh_from_db()


def reject(example, reason):
    labeling.reject(example, by=make_person(), reason=reason, now=now())


def counts(before, after):
    found = changes.changes(before, after)
    return {kind: n for kind, n in found.counts.items() if n} | {"same": found.same}


def listed(before, after, kind):
    rows = list(changes.rows_of(before, after, kind).order_by("example_id"))
    return changes.told(before, after, kind, rows)


@pytest.fixture
def project():
    return make_project()


def of(project, number, **more):
    told = {"client_id": f"row-{number}", "repository": f"acme/{number}"} | more
    return make_accepted(project, **told)


def test_versions_of_the_same_decisions_differ_in_nothing(project):
    for number in range(3):
        of(project, number)
    before, after = make_refrozen(project), make_refrozen(project)
    found = changes.changes(before, after)
    assert set(found.counts.values()) == {0}
    assert (found.same, found.left, found.came, found.recipe) == (3, {}, {}, [])


def test_an_example_that_was_labelled_anew_is_no_row_in_and_no_row_out(project):
    first, second, third = (of(project, number) for number in range(3))
    before = make_refrozen(project)
    again(first, category=Category.objects.get(project=project, slug="style"))
    again(second, severity="low", ideal=keep(project, "better()\n"))
    again(third)
    after = make_refrozen(project)
    assert counts(before, after) == {
        "category": 1,
        "severity": 1,
        "code": 1,
        "again": 1,
        "same": 0,
    }
    (told,) = listed(before, after, "category")
    assert told.row.example_id == first.pk
    assert told.was.decision.category.slug == "security"
    assert told.now.decision.category.slug == "style"
    assert [each.row.example_id for each in listed(before, after, "code")] == [second.pk]


def test_a_row_that_another_leads_now_is_still_in_both(project):
    same = {"prompt": "p", "output": "bad\n", "ideal": "good\n", "repository": "acme/api"}
    of(project, 2, **same)
    before = make_refrozen(project)
    of(project, 1, **same)
    after = make_refrozen(project)
    assert counts(before, after) == {"in": 1, "leads": 1, "same": 0}


def test_a_row_that_moved_to_another_split_says_so(project):
    numbers = range(12)
    for number in numbers:
        of(project, number, session=f"s-{number}")
    before = make_refrozen(project)
    recipe = before.recipe | {"split": before.recipe["split"] | {"salt": "another"}}
    after = datasets.request(project, make_curator(project), now(), recipe=recipe)
    datasets.build(after)
    was = dict(before.rows.values_list("example_id", "split"))
    moved = {pk for pk, split in after.rows.values_list("example_id", "split") if was[pk] != split}
    assert moved  # or this test shows nothing
    assert {each.row.example_id for each in listed(before, after, "split")} == moved
    assert counts(before, after) == {"split": len(moved), "same": 12 - len(moved)}
    (difference,) = changes.changes(before, after).recipe
    assert (difference.field, difference.before, difference.after) == (
        "split.salt",
        "emend-1",
        "another",
    )


def leaves(project):
    """Ways for a row to leave, each an example of its own, with the reason it is left out by."""

    def untouched(example):
        assert example.state == "accepted"

    def refused(example):
        terms.decide(project, example.repository, False, "MIT", make_admin(project), now())

    def copyleft(example):
        terms.decide(project, example.repository, True, "GPL-3.0", make_admin(project), now())

    return {
        "waiting": back,
        "rejected_wrong": lambda each: (back(each), reject(each, "wrong")),
        "rejected_private": lambda each: (back(each), reject(each, "private")),
        "no_change": lambda each: again(each, ideal=each.output),
        "no_code": lambda each: again(each, ideal=keep(project, "")),
        "consent_refused": refused,
        "licence_denied": copyleft,
        "": untouched,
    }


def test_every_row_that_left_says_why(project):
    ways = leaves(project)
    left = {why: of(project, n) for n, why in enumerate(ways)}
    before = make_refrozen(project)
    for why, leave in ways.items():
        leave(left[why])
    after = make_refrozen(project)
    told = {each.row.example_id: each.why for each in listed(before, after, "out")}
    assert told == {example.pk: why for why, example in left.items() if why}
    assert changes.changes(before, after).left == dict.fromkeys(sorted(set(ways) - {""}), 1)


def test_the_reasons_are_those_the_funnel_counted(project):
    """Whatever a build drops, asking again finds the same reasons and the same numbers."""
    ways = leaves(project)
    for n, why in enumerate([*ways, *ways]):
        example = of(project, n)
        if n < len(ways):
            ways[why](example)
    make_labelled(project)
    version = make_refrozen(project)
    every = DatasetVersion.objects.create(
        project=project, number=99, recipe={}, cutoff=now(), requested_by=make_person()
    )
    decision = version.rows.first().decision
    for example in Example.objects.filter(project=project):
        DatasetRow.objects.create(
            version=every, example=example, decision=decision, split="train", row_id=example.pk
        )
    found = left_out.counted(version, changes.rows_of(every, version, "out"))
    fell = {}
    for step in version.manifest["funnel"]:
        fell |= {why: n for why, n in step["dropped"].items() if why != "exact_duplicate"}
    assert dict(found) == fell
    assert fell.keys() == ways.keys() - {""}


def test_a_row_that_is_in_a_benchmark_now_says_so(project, monkeypatch):
    bad, good = of(project, 1), of(project, 2)
    before = make_refrozen(project)
    name = bad.correction.client_id
    found = {name: Dropped(name, "benchmark_exact", "decontamination", "MBPP")}
    monkeypatch.setattr("curation.clean_rows.contaminated", lambda rows, alive, by, own: found)
    after = make_refrozen(project)
    (told,) = listed(before, after, "out")
    assert (told.row.example_id, told.why) == (bad.pk, "benchmark_exact")
    assert counts(before, after) == {"out": 1, "same": 1}
    assert good.dataset_rows.count() == 2


def test_a_recipe_that_keeps_no_benchmark_out_leaves_the_reason_open(project):
    example = of(project, 1)
    version = make_refrozen(project)
    version.recipe = {key: each for key, each in version.recipe.items() if key != "decontamination"}
    assert left_out.why_not(version, [example.pk]) == {example.pk: "not_known"}


def test_a_row_that_came_says_what_kept_it_out_before(project):
    of(project, 1)
    waits = make_labelled(project)
    refused = of(project, 3)
    admin = make_admin(project)
    terms.decide(project, "acme/3", False, "MIT", admin, now())
    before = make_refrozen(project)
    security = Category.objects.get(project=project, slug="security")
    labeling.accept(
        waits, by=make_person(), category=security, severity="", ideal=waits.ideal, now=now()
    )
    terms.withdraw(project, "acme/3", admin, now())
    late = of(project, 4)
    after = make_refrozen(project)
    told = {each.row.example_id: each.why for each in listed(before, after, "in")}
    assert told == {waits.pk: "waiting", refused.pk: "consent_refused", late.pk: "not_there"}
    assert changes.changes(before, after).came == {
        "consent_refused": 1,
        "not_there": 1,
        "waiting": 1,
    }


def test_only_frozen_versions_of_the_project_are_compared(project):
    of(project, 1)
    first, second = make_refrozen(project), make_refrozen(project)
    datasets.request(project, make_curator(project), now())
    other = make_project()
    of(other, 1)
    make_refrozen(other)
    assert list(changes.before_of(second)) == [first]
    assert Project.objects.count() == 2
