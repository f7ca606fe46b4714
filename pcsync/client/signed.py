"""Single requests with a token: a refused one is renewed once, one without MFA never tried again.

Owns the answer to a 401 (conventions.md sections 2 and 11, rule DE6), and passes each request
through the gate. Must not import anything of pcsync but the errors and its client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock

from pcsync.client.advice import CONSENT_AGAIN, MFA
from pcsync.client.answers import Answer, Ids, Reply, answer, retry_after
from pcsync.client.clock import Clock
from pcsync.client.door import Door
from pcsync.client.gate import Gate, Passage
from pcsync.client.guard import is_read
from pcsync.client.hook import Attempt, OnRequest
from pcsync.client.policy import customer_of
from pcsync.client.scrub import sent_secrets
from pcsync.client.tally import Tally
from pcsync.client.tokens import Tokens
from pcsync.errors import ApiError, SignInFailed, Unreachable


@dataclass(frozen=True, slots=True)
class Trip:
    """One request: try `number` of its call; it must have left before the monotonic `until`."""

    ids: Ids
    headers: Mapping[str, str]
    body: bytes | None = field(repr=False)
    user: bool
    until: float
    number: int = 1


@dataclass(frozen=True, slots=True)
class Instruments:
    """What a request passes and who hears of it."""

    gate: Gate
    clock: Clock
    tally: Tally
    hook: OnRequest


class SignedDoor:
    """A door with tokens. Thread-safe.

    After one 900421 no further call of that kind leaves: enforcement rises by share of calls, so
    that an apply would otherwise do half of its work.
    """

    def __init__(self, door: Door, tokens: Tokens, instruments: Instruments) -> None:
        self._door, self._tokens, self._with = door, tokens, instruments
        self._renewing = Lock()
        self._stopped: frozenset[bool] = frozenset()

    def ask(self, trip: Trip) -> Answer:
        """One request, two if its token has to be renewed.

        Raises ApiError, Unreachable, WriteRefused, SignInFailed.
        """
        token = self._token(trip.user)
        try:
            return self._once(trip, token)
        except ApiError as failure:
            if failure.status != 401 or failure.code == MFA:
                raise
        self._renew(token, trip.user)
        return self._once(replace(trip, number=trip.number + 1), self._token(trip.user))

    def _once(self, trip: Trip, token: str) -> Answer:
        ids = trip.ids
        reply = self._sent(trip, token)
        self._with.tally.heard(reply.date)
        try:
            return answer(ids, reply, sent_secrets(trip.body))
        except ApiError as failure:
            if failure.status == 401 and failure.code == MFA:
                self._stop(trip.user)
            raise

    def _sent(self, trip: Trip, token: str) -> Reply:
        """The reply to one request that the gate let through. Raises Unreachable."""
        ids, tools = trip.ids, self._with
        with tools.gate.passing(ids.method, ids.path, customer_of(ids.path), trip.until) as passage:
            began, reply, failure = tools.clock.monotonic(), None, ""
            tools.tally.sent(read=is_read(ids.method, ids.path))
            try:
                reply = self._door.send(ids.method, ids.path, trip.headers, trip.body, token)
                passage.tell(reply.status, retry_after(reply))
                return reply
            except Unreachable as error:
                failure = error.what
                raise
            finally:
                took = tools.clock.monotonic() - began
                self._tell(trip, passage, reply, failure, took)

    def _tell(
        self, trip: Trip, passage: Passage, reply: Reply | None, failure: str, took: float
    ) -> None:
        hook, ids = self._with.hook, trip.ids
        made = Attempt(
            method=ids.method,
            path=ids.path,
            number=trip.number,
            user=trip.user,
            request_id=ids.request_id,
            correlation_id=ids.correlation_id,
            service_correlation_id=reply.headers.get("MS-CorrelationId", "") if reply else "",
            status=reply.status if reply else None,
            failure=failure,
            waited=passage.waited,
            took=took,
        )
        if hook.wants_bodies:
            made = replace(made, headers=trip.headers, body=trip.body, reply=reply)
        hook.request(made)

    def _token(self, user: bool) -> str:
        if user in self._stopped:
            raise SignInFailed("Partner Center refuses this user's sign-in: no MFA", CONSENT_AGAIN)
        return self._tokens.token(user)

    def _renew(self, refused: str, user: bool) -> None:
        """Many threads meet the same refusal: only the first one finds its token still in use."""
        with self._renewing:
            if self._tokens.token(user) == refused:
                self._tokens.refresh(user)

    def _stop(self, user: bool) -> None:
        """App-only tokens need no MFA: when one of those was asked for, it was a user's."""
        with self._renewing:
            self._stopped |= frozenset({True} if user else {True, False})
