import threading
import time

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test.client import ClientHandler

from tests.browser.traffic import Traffic
from tests.builders import make_person

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_opens_in_a_session_of_its_own(open_page):
    person = make_person(is_staff=True, is_superuser=True)
    theirs, nobodys = open_page(person), open_page(size="phone", scheme="dark")
    theirs.goto("/admin/")
    nobodys.goto("/admin/")
    assert theirs.url.endswith("/admin/")
    assert "login" in nobodys.url


def test_what_the_policy_refuses_is_complained_about(open_page):
    page = open_page()
    page.goto("/admin/login/")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'),"
        " {textContent: 'window.ran = true'}))"
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.ran") is None
    assert [complaint for complaint in page.complaints if "Content Security Policy" in complaint]
    page.complaints.clear()


def test_a_request_under_way_is_waited_for():
    traffic = Traffic()
    traffic.begins(ClientHandler)
    traffic.ends(None)
    assert traffic.under_way == 0
    traffic.begins(WSGIHandler)
    threading.Timer(0.3, traffic.ends, [WSGIHandler]).start()
    began = time.monotonic()
    traffic.dies_down()
    assert traffic.under_way == 0
    assert time.monotonic() - began >= 0.3
    traffic.begins(WSGIHandler)
    traffic.dies_down(seconds=0.1)
    assert traffic.under_way == 1
