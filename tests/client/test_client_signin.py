"""Tokens through the real msal, over a transport of our own."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msal
import pytest
import requests

from pcsync.client import CLOUDS, App, Consent, MsalTokens, Retry, emulator, sign_in_http
from pcsync.client.advice import CONSENT_AGAIN
from pcsync.client.signin_errors import BY_AADSTS, BY_ERROR
from pcsync.client.signin_http import SignInHttp, SwapScheme, swapped
from pcsync.errors import SignInFailed, SinkError
from pcsync.model import Can

from .fakes import FakeClock, Stub, reply

TENANT = "2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11"
SECRET = "s3cr3t-of-the-app"
LOGIN = "https://login.microsoftonline.com"
Form = dict[str, str]


class Entra:
    """A sign-in service: a discovery document, and `grant` for each form that is posted."""

    def __init__(self, grant: Callable[[Form], Any] | None = None, lasts: Any = 3600) -> None:
        self.forms: list[Form] = []
        self.grant, self.lasts = grant or self.granted, lasts
        self.discovery: requests.Response | None = None
        self.endpoint = f"{LOGIN}/{TENANT}/oauth2/v2.0/token"

    def granted(self, form: Form) -> Any:
        number = len(self.forms)
        kind = "user" if form["grant_type"] == "refresh_token" else "app"
        body = {"token_type": "Bearer", "access_token": f"{kind}-{number}"}
        body |= {"expires_in": self.lasts, "ext_expires_in": 3600}
        return body | ({"refresh_token": f"rotated-{number}"} if kind == "user" else {})

    def __call__(self, request: requests.PreparedRequest) -> requests.Response:
        if request.method == "GET":
            authority = f"{LOGIN}/{TENANT}"
            endpoints = {"authorization_endpoint": f"{authority}/x", "issuer": authority}
            if self.discovery is not None:
                return self.discovery
            return reply(200, {**endpoints, "token_endpoint": self.endpoint})
        form = {name: values[0] for name, values in parse_qs(str(request.body)).items()}
        self.forms.append(form)
        found = self.grant(form)
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, requests.Response) else reply(200, found)


class Desk:
    """Tokens, the service behind them, and what was kept."""

    def __init__(self, entra: Entra, *, user: bool = True, **more: Any) -> None:
        self.entra, self.clock, self.kept = entra, FakeClock(), []
        self.stub = Stub(entra)
        session = requests.Session()
        session.mount("https://", self.stub)
        retry = Retry(jitter=lambda: 0.0)
        self.tokens = MsalTokens(
            CLOUDS["global"],
            App(TENANT, "0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c0001", SECRET),
            SignInHttp(session, self.clock, retry, 30.0),
            self.clock,
            consent=Consent("refresh-0", self.kept.append) if user else None,
            **more,
        )


def test_app_only_by_client_secret() -> None:
    desk = Desk(Entra())
    assert desk.tokens.token(user=False) == "app-1"
    form = desk.entra.forms[0]
    assert form["grant_type"] == "client_credentials"
    assert form["scope"] == "https://api.partnercenter.microsoft.com/.default"
    assert form["client_secret"] == SECRET
    assert desk.tokens.token(user=False) == "app-1"
    assert len(desk.entra.forms) == 1


def test_app_and_user_by_refresh_token_which_is_kept_before_use() -> None:
    desk = Desk(Entra())
    assert desk.tokens.token(user=True) == "user-1"
    form = desk.entra.forms[0]
    assert form["grant_type"] == "refresh_token"
    assert form["refresh_token"] == "refresh-0"
    wanted = "https://api.partnercenter.microsoft.com/user_impersonation"
    assert wanted in form["scope"].split()
    assert desk.kept == ["rotated-1"]
    desk.tokens.refresh(user=True)
    assert desk.tokens.token(user=True) == "user-2"
    assert desk.entra.forms[1]["refresh_token"] == "rotated-1"
    assert desk.kept == ["rotated-1", "rotated-2"]


def test_se5_a_token_is_not_used_while_its_refresh_token_cannot_be_kept() -> None:
    desk = Desk(Entra())
    kept: list[str] = []

    def keep(token: str) -> None:
        if len(desk.entra.forms) < 2:
            raise SinkError("the vault is closed")
        kept.append(token)

    desk.tokens = MsalTokens(
        CLOUDS["global"],
        App(TENANT, "app", SECRET),
        SignInHttp(desk.tokens._http._session, desk.clock, Retry(), 30.0),
        desk.clock,
        consent=Consent("refresh-0", keep),
    )
    with pytest.raises(SinkError):
        desk.tokens.token(user=True)
    assert desk.tokens.token(user=True) == "user-2"
    assert [form["refresh_token"] for form in desk.entra.forms] == ["refresh-0", "refresh-0"]
    assert kept == ["rotated-2"]


def test_a_refresh_token_that_stays_is_not_kept_again() -> None:
    def same(_: Form) -> Any:
        return {"access_token": "user", "expires_in": 3600, "refresh_token": "refresh-0"}

    desk = Desk(Entra(same))
    desk.tokens.token(user=True)
    assert desk.kept == []


def test_without_a_consent_user_calls_say_what_is_missing() -> None:
    desk = Desk(Entra(), user=False)
    assert desk.tokens.can == {Can.APP}
    for ask in (desk.tokens.token, desk.tokens.refresh):
        with pytest.raises(SignInFailed) as caught:
            ask(user=True)
        assert "refresh token" in caught.value.advice
    assert desk.entra.forms == []


def test_both_kinds_are_kept_apart_and_app_only_is_preferred() -> None:
    desk = Desk(Entra())
    assert desk.tokens.can == {Can.APP, Can.USER}
    assert (desk.tokens.token(user=False), desk.tokens.token(user=True)) == ("app-1", "user-2")
    desk.tokens.refresh(user=False)
    assert (desk.tokens.token(user=True), desk.tokens.token(user=False)) == ("user-2", "app-3")


def test_a_user_can_be_preferred_where_there_is_a_consent() -> None:
    assert Desk(Entra(), prefer=Can.USER).tokens.token(user=False) == "user-1"
    assert Desk(Entra(), prefer=Can.USER, user=False).tokens.token(user=False) == "app-1"


@pytest.mark.parametrize(
    "lasts,good", [(3600, 3300.0), ("3599", 3299.0), (60, 30.0), (None, 3300.0)]
)
def test_a_token_is_renewed_before_its_end(lasts: Any, good: float) -> None:
    def grant(_: Form) -> Any:
        body = {"access_token": f"app-{len(entra.forms)}"}
        return body | ({"expires_in": lasts} if lasts is not None else {})

    entra = Entra(grant)
    desk = Desk(entra, user=False)
    assert desk.tokens.token(user=False) == "app-1"
    desk.clock.sleep(good - 0.5)
    assert desk.tokens.token(user=False) == "app-1"
    desk.clock.sleep(0.5)
    assert desk.tokens.token(user=False) == "app-2"


def test_under_load_one_thread_gets_the_token_for_all() -> None:
    def slowly(form: Form) -> Any:
        time.sleep(0.05)  # long enough for the others to come and ask
        return entra.granted(form)

    entra = Entra(slowly)
    desk = Desk(entra)
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda n: desk.tokens.token(user=n % 2 == 0), range(64)))
    assert len(found) == 2
    assert len(desk.entra.forms) == 2
    assert len(desk.kept) == 1


def test_a_netrc_adds_nothing_to_a_sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine login.microsoftonline.com login contoso password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    http = sign_in_http(CLOUDS["global"], FakeClock(), Retry())
    stub = Stub(lambda _: reply(200, {}))
    http._session.mount("https://", stub)
    http.post(f"{LOGIN}/x", data={"a": "b"})
    assert "Authorization" not in stub.sent[0].headers


def oauth_error(error: str, said: str, status: int = 400) -> Callable[[Form], Any]:
    return lambda _: reply(status, {"error": error, "error_description": said})


@pytest.mark.parametrize(
    "error,said,advice",
    [
        ("invalid_client", "AADSTS7000215: Invalid client secret.", BY_ERROR["invalid_client"]),
        ("invalid_client", "AADSTS7000222: expired", BY_AADSTS["7000222"]),
        ("invalid_client", "", BY_ERROR["invalid_client"]),
        ("invalid_grant", "AADSTS700082: expired", BY_AADSTS["700082"]),
        ("invalid_grant", "AADSTS50076: MFA", CONSENT_AGAIN),
        ("invalid_grant", "AADSTS1: new", BY_ERROR["invalid_grant"]),
        ("interaction_required", "", CONSENT_AGAIN),
        ("unauthorized_client", "AADSTS700016: no app", BY_AADSTS["700016"]),
        ("something_new", "AADSTS9: ?", "check `partner.tenantId`, the app's id and its secret"),
    ],
)
def test_refusals_say_what_to_do(error: str, said: str, advice: str) -> None:
    desk = Desk(Entra(oauth_error(error, said)))
    with pytest.raises(SignInFailed) as caught:
        desk.tokens.token(user=True)
    assert error in caught.value.what
    assert caught.value.advice == advice


def test_no_secret_stands_in_an_error(caplog: pytest.LogCaptureFixture) -> None:
    said = f"AADSTS1: tried {SECRET} and refresh-0\nTrace ID: 1"
    for grant in (oauth_error("invalid_grant", said), lambda _: ValueError(f"broken {SECRET}")):
        desk = Desk(Entra(grant))
        with pytest.raises(SignInFailed) as caught, caplog.at_level(logging.DEBUG):
            desk.tokens.token(user=True)
        text = "\n".join(caught.value.lines())
        assert SECRET not in text
        assert "refresh-0" not in text
        assert "Trace" not in text
    assert SECRET not in caplog.text


def test_an_answer_without_token_or_error_is_a_refusal() -> None:
    with pytest.raises(SignInFailed, match="no token"):
        Desk(Entra(lambda _: {"token_type": "Bearer"})).tokens.token(user=False)


def test_an_answer_that_is_no_json_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(Entra(lambda _: reply(200, b"<html>access_token hunter2")))
    with pytest.raises(SignInFailed, match="not JSON"), caplog.at_level(logging.DEBUG):
        desk.tokens.token(user=False)
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize(
    "discovery", [reply(400, {"error": "invalid_tenant"}), reply(200, b"<html>"), reply(200, {})]
)
def test_a_useless_discovery_document_is_a_failed_sign_in(discovery: requests.Response) -> None:
    entra = Entra()
    entra.discovery = discovery
    with pytest.raises(SignInFailed) as caught:
        Desk(entra).tokens.token(user=False)
    assert "partner.tenantId" in caught.value.advice


def test_passing_faults_are_repeated() -> None:
    left = iter([requests.ConnectionError(), reply(503), reply(200, {"access_token": "app"})])
    desk = Desk(Entra(lambda _: next(left)))
    assert desk.tokens.token(user=False) == "app"
    assert desk.clock.slept == [0.5, 1.0]


@pytest.mark.parametrize("fault", [requests.ConnectionError(), reply(503)])
def test_lasting_faults_are_a_failed_sign_in(fault: Any) -> None:
    desk = Desk(Entra(lambda _: fault))
    with pytest.raises(SignInFailed):
        desk.tokens.token(user=False)
    assert len(desk.entra.forms) == 3


RAISED_BY_MSAL = [
    found
    for found in vars(msal.exceptions).values()
    if isinstance(found, type) and issubclass(found, msal.exceptions.MsalError)
]


@pytest.mark.parametrize("kind", RAISED_BY_MSAL, ids=lambda kind: kind.__name__)
def test_every_exception_of_msal_is_a_failed_sign_in(kind: type[Exception]) -> None:
    named = {"error": "e", "error_description": "d"}
    error = kind("x", **named) if kind is msal.exceptions.MsalServiceError else kind("x")
    with pytest.raises(SignInFailed):
        Desk(Entra(lambda _: error)).tokens.token(user=False)


@pytest.mark.parametrize("status", [301, 302, 307])
def test_sign_in_follows_no_redirect(status: int) -> None:
    away = reply(status, {}, {"Location": "https://elsewhere.example/token"})
    desk = Desk(Entra(lambda _: away))
    with pytest.raises(SignInFailed):
        desk.tokens.token(user=False)
    assert all(request.url.startswith(LOGIN) for request in desk.stub.sent)


def test_only_this_machine_is_reached_without_tls() -> None:
    assert swapped("https://127.0.0.1:99/a?b=c") == "http://127.0.0.1:99/a?b=c"
    assert swapped("https://localhost/a") == "http://localhost/a"
    for url in ("https://login.microsoftonline.com/x", "https://127.0.0.1@contoso.example/x"):
        with pytest.raises(SignInFailed):
            swapped(url)


def test_the_scheme_is_swapped_for_an_emulator_only() -> None:
    clock, retry = FakeClock(), Retry()
    local = sign_in_http(emulator("http://127.0.0.1:1"), clock, retry)
    real = sign_in_http(CLOUDS["global"], clock, retry)
    assert isinstance(local, SwapScheme)
    assert isinstance(real, SignInHttp)
    local.close()
    real.close()


def test_an_emulators_discovery_document_cannot_lead_secrets_away() -> None:
    entra = Entra()
    session = requests.Session()
    stub = Stub(entra)
    session.mount("http://", stub)
    session.mount("https://", stub)
    clock = FakeClock()
    http = SwapScheme(SignInHttp(session, clock, Retry(), 30.0))
    tokens = MsalTokens(emulator("http://127.0.0.1:9"), App(TENANT, "app", SECRET), http, clock)
    with pytest.raises(SignInFailed, match="another machine"):
        tokens.token(user=False)
    entra.endpoint = f"https://127.0.0.1:9/{TENANT}/oauth2/v2.0/token"
    tokens = MsalTokens(emulator("http://127.0.0.1:9"), App(TENANT, "app", SECRET), http, clock)
    assert tokens.token(user=False) == "app-1"
    assert {request.url.partition("/" + TENANT)[0] for request in stub.sent} == {
        "http://127.0.0.1:9"
    }


def test_secrets_stand_in_no_repr() -> None:
    assert SECRET not in repr(App(TENANT, "app", SECRET))
    assert "refresh-0" not in repr(Consent("refresh-0", print))
