"""People who sign in with a device code: `pcsync login`, and the tokens of those who did.

Owns the conversation with the sign-in service. Must not import anything of pcsync but the nouns and
the errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pcsync.client.clock import Clock
from pcsync.client.clouds import Cloud
from pcsync.client.signin import App, application, in_words
from pcsync.client.signin_errors import refused
from pcsync.client.signin_http import HttpClient
from pcsync.client.slots import demand_tenant
from pcsync.errors import SignInFailed
from pcsync.model import Can

LOGIN = "run `pcsync login`"
_WAITING = {"authorization_pending", "slow_down"}


class DeviceGrants:
    """App+User tokens of who is signed in on this machine."""

    can = frozenset({Can.USER})
    secrets = ()

    def __init__(self, cloud: Cloud, app: App, http: HttpClient, cache: Any) -> None:
        self._cloud, self._app, self._http, self._cache = cloud, app, http, cache

    def ask(self, kind: Can, *, again: bool) -> Mapping[str, Any]:
        """From the cache, or renewed with what the cache holds, which msal stores at once."""
        with in_words(()):
            app = application(self._cloud, self._app, self._http, self._cache)
            accounts = app.get_accounts()
            if not accounts:
                raise SignInFailed("nobody is signed in on this machine", LOGIN)
            found = app.acquire_token_silent_with_error(
                [self._cloud.user_scope], accounts[0], force_refresh=again
            )
        if isinstance(found, Mapping) and "access_token" in found:
            return found
        failure = refused(found or {"error": "the sign-in has ended"}, ())
        raise SignInFailed(failure.what, LOGIN)

    def keep(self, kind: Can, result: Mapping[str, Any]) -> None:
        """msal has put it into the cache."""


def login(
    cloud: Cloud,
    app: App,
    http: HttpClient,
    cache: Any,
    clock: Clock,
    show: Callable[[str], None],
) -> Mapping[str, Any]:
    """Shows what to do in a browser, waits for it, and returns the claims about who signed in.

    Raises SignInFailed, WrongTenant.
    """
    with in_words(()):
        made = application(cloud, app, http, cache)
        flow = made.initiate_device_flow([cloud.user_scope])
        if "user_code" not in flow:
            raise refused(flow, ())
        show(str(flow.get("message") or f"{flow.get('verification_uri')}: {flow['user_code']}"))
        result = _awaited(made, flow, clock)
    token = result.get("access_token")
    if not isinstance(token, str):
        raise refused(result, ())
    try:
        demand_tenant(token, app.tenant)
    except SignInFailed:
        logout(cloud, app, http, cache)
        raise
    found: Mapping[str, Any] = result.get("id_token_claims") or {}
    return found


def logout(cloud: Cloud, app: App, http: HttpClient, cache: Any) -> int:
    """Forgets who is signed in; returns how many accounts that were."""
    with in_words(()):
        made = application(cloud, app, http, cache)
        accounts = made.get_accounts()
        for account in accounts:
            made.remove_account(account)
    return len(accounts)


def _awaited(made: Any, flow: dict[str, Any], clock: Clock) -> Mapping[str, Any]:
    """One question per interval, by our own clock: against an emulator nobody waits."""
    began, interval = clock.monotonic(), float(flow.get("interval") or 5)
    while True:
        clock.sleep(interval)
        flow["latest_attempt_at"] = 0.0
        result = made.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
        waiting = isinstance(result, Mapping) and result.get("error") in _WAITING
        if not waiting or clock.monotonic() - began > float(flow.get("expires_in") or 900):
            return result if isinstance(result, Mapping) else {}
        interval += 5.0 if result.get("error") == "slow_down" else 0.0
