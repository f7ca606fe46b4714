"""Single requests with a token: a refused one is renewed once, one without MFA never tried again.

Owns the answer to a 401 (conventions.md sections 2 and 11, rule DE6). Must not import anything of
pcsync but the errors and its client.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from pcsync.client.advice import CONSENT_AGAIN, MFA
from pcsync.client.answers import Answer, Ids, answer
from pcsync.client.door import Door
from pcsync.client.guard import is_read
from pcsync.client.tally import Tally
from pcsync.client.tokens import Tokens
from pcsync.errors import ApiError, SignInFailed


class SignedDoor:
    """A door with tokens. Thread-safe.

    After one 900421 no further call of that kind leaves: enforcement rises by share of calls, so
    that an apply would otherwise do half of its work.
    """

    def __init__(self, door: Door, tokens: Tokens, tally: Tally) -> None:
        self._door, self._tokens, self._tally = door, tokens, tally
        self._renewing = Lock()
        self._stopped: frozenset[bool] = frozenset()

    def ask(
        self, ids: Ids, headers: Mapping[str, str], body: bytes | None, *, user: bool
    ) -> Answer:
        """One request, two if its token has to be renewed.

        Raises ApiError, Unreachable, WriteRefused, SignInFailed.
        """
        token = self._token(user)
        try:
            return self._once(ids, headers, body, token, user)
        except ApiError as failure:
            if failure.status != 401 or failure.code == MFA:
                raise
        self._renew(token, user)
        return self._once(ids, headers, body, self._token(user), user)

    def _once(
        self, ids: Ids, headers: Mapping[str, str], body: bytes | None, token: str, user: bool
    ) -> Answer:
        self._tally.sent(read=is_read(ids.method, ids.path))
        reply = self._door.send(ids.method, ids.path, headers, body, token)
        self._tally.heard(reply.date)
        try:
            return answer(ids, reply)
        except ApiError as failure:
            if failure.status == 401 and failure.code == MFA:
                self._stop(user)
            raise

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
