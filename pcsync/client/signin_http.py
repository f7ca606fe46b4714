"""The transport under msal: repeats passing faults, and reaches an emulator without TLS.

Owns what leaves for the sign-in service. Must not import anything of pcsync but its client.
"""

from __future__ import annotations

import json
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import requests

from pcsync.client.answers import Ids, Reply, refusal
from pcsync.client.clock import Clock
from pcsync.client.clouds import Cloud, is_loopback
from pcsync.client.network import translated
from pcsync.client.retry import Retry
from pcsync.client.session import DIRECT, Network, open_session
from pcsync.errors import ApiError, SignInFailed, Unreachable


class HttpClient(Protocol):
    """What msal asks of a transport (`msal.oauth2cli.http.HttpClient`)."""

    def get(self, url: str, **options: Any) -> requests.Response:
        """GET a url."""

    def post(self, url: str, **options: Any) -> requests.Response:
        """POST to a url."""

    def close(self) -> None:
        """Let the connections go."""


def sign_in_http(
    cloud: Cloud, clock: Clock, retry: Retry, timeout: float = 30.0, network: Network = DIRECT
) -> HttpClient:
    """The transport for the sign-in service of this cloud; `timeout` in seconds for an answer."""
    session = open_session(cloud, network=network)
    session.auth = _as_msal_made_it
    plain = SignInHttp(session, clock, retry, timeout)
    return SwapScheme(plain) if cloud.authority.startswith("http://") else plain


class SignInHttp:
    """Sends msal's requests; connection failures, 429 and 5xx are repeated as Retry says.

    Raises Unreachable when no answer came, SignInFailed when a token's answer is not JSON (msal
    would log its text, which may hold tokens).
    """

    def __init__(
        self, session: requests.Session, clock: Clock, retry: Retry, timeout: float
    ) -> None:
        self._session, self._clock, self._retry = session, clock, retry
        self._timeout = timeout

    def get(self, url: str, **options: Any) -> requests.Response:
        """GET a url of the sign-in service: its discovery document."""
        return self._repeat("GET", url, options)

    def post(self, url: str, **options: Any) -> requests.Response:
        """POST to the sign-in service: ask for a token."""
        response = self._repeat("POST", url, options)
        if response.status_code < 500 and not _is_json(response.text):
            raise SignInFailed(
                f"the sign-in service answered {response.status_code}, but not JSON",
                "check the network: a proxy or a login page may be in between",
            )
        return response

    def close(self) -> None:
        """Close the session."""
        self._session.close()

    def _repeat(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        began, attempt = self._clock.monotonic(), 1
        while True:
            failure: ApiError | Unreachable
            try:
                response = self._once(method, url, options)
                if response.status_code < 500 and response.status_code != 429:
                    return response
                failure = _failed(method, url, response)
            except Unreachable as error:
                failure, response = error, None
            elapsed = self._clock.monotonic() - began
            wait = self._retry.delay(attempt, failure, method, elapsed)
            if wait is None:
                if response is None:
                    raise failure
                return response
            self._clock.sleep(wait)
            attempt += 1

    def _once(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        with translated(method, urlsplit(url).path):
            return self._session.request(
                method, url, timeout=self._timeout, allow_redirects=False, **options
            )


class SwapScheme:
    """Lets msal, which insists on https, talk to an emulator over http; to this machine only.

    msal wants https in the authority and in the discovery document. Here, below it, https becomes
    http. A url that leads to another host raises SignInFailed before anything is sent.
    """

    def __init__(self, inner: HttpClient) -> None:
        self._inner = inner

    def get(self, url: str, **options: Any) -> requests.Response:
        """GET the url over http."""
        return self._inner.get(swapped(url), **options)

    def post(self, url: str, **options: Any) -> requests.Response:
        """POST to the url over http."""
        return self._inner.post(swapped(url), **options)

    def close(self) -> None:
        """Close what is below."""
        self._inner.close()


def swapped(url: str) -> str:
    """An https url of this machine with http. Raises SignInFailed for any other host."""
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not is_loopback(url):
        raise SignInFailed(
            f"the emulator's sign-in leads to another machine: {parts.hostname}",
            "start the emulator again; if you changed its discovery document, undo that",
        )
    return urlunsplit(parts._replace(scheme="http"))


def _failed(method: str, url: str, response: requests.Response) -> ApiError:
    reply = Reply(response.status_code, response.reason or "", response.headers, b"")
    return refusal(Ids(method, urlsplit(url).path, "", ""), reply)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _as_msal_made_it(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No credentials of a ~/.netrc: requests would put them in where no `auth` is given."""
    return request
