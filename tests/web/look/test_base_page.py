"""The frame of every page."""

from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from config.staticfiles import FilesStorage
from config.templatetags import look
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
    data = html.count('<script id="words" type="application/json"')
    assert html.count("<script") == html.count("<script type") + html.count("<script src") + data


def test_the_theme_is_in_the_first_byte_of_the_page(db):
    user = builders.make_person(theme="dark")
    assert (
        page(user)
        .lstrip()
        .startswith('<!doctype html>\n<html lang="en" dir="ltr" data-theme="dark">')
    )


def test_a_kept_part_is_drawn_once_for_each_value_and_knows_nothing_of_the_page(monkeypatch):
    drawn = []

    def draw(template, context):
        drawn.append(context)
        return render_to_string(template, context)

    monkeypatch.setattr(look, "render_to_string", draw)
    source = "{% load look %}{% kept 'reviews/severity.html' severity=severity %}"
    html = [
        Template(source).render(Context({"severity": severity, "page": "unseen"}))
        for severity in ("high", "low", "high", "<b>")
    ]
    assert [context["severity"] for context in drawn] == ["high", "low", "<b>"]
    assert html[0] == html[2] != html[1]
    assert "page" not in drawn[0]


def test_a_static_file_keeps_the_address_it_was_first_given(monkeypatch):
    asked = []
    monkeypatch.setattr(
        StaticFilesStorage, "url", lambda self, name: asked.append(name) or f"/static/{name}?1"
    )
    assets = FilesStorage()
    assert {assets.url("a.css") for _ in range(3)} == {"/static/a.css?1"}
    assert asked == ["a.css"]
