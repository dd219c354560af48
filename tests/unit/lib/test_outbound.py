import socket
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from threading import Event, Thread
from time import monotonic, sleep

import pytest

from lib import outbound
from lib.outbound import Refused, Unreachable, checked, is_public, post, resolve

PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
    *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::"),
    *("ff02::1", "2001:0:7f00:1::", "192.0.2.1", "198.18.0.1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_is_not_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_an_address_outside_is(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "ftp://example.org",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://example.org/\r\nX-Evil: 1",
        "//example.org",
        "javascript:alert(1)",
    ],
)
def test_a_form_we_do_not_send_to_is_refused(url):
    with pytest.raises(Refused):
        checked(url)


def found(*addresses):
    kind = socket.SOCK_STREAM
    return lambda host, port, **_: [
        (socket.AF_INET6 if ":" in each else socket.AF_INET, kind, 6, "", (each, port))
        for each in addresses
    ]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_inside_is_refused(monkeypatch, address):
    monkeypatch.setattr(socket, "getaddrinfo", found(address))
    with pytest.raises(Refused):
        resolve("https://hooks.example.org/")


def test_one_private_address_among_public_ones_is_enough(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", found("93.184.215.14", "10.0.0.1"))
    with pytest.raises(Refused):
        resolve("https://hooks.example.org/")


def test_loopback_is_refused_unless_it_is_allowed():
    with pytest.raises(Refused):
        resolve("http://127.0.0.1:9000/")
    assert resolve("http://127.0.0.1:9000/", loopback=True).port == 9000


def test_allowing_loopback_allows_no_name_that_leads_there(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", found("127.0.0.1"))
    with pytest.raises(Refused):
        resolve("https://hooks.example.org/", loopback=True)


@pytest.fixture
def listener():
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, dict(self.headers), body))
            if self.path.startswith("/moved"):
                self.send_response(302)
                self.send_header("Location", "/elsewhere")
            else:
                self.send_response(202)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    server.server_close()


def test_a_post_arrives_once_with_its_headers(listener):
    base, got = listener
    assert post(f"{base}/hook?a=1", b"{}", {"Emend-Event": "ping"}, loopback=True) == 202
    ((path, headers, body),) = got
    assert (path, body, headers["Emend-Event"]) == ("/hook?a=1", b"{}", "ping")
    assert headers["Host"] == base.removeprefix("http://")


def test_a_redirect_is_an_answer_and_not_a_way(listener):
    base, got = listener
    assert post(f"{base}/moved", b"{}", {}, loopback=True) == 302
    assert [path for path, *_ in got] == ["/moved"]


def test_an_answer_that_never_ends_is_ended(monkeypatch):
    """Each of its bytes comes in time, so no timeout between two of them ends it."""
    monkeypatch.setattr(outbound, "WHOLE", 0.3)
    server = socket.create_server(("127.0.0.1", 0))

    def drip():
        peer, _ = server.accept()
        with peer, suppress(OSError):
            peer.recv(65_536)
            peer.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            for _ in range(60):
                peer.sendall(b"x")
                sleep(0.05)
            peer.sendall(b"\r\n\r\n")

    Thread(target=drip, daemon=True).start()
    with server, pytest.raises(Unreachable):
        post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, loopback=True)


def test_a_name_server_that_is_silent_holds_nobody(monkeypatch):
    asked = Event()

    def silent(*_, **__):
        asked.wait(5)
        return []

    monkeypatch.setattr(outbound, "WHOLE", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", silent)
    began = monotonic()
    with pytest.raises(Unreachable, match="in time"):
        post("https://hooks.example.org/", b"{}", {})
    assert monotonic() - began < 5
    asked.set()


def test_what_the_name_took_is_missing_from_the_rest(monkeypatch, listener):
    given = []
    within = outbound._within
    monkeypatch.setattr(outbound, "WHOLE", 1.0)
    monkeypatch.setattr(outbound, "monotonic", iter([100.0, 100.75]).__next__)
    monkeypatch.setattr(outbound, "_within", lambda pool, s: given.append(s) or within(pool, s))
    assert post(f"{listener[0]}/hook", b"{}", {}, loopback=True) == 202
    assert given == [0.25]


def test_nobody_listening_is_said():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unreachable):
        post(f"http://127.0.0.1:{port}/", b"{}", {}, loopback=True)
