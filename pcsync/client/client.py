"""Calls to Partner Center: headers, ids, repeats, pages.

Owns what one logical call is. Must not import anything of pcsync but the nouns and the errors.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import requests

from pcsync import __version__
from pcsync.client.alone import Alone
from pcsync.client.answers import Answer, Ids, no_next_page
from pcsync.client.body import encode
from pcsync.client.clock import Clock
from pcsync.client.door import Door
from pcsync.client.gate import Gate, OutOfTime
from pcsync.client.guard import is_read
from pcsync.client.hook import Nobody, OnRequest
from pcsync.client.links import TOKEN, LinkError, Next, next_page
from pcsync.client.policy import Policy
from pcsync.client.retry import Retry, in_doubt, is_answer
from pcsync.client.signed import Instruments, SignedDoor, Trip
from pcsync.client.tally import Counts, Tally
from pcsync.client.tokens import Tokens
from pcsync.errors import ApiError, PcsyncError, Unreachable

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ask:
    """One logical call. `pinned`: its `MS-RequestId` is the caller's, who journals it."""

    ids: Ids
    user: bool
    pinned: bool
    body: bytes | None = field(default=None, repr=False)
    if_match: str | None = None
    page: str | None = None
    validate_mfa: bool = False

    def headers(self) -> dict[str, str]:
        """All headers but the token's (conventions.md section 3)."""
        return {
            "Accept": "application/json",
            "MS-RequestId": self.ids.request_id,
            "MS-CorrelationId": self.ids.correlation_id,
            "X-Locale": "en-US",
            "MS-PartnerCenter-Application": "pcsync",
            "User-Agent": f"pcsync/{__version__}",
            **({"Content-Type": "application/json"} if self.body is not None else {}),
            **({"If-Match": quoted(self.if_match)} if self.if_match is not None else {}),
            **({TOKEN: self.page} if self.page is not None else {}),
            **({"ValidateMfa": "true"} if self.validate_mfa else {}),
        }


class Client:
    """Partner Center as one partner sees it. One client serves many threads.

    Unless `writable`, every request that is not a read is refused (rule SE1); without `posts` the
    three POSTs that store nothing are, too. `new_id` makes GUIDs, `timeout` is seconds for one
    answer to a read; a write is given no less than the service's own clients give (3 minutes).
    `gate` paces, `on_request` is told of every request.
    """

    def __init__(
        self,
        base_url: str,
        tokens: Tokens,
        session: requests.Session,
        *,
        writable: bool,
        clock: Clock,
        retry: Retry,
        new_id: Callable[[], str],
        timeout: float = 180.0,
        posts: bool = True,
        gate: Gate | None = None,
        on_request: OnRequest | None = None,
    ) -> None:
        self._tally, self._alone, self._hook = Tally(), Alone(), on_request or Nobody()
        self._door = Door(base_url, session, writable=writable, timeout=timeout, posts=posts)
        gate = gate or Gate(Policy(), clock)
        instruments = Instruments(gate, clock, self._tally, self._hook)
        self._signed = SignedDoor(self._door, tokens, instruments)
        self._clock, self._retry, self._new_id = clock, retry, new_id

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        user: bool = False,
        request_id: str | None = None,
        if_match: str | None = None,
        validate_mfa: bool = False,
    ) -> Answer:
        """One call, repeated as Retry says with the same `MS-RequestId` (conventions.md 4, 11).

        `path` starts with ``/v1/``, query included; `body` is plain data, Decimals stay exact.
        Raises ApiError, Unreachable, WriteRefused, SignInFailed. A busy resource (409) is an
        answer and is only waited for where the id is not the caller's: with the same id the
        service would repeat its answer. `validate_mfa` asks whether the token was made with MFA.
        """
        self._door.check(method, path)
        data = None if body is None else encode(body)
        ids = self._ids(method, path, request_id)
        pinned = request_id is not None
        return self._settle(Ask(ids, user, pinned, data, if_match, validate_mfa=validate_mfa))

    def pages(self, path: str, *, user: bool = False) -> Iterator[Any]:
        """The bodies of all pages of a list, each asked for when the one before is used up.

        Raises as `send` does, and ApiError with code ``links.next`` when a link leads to another
        service or a page comes a second time (conventions.md section 6).
        """
        self._door.check("GET", path)
        at: Next | None = Next(path, None)
        seen = {path}
        while at:
            ids = self._ids("GET", at.path, None)
            body = self._settle(Ask(ids, user, False, page=at.token)).body
            yield body
            at = self._next(ids, body, seen)

    def service_time(self) -> datetime | None:
        """The newest time the service gave in a `Date` header, aware UTC; None before that."""
        return self._tally.time()

    @property
    def reads(self) -> Counts:
        """Requests and answered calls that store nothing, the three POSTs of SE1 included."""
        return self._tally.counts(read=True)

    @property
    def writes(self) -> Counts:
        """Requests and answered calls that may have changed something."""
        return self._tally.counts(read=False)

    def _ids(self, method: str, path: str, request_id: str | None) -> Ids:
        return Ids(method, path, request_id or self._new_id(), self._new_id())

    def _settle(self, ask: Ask) -> Answer:
        """Ask until there is an answer that stays."""
        with self._alone.calling(ask.ids.request_id) if ask.pinned else nullcontext():
            return self._asked(ask)

    def _asked(self, ask: Ask) -> Answer:
        began, attempt = self._clock.monotonic(), 1
        doubt: PcsyncError | None = None
        while True:
            try:
                until = began + self._retry.deadline
                trip = Trip(ask.ids, ask.headers(), ask.body, ask.user, until, attempt)
                found = self._signed.ask(trip)
                self._answered(ask)
                return found
            except OutOfTime as late:
                raise doubt or late from None
            except (ApiError, Unreachable) as failure:
                doubt = failure if in_doubt(failure) else doubt
                wait = self._wait(ask, attempt, failure, self._clock.monotonic() - began)
                if wait is None:
                    if isinstance(failure, ApiError):
                        self._answered(ask)
                    if doubt in {None, failure} or is_answer(failure):
                        raise
                    raise doubt from None
                if is_answer(failure):
                    ask = replace(ask, ids=replace(ask.ids, request_id=self._new_id()))
            self._clock.sleep(wait)
            attempt += 1

    def _wait(self, ask: Ask, attempt: int, failure: PcsyncError, elapsed: float) -> float | None:
        if ask.pinned and is_answer(failure):
            return None
        wait = self._retry.delay(attempt, failure, ask.ids.method, elapsed)
        if wait is not None:
            LOG.info("try %d failed, next in %.1f s: %s", attempt, wait, failure)
            self._hook.waiting(ask.ids.method, ask.ids.path, wait, failure.what)
        return wait

    def _answered(self, ask: Ask) -> None:
        self._tally.answered(read=is_read(ask.ids.method, ask.ids.path))

    def _next(self, ids: Ids, body: Any, seen: set[str]) -> Next | None:
        try:
            found = next_page(body, self._door.base_url)
            if found is None:
                return None
            self._door.check("GET", found.path)
        except ValueError as error:
            raise no_next_page(ids, _why(error)) from error
        mark = found.token or found.path
        if mark in seen:
            raise no_next_page(ids, "the link leads to a page that was read already")
        seen.add(mark)
        return found


def quoted(etag: str) -> str:
    """An etag as `If-Match` wants it: in double quotes, which some etags bring along."""
    return etag if len(etag) > 1 and etag[0] == etag[-1] == '"' else f'"{etag}"'


def _why(error: ValueError) -> str:
    return str(error) if isinstance(error, LinkError) else "the link to the next page is malformed"
