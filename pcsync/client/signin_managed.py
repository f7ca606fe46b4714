"""Tokens of a managed identity: a machine in Azure that signs in without any secret.

Owns the way to it through msal. Must not import anything of pcsync but the nouns and its client.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msal
import requests

from pcsync.client.clouds import Cloud
from pcsync.client.signin import in_words
from pcsync.model import Can

SECONDS = 10.0
"""For an answer: the endpoint is on the machine, or there is none."""


class ManagedGrants:
    """App-only tokens of the machine's identity, or of the one with this client id."""

    can = frozenset({Can.APP})
    secrets = ()

    def __init__(self, cloud: Cloud, client_id: str) -> None:
        self._cloud, self._client_id = cloud, client_id

    def ask(self, kind: Can, *, again: bool) -> Mapping[str, Any]:
        """One request to the machine's endpoint; msal's own cache is not used."""
        with _session() as session, in_words(()):
            client = msal.ManagedIdentityClient(self._identity(), http_client=session)
            found = client.acquire_token_for_client(resource=self._cloud.audience)
        return found if isinstance(found, Mapping) else {}

    def keep(self, kind: Can, result: Mapping[str, Any]) -> None:
        """There is nothing to keep."""

    def _identity(self) -> Any:
        if self._client_id:
            return msal.UserAssignedManagedIdentity(client_id=self._client_id)
        return msal.SystemAssignedManagedIdentity()


class _Direct(requests.Session):
    """No proxy and no credentials of the environment: the endpoint is on this machine."""

    def request(self, *args: Any, **options: Any) -> requests.Response:
        """A request that does not wait for ever."""
        options.setdefault("timeout", SECONDS)
        return super().request(*args, **options)


def _session() -> requests.Session:
    session = _Direct()
    session.trust_env = False
    return session
