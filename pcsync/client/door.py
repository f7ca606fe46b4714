"""The one function through which requests leave for Partner Center (rule SE1).

Owns the refusal of writes, the token's place in the request, and the ban on redirects. Must not
import anything of pcsync but the errors and its client.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import requests
from requests.auth import AuthBase

from pcsync.client.answers import Reply
from pcsync.client.guard import READS, is_read
from pcsync.client.network import translated
from pcsync.client.retry import NotSent
from pcsync.errors import WriteRefused

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})

CONNECT = 30.0
"""Seconds for making a connection; the longer time is for the answer."""

WRITE = 180.0
"""Seconds after which a write no longer runs at the service: its own clients wait as long."""

_DOTS = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)


class Door:
    """Sends single requests to one service. Thread-safe; `timeout` is in seconds."""

    def __init__(
        self,
        base_url: str,
        session: requests.Session,
        *,
        writable: bool,
        timeout: float,
        posts: bool = True,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._session, self._writable, self._posts = session, writable, posts
        self._connect, self._timeout = min(CONNECT, timeout), timeout

    def check(self, method: str, path: str) -> None:
        """Raises WriteRefused on a write in a session that may only read.

        Raises ValueError on a method or path that no step can have: a defect of the caller.
        """
        if method not in METHODS:
            raise ValueError(f"not a method of the service: {method}")
        if not _is_plain(path):
            raise ValueError(f"not a path of the service: {path}")
        if self._writable or method in READS:
            return
        if not is_read(method, path):
            raise WriteRefused(method, path)
        if not self._posts:
            raise NotSent(method, path, "`preflightPosts: false` in the settings drops it")

    def _seconds(self, method: str) -> tuple[float, float]:
        """For the connection, and for the answer: a write that may still run is not repeated."""
        answer = self._timeout if method in READS else max(self._timeout, WRITE)
        return self._connect, answer

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, token: str
    ) -> Reply:
        """One request, one reply. Raises WriteRefused, and Unreachable if there was no reply."""
        self.check(method, path)
        with translated(method, path):
            response = self._session.request(
                method,
                self.base_url + path,
                headers=dict(headers),
                data=body,
                auth=Bearer(token),
                timeout=self._seconds(method),
                allow_redirects=False,
            )
        return Reply(
            response.status_code,
            response.reason or "",
            MappingProxyType(response.headers),
            response.content,
        )


class Bearer(AuthBase):
    """Puts the token into the request; set as `auth`, for else a ~/.netrc would win over it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the header."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _is_plain(path: str) -> bool:
    """Whether the service sees this very path: below /v1/, no fragment, space or dot segment."""
    if not path.startswith("/v1/") or re.search(r"[#\\\x00-\x20\x7f]", path):
        return False
    return _DOTS.search(path.partition("?")[0]) is None
