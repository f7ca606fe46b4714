"""Requests that users made through an app, with their MFA state: what the MFA reports tell.

Like the call log they live in memory only. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

MOST = 10_000


@dataclass(frozen=True)
class Requested:
    """One request of a user: `operation` is the verb and the template of the path."""

    request_id: str
    correlation_id: str
    operation: str
    at: datetime
    upn: str
    app_id: str
    mfa: bool


class Requests(deque[Requested]):
    """The newest requests, the oldest fall out."""

    def __init__(self) -> None:
        super().__init__(maxlen=MOST)


def requested(
    method: str, path: str, headers: Mapping[str, str], caller: tuple[str, str, bool], at: datetime
) -> Requested:
    """A record of one request; `caller` is user, app and whether the token says mfa."""
    upn, app_id, mfa = caller
    operation = f"{method.title()} /v{{version}}/{path.lstrip('/').partition('/')[2]}"
    request_id = headers.get("ms-requestid", "")
    return Requested(
        request_id, headers.get("ms-correlationid", ""), operation, at, upn, app_id, mfa
    )
