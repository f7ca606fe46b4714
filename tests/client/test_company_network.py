"""Company networks: authorities of one's own, proxies, variables; for the API and for msal."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from pcsync.client import (
    CLOUDS,
    Cloud,
    Network,
    Retry,
    emulator,
    open_session,
    sign_in_http,
)
from pcsync.client.session import AUTHORITIES

from .fakes import FakeClock

API = "https://api.partnercenter.microsoft.com/v1/customers"
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*AUTHORITIES, *PROXIES, *(each.upper() for each in PROXIES)):
        monkeypatch.delenv(name, raising=False)


def options(network: Network = Network(), url: str = API) -> Any:  # noqa: B008
    session = open_session(CLOUDS["global"], network=network)
    return session.merge_environment_settings(url, {}, False, None, None)


@pytest.mark.parametrize("name", AUTHORITIES)
def test_variables_name_authorities(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "company.pem")
    assert options()["verify"] == "company.pem"
    assert options(Network(ca="settings.pem"))["verify"] == "settings.pem"


def test_without_anything_the_usual_authorities_are_trusted_and_always_asked() -> None:
    assert options()["verify"] is True
    assert options()["proxies"] == {}


def test_proxies_of_the_environment_and_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://environment.example:1")
    assert options()["proxies"]["https"] == "http://environment.example:1"
    settings = Network(proxy="http://settings.example:2")
    assert options(settings)["proxies"]["https"] == "http://settings.example:2"
    monkeypatch.setenv("NO_PROXY", ".microsoft.com")
    assert options(settings)["proxies"] == {}


def test_the_emulator_is_never_reached_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://environment.example:1")
    session = open_session(
        emulator("http://127.0.0.1:8080"), network=Network(proxy="http://settings.example:2")
    )
    found = session.merge_environment_settings("http://127.0.0.1:8080/v1/x", {}, False, None, None)
    assert not found["proxies"]


class Service(BaseHTTPRequestHandler):
    """Says which url it was asked for: a proxy is asked for a whole one."""

    def do_GET(self) -> None:
        raw = b'{"url": "%s"}' % self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def serve(context: ssl.SSLContext | None) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def proxy() -> Iterator[ThreadingHTTPServer]:
    yield from serve(None)


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[ThreadingHTTPServer, str]]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "company")])
    now = dt.datetime.now(dt.UTC)
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
    made = made.not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([here]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    place, pem = tmp_path / "company.pem", serialization.Encoding.PEM
    place.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (tmp_path / "key.pem").write_bytes(key.private_bytes(pem, form, none))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place, tmp_path / "key.pem")
    for server in serve(context):
        yield server, str(place)


def test_a_companys_authority_is_trusted_where_the_settings_say(secure: Any) -> None:
    server, place = secure
    url = f"https://127.0.0.1:{server.server_port}"
    cloud = Cloud("test", url, url)
    with open_session(cloud) as session, pytest.raises(requests.exceptions.SSLError):
        session.get(f"{url}/v1/x", timeout=5)
    with open_session(cloud, network=Network(ca=place)) as session:
        assert session.get(f"{url}/v1/x", timeout=5).json() == {"url": "/v1/x"}
    http = sign_in_http(cloud, FakeClock(), Retry(), network=Network(ca=place))
    assert http.get(f"{url}/discovery").json() == {"url": "/discovery"}
    http.close()


def test_msal_and_the_api_go_through_the_proxy(proxy: ThreadingHTTPServer) -> None:
    network = Network(proxy=f"http://127.0.0.1:{proxy.server_port}")
    there = "http://partner.example/v1/x"
    cloud = Cloud("test", "http://partner.example", "https://login.example")
    with open_session(cloud, network=network) as session:
        assert session.get(there, timeout=5).json() == {"url": there}
    http = sign_in_http(cloud, FakeClock(), Retry(), network=network)
    assert http.get(there).json() == {"url": there}
    http.close()
