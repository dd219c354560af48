"""The frame of every page."""

from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory

from governance.access import Ability, project_for
from tests import builders


def page(user, **context):
    request = RequestFactory().get("/")
    request.user = user
    return render_to_string("base.html", context | {"user": user}, request=request)


def test_the_frame_renders_for_nobody():
    assert 'class="skip"' in page(AnonymousUser())


def test_the_frame_renders_without_any_context():
    assert 'class="skip"' in render_to_string("base.html")


def test_a_reader_is_not_shown_the_way_to_the_settings(db):
    project = builders.make_project()
    reviewer = builders.make_reviewer(project)
    html = page(reviewer, project=project_for(reviewer, project.slug, Ability.SEE))
    assert "Settings" not in html


def test_no_inline_script_or_style(db):
    project = builders.make_project()
    admin = builders.make_admin(project)
    html = page(admin, project=project_for(admin, project.slug, Ability.SEE), place="overview")
    assert " style=" not in html
    assert "<style" not in html
    assert html.count("<script") == html.count("<script type") + html.count("<script src")


def test_the_theme_is_in_the_first_byte_of_the_page(db):
    user = builders.make_person(theme="dark")
    assert page(user).lstrip().startswith('<!doctype html>\n<html lang="en" data-theme="dark">')
