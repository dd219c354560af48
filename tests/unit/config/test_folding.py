"""What is drawn once says what it would say if it were drawn each time."""

import pytest
from django.template import Context, Engine
from django.template.base import TextNode
from django.utils import translation

from config.folding import Folded

PAGE = """{% load i18n look static %}{# a remark #}<h1>{% translate "Monday" %}</h1>
<img src="{% static "img/mark.svg" %}">{% icon "check" 12 %}{% badge "ok" "check" "<b>" %}
{% blocktranslate %}Tuesday{% endblocktranslate %} <a href="{% url "reviews:inbox" %}">x</a>
{% for each in rows %}<a href="{% url "reviews:task" slug each %}">{% translate "Monday" %}</a>
{% if each == 2 %}{% translate "Friday" %}{{ said }}{% else %}{% icon name %}{% endif %}{% endfor %}
{% blocktranslate %}of {{ said }}{% endblocktranslate %}{% translate said %}{% url "home" as home %}
{% autoescape off %}{{ said }}{% url "home" %}{% endautoescape %}{% csrf_token %}{{ home }}"""


def engine(loader):
    inside = [("django.template.loaders.locmem.Loader", {"page.html": PAGE})]
    libraries = {
        "i18n": "django.templatetags.i18n",
        "look": "config.templatetags.look",
        "static": "django.templatetags.static",
    }
    return Engine(loaders=[(loader, inside)], libraries=libraries)


def drawn(template, **values):
    every = {"slug": "p", "rows": [1, 2], "said": "<i>", "name": "x", "csrf_token": "t"}
    return template.render(Context(every | values))


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_folded_page_says_the_same_in_every_language_and_for_everyone(language):
    folded = engine("config.folding.Loader").get_template("page.html")
    plain = engine("django.template.loaders.cached.Loader").get_template("page.html")
    for values in ({}, {"rows": [2, 7], "said": "Sunday"}, {"slug": "other", "name": "down"}):
        with translation.override("fr"):
            drawn(folded, **values)
        with translation.override(language):
            assert drawn(folded, **values) == drawn(plain, **values)


def test_what_never_changes_is_joined_and_nothing_else():
    template = engine("config.folding.Loader").get_template("page.html")
    first, loop, *_ = template.nodelist
    assert isinstance(first, Folded)
    assert not any(isinstance(each, TextNode) for each in first.parts[:1])
    kinds = [type(each).__name__ for each in loop.nodelist_loop]
    assert kinds == ["TextNode", "KnownAddress", "Folded", "IfNode"]
    yes, no = (nodes for _, nodes in loop.nodelist_loop[-1].conditions_nodelists)
    assert [type(each).__name__ for each in yes] == ["Folded", "VariableNode"]
    assert [type(each).__name__ for each in no] == ["SimpleNode"]
