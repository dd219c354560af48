"""A project's own recipe: set by people, in force from then on, and what it leaves out."""

import pytest

from config.erasure.erasing import erase
from config.erasure.requests import Subject
from curation import datasets, project_recipes
from curation.models import DatasetVersion, LeftOut
from curation.previewing import effect_of
from curation.project_recipes import RecipeMoved, latest, set_recipe
from curation.recipe import Caps, Recipe, Split, Validity
from curation.splits import bucket
from governance.models import LedgerEntry
from lib.clock import now
from tests.builders import make_admin, make_curator, make_project
from tests.curation_builders import make_accepted, make_refrozen

pytestmark = pytest.mark.django_db

BROKEN = "def broken(:\n    settings = json.loads(open('settings').read())\n"


def in_force(project, recipe, after=0):
    return set_recipe(project, recipe, "because", make_curator(project), now(), after=after)


def reasons_of(version):
    return dict(LeftOut.objects.filter(version=version).values_list("example", "reason"))


def test_a_version_keeps_out_what_the_recipe_keeps_out_and_says_why():
    project = make_project()
    kept = make_accepted(project, client_id="kept", repository="a")
    short = make_accepted(project, client_id="short", prompt="x", output="a\n", ideal="b\n")
    broken = make_accepted(project, client_id="broken", repository="b", ideal=BROKEN)
    long = make_accepted(project, client_id="long", ideal="x = 1\n" * 5_000)
    in_force(project, Recipe())
    version = make_refrozen(project)
    assert set(version.rows.values_list("example", flat=True)) == {kept.pk}
    assert reasons_of(version) == {
        short.pk: "too_short",
        broken.pk: "does_not_parse",
        long.pk: "too_long",
    }
    steps = {step["step"]: step for step in version.manifest["funnel"]}
    assert steps["fit"]["kept"] == 1
    assert steps["fit"]["dropped"] == {"too_short": 1, "does_not_parse": 1, "too_long": 1}


def test_a_version_asked_for_before_is_not_changed_by_a_recipe_set_after():
    project = make_project()
    make_accepted(project, prompt="x", output="a\n", ideal="b\n")
    before = datasets.request(project, make_curator(project), now())
    in_force(project, Recipe())
    datasets.build(before)
    before.refresh_from_db()
    assert before.manifest["rows"] == 1


def test_no_source_gives_more_rows_than_its_cap_and_the_gravest_stay():
    project = make_project()
    for n in range(4):
        make_accepted(project, repository="big", client_id=f"b{n}", developer="ada")
    make_accepted(project, repository="small", client_id="s", developer="ada")
    in_force(project, Recipe(caps=Caps(repository=2, user=2)))
    version = make_refrozen(project)
    assert version.manifest["rows"] == 2
    assert sorted(reasons_of(version).values()) == [
        "over_cap_repository",
        "over_cap_repository",
        "over_cap_user",
    ]


def test_equal_criteria_give_the_same_id_whatever_the_number_of_the_recipe():
    project = make_project()
    make_accepted(project)
    in_force(project, Recipe())
    first = make_refrozen(project)
    in_force(project, Recipe(caps=Caps(user=7)), after=1)
    second = make_refrozen(project)
    in_force(project, Recipe(), after=2)
    third = make_refrozen(project)
    assert first.content_id == third.content_id != second.content_id


def test_nobody_overwrites_a_recipe_they_have_not_read():
    project = make_project()
    in_force(project, Recipe())
    with pytest.raises(RecipeMoved, match="recipe 1"):
        in_force(project, Recipe(caps=Caps(user=7)), after=0)
    assert latest(project).recipe["caps"]["user"] == 1_000


def test_setting_a_recipe_is_in_the_ledger_and_an_equal_one_is_none():
    project = make_project()
    made = in_force(project, Recipe())
    assert in_force(project, Recipe(), after=1) == made
    entry = LedgerEntry.objects.get(action="dataset recipe set")
    assert (entry.subject, entry.subject_digest) == ("dataset recipe 1", Recipe().digest)


def test_one_projects_recipe_is_not_anothers():
    other = make_project()
    in_force(other, Recipe(validity=Validity(least_tokens=100_000)))
    project = make_project()
    make_accepted(project)
    assert make_refrozen(project).manifest["rows"] == 1
    assert project_recipes.latest(project) is None


def test_the_preview_says_what_the_version_will_then_hold():
    project = make_project()
    kept = make_accepted(project, client_id="kept", repository="a")
    make_accepted(project, client_id="short", prompt="x", output="a\n", ideal="b\n")
    draft = Recipe()
    told = effect_of(project, draft, now())
    assert (told.rows, told.looked_at) == ((2, 1), 2)
    assert [(each.example.correction.client_id, each.reason) for each in told.out] == [
        ("short", "too_short")
    ]
    assert not told.come
    assert not DatasetVersion.objects.filter(project=project).exists()
    in_force(project, draft)
    assert set(make_refrozen(project).rows.values_list("example", flat=True)) == {kept.pk}
    back = effect_of(project, Recipe(validity=Validity(least_tokens=0)), now())
    assert [each.reason for each in back.come] == ["too_short"]


def test_other_shares_send_rows_to_other_splits_but_not_out_of_test():
    project = make_project()
    by = Split()
    names = [f"r{n}" for n in range(60)]
    goes = {name: bucket(f"repository\0{name}", by.shares, by.salt) for name in names}
    picked = [*(name for name in names if goes[name] == "test")][:2] + names[:3]
    for name in dict.fromkeys(picked):
        make_accepted(project, repository=name, client_id=name)
    in_force(project, Recipe())
    first = make_refrozen(project)
    tested = set(first.rows.filter(split="test").values_list("example", flat=True))
    assert len(tested) >= 2
    shares = {"train": 0, "validation": 100, "test": 0}
    in_force(project, Recipe(split=Split(shares=shares)), after=1)
    second = make_refrozen(project)
    assert set(second.rows.exclude(split="validation").values_list("example", flat=True)) == tested


def test_what_is_left_out_goes_with_its_developer():
    project = make_project()
    make_accepted(project)
    mine = {"developer": "jane-roe", "prompt": "x", "output": "a\n", "ideal": "b\n"}
    make_accepted(project, **mine)
    in_force(project, Recipe())
    version = make_refrozen(project)
    assert set(reasons_of(version).values()) == {"too_short"}
    erase(project, Subject("jane-roe"), make_admin(project), now())
    assert not reasons_of(version)
