"""Failures of the network, translated at one door; sessions; a real socket."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from uuid import uuid4

import pytest
import requests
import urllib3
from requests import exceptions as of_requests

from pcsync.client import (
    CLOUDS,
    Client,
    NotSent,
    Retry,
    emulator,
    open_session,
)
from pcsync.client.network import NEVER_SENT, REASONS, reason, translated
from pcsync.errors import SettingsError, Unreachable

from .fakes import FakeClock, FakeTokens

RAISED = [
    found
    for found in vars(of_requests).values()
    if isinstance(found, type) and issubclass(found, requests.RequestException)
]


def test_requests_has_exceptions_at_all() -> None:
    assert len(RAISED) > 20


@pytest.mark.parametrize("kind", RAISED, ids=lambda kind: kind.__name__)
def test_every_exception_of_requests_has_words_and_is_translated(
    kind: type[requests.RequestException],
) -> None:
    assert kind in REASONS
    error = kind("said", "{", 0) if kind is of_requests.JSONDecodeError else kind("said")
    with pytest.raises(Unreachable) as caught, translated("GET", "/v1/x"):
        raise error
    assert caught.value.__cause__ is error
    assert isinstance(caught.value, NotSent) == issubclass(kind, NEVER_SENT)
    assert "said" not in str(caught.value)


@pytest.mark.parametrize(
    "error", [urllib3.exceptions.ProtocolError("x"), OSError("no certificates"), ConnectionError()]
)
def test_what_slips_through_requests_is_translated_too(error: Exception) -> None:
    with pytest.raises(Unreachable), translated("GET", "/v1/x"):
        raise error


def test_defects_are_not_translated() -> None:
    with pytest.raises(ValueError, match="defect"), translated("GET", "/v1/x"):
        raise ValueError("defect")


def test_the_systems_words_are_given_but_never_a_url() -> None:
    error = requests.ConnectionError("http://user:hunter2@proxy")
    error.__context__ = urllib3.exceptions.ProtocolError("hunter2")
    error.__context__.__context__ = ConnectionRefusedError(111, "Connection refused")
    assert reason(error) == (
        "the connection could not be made, or broke: Connection refused"
    )  # fmt: skip
    bad = ssl.SSLCertVerificationError(1, "certificate verify failed")
    bad.verify_message = "certificate has expired"
    secure = requests.exceptions.SSLError()
    secure.__cause__ = bad
    assert reason(secure).endswith("certificate has expired")


def test_sessions_of_this_machine_ignore_the_environment() -> None:
    assert open_session(CLOUDS["global"]).trust_env is True
    assert open_session(emulator("http://127.0.0.1:8080")).trust_env is False


def test_sessions_are_bounded_and_repeat_nothing() -> None:
    session = open_session(CLOUDS["global"], pool_maxsize=3)
    adapter = session.get_adapter("https://api.partnercenter.microsoft.com")
    assert adapter.max_retries.total == 0
    pool = adapter.poolmanager.connection_from_url("https://api.partnercenter.microsoft.com")
    assert pool.pool.maxsize == 3
    assert pool.block is True


def test_the_table_of_clouds() -> None:
    assert set(CLOUDS) == {"global", "usGovernment", "china"}
    cloud = CLOUDS["global"]
    assert cloud.app_scope == "https://api.partnercenter.microsoft.com/.default"
    assert cloud.user_scope == "https://api.partnercenter.microsoft.com/user_impersonation"
    assert CLOUDS["china"].app_scope.startswith(CLOUDS["china"].base_url)
    assert not any(cloud.is_local for cloud in CLOUDS.values())


@pytest.mark.parametrize(
    "url,root",
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:8080/v1", "http://[::1]:8080"),
        ("https://127.0.0.2", "https://127.0.0.2"),
    ],
)
def test_an_emulator_on_this_machine(url: str, root: str) -> None:
    cloud = emulator(url)
    assert (cloud.name, cloud.base_url, cloud.authority) == ("emulator", root, root)
    assert cloud.is_local


@pytest.mark.parametrize(
    "url",
    [
        "http://contoso.example",
        "https://api.partnercenter.microsoft.com",
        "http://127.0.0.1.contoso.example",
        "http://127.0.0.1@contoso.example",
        "ftp://127.0.0.1",
        "127.0.0.1:8080",
        "",
        "http://[",
    ],
)
def test_an_emulator_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(SettingsError):
        emulator(url)


class Service(BaseHTTPRequestHandler):
    """A few ways to answer badly, by path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.seen.append(self.path)
        if self.path == "/v1/cut":
            self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":')
            self.close_connection = True
        elif self.path == "/v1/silent":
            self.close_connection = True
        elif self.path == "/v1/moved":
            self._say(302, b"", ("Location", "/v1/stolen"))
        else:
            self._say(200, b'{"Cookie": "%s"}' % self.headers.get("Cookie", "").encode())

    def _say(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (*headers, ("Set-Cookie", "a=1"), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.daemon_threads = True
    server.seen = []
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def over_socket(port: int, attempts: int = 2) -> Client:
    cloud = emulator(f"http://127.0.0.1:{port}")
    return Client(
        cloud.base_url,
        FakeTokens(),
        open_session(cloud),
        writable=False,
        clock=FakeClock(),
        retry=Retry(attempts=attempts),
        new_id=lambda: str(uuid4()),
        timeout=5.0,
    )


@pytest.mark.parametrize("path", ["/v1/cut", "/v1/silent"])
def test_an_answer_that_breaks_off_is_none(service: ThreadingHTTPServer, path: str) -> None:
    with pytest.raises(Unreachable):
        over_socket(service.server_port).send("GET", path)
    assert service.seen == [path, path]


def test_a_redirect_on_the_wire_is_not_followed(service: ThreadingHTTPServer) -> None:
    with pytest.raises(Exception, match="redirects are not followed"):
        over_socket(service.server_port).send("GET", "/v1/moved")
    assert service.seen == ["/v1/moved"]


def test_cookies_are_not_kept(service: ThreadingHTTPServer) -> None:
    client = over_socket(service.server_port)
    client.send("GET", "/v1/x")
    assert client.send("GET", "/v1/x").body == {"cookie": ""}


def test_nobody_there(service: ThreadingHTTPServer) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.server_close()
    with pytest.raises(Unreachable, match="refused"):
        over_socket(server.server_port, attempts=1).send("GET", "/v1/x")
