"""Every way to sign in, through the real msal against the emulator's sign-in service."""

from __future__ import annotations

import logging
import os
import stat
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from pcsync.client import (
    Identity,
    Source,
    WrongTenant,
    claims,
    login,
    logout,
)
from pcsync.client.signin import App
from pcsync.client.signin_certificate import credential
from pcsync.client.signin_keep import by_command, in_file
from pcsync.emulator import load_world, running
from pcsync.errors import ApiError, SettingsError, SignInFailed, SinkError
from pcsync.model import Can

from .office import (
    ANA,
    CANARY,
    Office,
    Pipeline,
    by_secret,
    certificate,
    key_pair,
    pem,
    registered,
    users_of,
    vouched,
    with_user,
    world,
)


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with running(load_world(world())) as started:
        yield started


@pytest.fixture
def office(server: Any, tmp_path: Path) -> Iterator[Office]:
    made = Office(server.url, server.world.partner.tenant_id, tmp_path)
    made.control("POST", "reset")
    made.control("DELETE", "faults")
    made.control("DELETE", "calls")
    yield made
    made.close()


def test_client_secret(office: Office) -> None:
    tokens = office.tokens(by_secret())
    assert tokens.can == {Can.APP}
    assert len(office.customers(tokens)) == 16


def test_certificate_with_the_thumbprint_that_msal_makes(office: Office) -> None:
    key, own = pem(key_pair()), registered()
    for text in (key + own, own + key):
        tokens = office.tokens(Identity("certificate", "with-certificate", certificate=text))
        assert len(office.customers(tokens)) == 16


@pytest.mark.parametrize("wrong", ["no pem at all", "ec", "other", "no certificate", "broken"])
def test_a_certificate_that_can_not_be_used_is_said_before_anything_is_sent(wrong: str) -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    texts = {
        "no pem at all": CANARY,
        "ec": pem(curve) + certificate(curve),
        "other": pem(other) + certificate(key_pair()),
        "no certificate": pem(other),
        "broken": f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n"
        + certificate(other),
    }
    with pytest.raises(SettingsError) as caught:
        credential(texts[wrong])
    text = "\n".join(caught.value.lines())
    assert CANARY not in text
    assert "PRIVATE" not in text
    assert "cat key.pem cert.pem" in text


@pytest.fixture
def pipeline() -> Iterator[Any]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Pipeline)
    made.asked, made.machine = [], {}
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.mark.parametrize("kind", ["github", "azureDevOps", "env", "file", "auto"])
def test_federation(office: Office, pipeline: Any, tmp_path: Path, kind: str) -> None:
    root = f"http://127.0.0.1:{pipeline.server_port}"
    (tmp_path / "token").write_text(vouched() + "\n")
    source, environment = {
        "github": (
            Source("github", "api://AzureADTokenExchange"),
            {
                "ACTIONS_ID_TOKEN_REQUEST_URL": f"{root}/token?api=2",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN": CANARY,
            },
        ),
        "azureDevOps": (
            Source("azureDevOps", "0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c00aa"),
            {"SYSTEM_OIDCREQUESTURI": f"{root}/oidc", "SYSTEM_ACCESSTOKEN": CANARY},
        ),
        "env": (Source("env", "PC_ID_TOKEN"), {"PC_ID_TOKEN": vouched()}),
        "file": (Source("file", str(tmp_path / "token")), {}),
        "auto": (Source(), {"AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "token")}),
    }[kind]
    office.environment.update(environment)
    tokens = office.tokens(Identity("federated", "vouched-for", source=source))
    assert len(office.customers(tokens)) == 16
    asked = [(path, headers["Authorization"]) for path, headers in pipeline.asked]
    assert all(how == f"Bearer {CANARY}" for _, how in asked)
    if kind == "github":
        assert asked[0][0] == "/token?api=2&audience=api%3A%2F%2FAzureADTokenExchange"
    if kind == "azureDevOps":
        assert "serviceConnectionId=0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c00aa" in asked[0][0]


@pytest.mark.parametrize(
    "source,says",
    [
        (Source(), "id-token: write"),
        (Source("github"), "id-token: write"),
        (Source("env", "PC_ID_TOKEN"), "PC_ID_TOKEN"),
        (Source("azureDevOps"), "Azure Pipelines"),
        (Source("file", "nowhere/token"), "nowhere/token"),
    ],
)
def test_federation_without_a_token_says_what_is_missing(
    office: Office, source: Source, says: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        office.customers(office.tokens(Identity("federated", "vouched-for", source=source)))
    assert says in "\n".join(caught.value.lines())


def test_federation_with_a_user(office: Office) -> None:
    office.environment["PC_ID_TOKEN"] = vouched()
    identity = Identity(
        "federated",
        "vouched-for",
        source=Source("env", "PC_ID_TOKEN"),
        refresh_token=f"refresh-{CANARY}",
    )
    tokens = office.tokens(identity)
    assert tokens.can == {Can.APP, Can.USER}


def test_the_rotated_token_is_on_disk_before_the_token_is_used(
    office: Office, tmp_path: Path
) -> None:
    place = tmp_path / "refresh"
    tokens = office.tokens(with_user(in_file(place)))
    tokens.token(user=True)
    first = place.read_text()
    assert first not in {"", f"refresh-{CANARY}"}
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["refresh"]
    again = office.tokens(with_user(token=first))
    assert users_of(office, again)["items"] == []


def test_a_file_that_can_not_be_written_stops_the_call_before_it_is_sent(
    office: Office, tmp_path: Path
) -> None:
    tokens = office.tokens(with_user(in_file(tmp_path / "missing" / "refresh")))
    with pytest.raises(SinkError) as caught:
        users_of(office, tokens)
    assert CANARY not in "\n".join(caught.value.lines())
    assert not [call for call in office.control("GET", "calls") if "/users" in call["path"]]


def test_a_command_gets_the_token_on_its_standard_input(tmp_path: Path) -> None:
    place = tmp_path / "seen"
    by_command(["sh", "-c", f"cat > {place}; echo {CANARY}"])(f"new-{CANARY}")
    assert place.read_text() == f"new-{CANARY}"
    for command in (["sh", "-c", "cat >&2; exit 3"], ["no-such-command-here"]):
        with pytest.raises(SinkError) as caught:
            by_command(command)(f"new-{CANARY}")
        assert CANARY not in "\n".join(caught.value.lines())


def test_refresh_token_of_a_public_app_is_for_its_user_alone(office: Office) -> None:
    tokens = office.tokens(Identity("refreshToken", "people", refresh_token=f"refresh-{CANARY}"))
    assert tokens.can == {Can.USER}
    assert users_of(office, tokens)["items"] == []
    assert len(office.customers(tokens)) == 16  # a user's token where an app's would do


def test_an_expired_refresh_token_says_consent_again(office: Office) -> None:
    tokens = office.tokens(with_user())
    office.control("POST", "clock", {"advance": "P91D"})
    with pytest.raises(SignInFailed) as caught:
        tokens.token(user=True)
    assert "consent again" in caught.value.advice
    assert CANARY not in "\n".join(caught.value.lines())


def test_a_user_without_mfa_is_told_to_consent_again(office: Office) -> None:
    tokens = office.tokens(with_user(token=f"no-mfa-{CANARY}"))
    with pytest.raises(ApiError) as caught:
        users_of(office, tokens)
    assert (caught.value.status, caught.value.code) == (401, "900421")
    assert "consent again with MFA" in caught.value.advice


def approved(office: Office, **words: Any) -> Any:
    """Somebody who does in the browser what `pcsync login` says."""

    def show(message: str) -> None:
        code = message.partition("the code ")[2].partition(" ")[0]
        office.control("POST", "signin/approve", {"userCode": code, **words})

    return show


def test_device_code_login_plan_and_logout(office: Office, tmp_path: Path) -> None:
    app, cache = App(office.tenant, "people", None), office.cache()
    identity = Identity("deviceCode", "people")
    with pytest.raises(SignInFailed) as caught:
        office.tokens(identity).token(user=True)
    assert "pcsync login" in caught.value.advice
    show = approved(office, userPrincipalName=ANA)
    who = login(office.desk.cloud, app, office.http, cache, office.clock, show)
    assert who["preferred_username"] == ANA
    (kept,) = [path for path in tmp_path.rglob("login-*") if path.suffix == ".bin"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    tokens = office.tokens(identity)
    assert users_of(office, tokens)["items"] == []
    office.control("POST", "clock", {"advance": "PT2H"})
    assert users_of(office, tokens)["items"] == []  # renewed by what the cache holds
    assert logout(office.desk.cloud, app, office.http, office.cache()) == 1
    with pytest.raises(SignInFailed):
        office.tokens(identity).token(user=True)


def test_a_declined_device_code_is_a_failed_sign_in(office: Office) -> None:
    app = App(office.tenant, "people", None)
    show = approved(office, userPrincipalName=ANA, decline=True)
    with pytest.raises(SignInFailed):
        login(office.desk.cloud, app, office.http, office.cache(), office.clock, show)


def test_managed_identity(office: Office, pipeline: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    token = office.tokens(by_secret()).token(user=False)
    pipeline.machine = {"access_token": token, "expires_on": str(int(time.time()) + 3600)}
    pipeline.machine |= {"resource": "x", "token_type": "Bearer"}
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{pipeline.server_port}/msi")
    monkeypatch.setenv("IDENTITY_HEADER", CANARY)
    tokens = office.tokens(Identity("managedIdentity", "0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c0001"))
    assert len(office.customers(tokens)) == 16
    assert "client_id=0d6e7f10" in pipeline.asked[0][0]


def test_expiry_in_the_middle_of_16_threads_that_write_is_one_refresh(office: Office) -> None:
    tokens = office.tokens(by_secret())
    customers = office.customers(tokens)
    client, before = office.client(tokens, writable=True), office.http.posts
    together = threading.Barrier(16)

    def write(customer: str) -> int:
        status = 0
        for amount in (10, 20):
            path = f"/v1/customers/{customer}/usagebudget"
            status = client.send("PATCH", path, {"amount": amount}).status
            if together.wait() == 0:
                office.control("POST", "clock", {"advance": "PT2H"})
            together.wait()
        return status

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(write, customers)) == {200}
    assert office.http.posts - before == 1
    calls = [call for call in office.control("GET", "calls") if call["method"] == "PATCH"]
    assert {call["status"] for call in calls} == {200, 401}


def test_se8_a_token_of_another_tenant_is_refused_before_anything_is_read(office: Office) -> None:
    kept: list[str] = []
    other = "11111111-2222-3333-4444-555555555555"
    tokens = office.tokens(with_user(kept.append))
    tokens._tenant = other  # as if the file named another partner than the one signed in to
    for user in (False, True):
        with pytest.raises(WrongTenant) as caught:
            office.client(tokens).send("GET", "/v1/customers", user=user)
        assert other in caught.value.what
    assert kept == []
    assert office.control("GET", "calls") == []


def test_an_opaque_token_is_not_judged() -> None:
    for token in ("opaque", "a.b.c", "a.e30.c", ""):
        assert claims(token) == {}


def test_canaries_stand_in_no_error_and_no_log(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = [
        replace(by_secret(), secret=f"wrong-{CANARY}"),
        replace(by_secret(), app="nobody"),
        with_user(token=f"other-{CANARY}"),
        Identity("refreshToken", "people", refresh_token=f"other-{CANARY}"),
    ]
    with caplog.at_level(logging.DEBUG):
        for identity in wrong:
            tokens = office.tokens(identity)
            with pytest.raises(SignInFailed) as caught:
                tokens.token(user=Can.USER in tokens.can)
            assert CANARY not in "\n".join(caught.value.lines()) + repr(caught.value)
            assert CANARY not in repr(identity)
    assert CANARY not in caplog.text
