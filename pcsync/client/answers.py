"""Answers and refusals of Partner Center, whatever their shape (conventions.md section 8).

Owns the reading of bodies, codes and `Retry-After`. Pure; must not import pcsync but the errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pcsync.client.advice import advice_for
from pcsync.client.body import decode
from pcsync.client.scrub import scrub
from pcsync.errors import ApiError, PcsyncError, Unreachable

UNAVAILABLE = "400072"
"""The code that comes with status 200: the item is unavailable (conventions.md 8.4)."""

LONGEST = 1024
"""Characters of a description, as documented; a whole page would drown the report."""


@dataclass(frozen=True, slots=True)
class Ids:
    """What was asked, with the ids that were sent along: what errors and answers quote."""

    method: str
    path: str
    request_id: str
    correlation_id: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What came over the wire. `headers` is read without regard to case."""

    status: int
    reason: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def date(self) -> datetime | None:
        """The service's time when it answered, aware UTC; None if it did not say."""
        return http_date(self.headers.get("Date"))


@dataclass(frozen=True, slots=True)
class Answer:
    """A call that came through: `body` has folded names and Decimals, None if it was empty.

    `headers` is read without regard to case. `request_id` is the one that was sent,
    `correlation_id` the one that the service answered with, else the one sent.
    """

    status: int
    body: Any
    headers: Mapping[str, str]
    request_id: str
    correlation_id: str


def answer(ids: Ids, reply: Reply, known: Iterable[str] = ()) -> Answer:
    """The answer in a reply. Raises ApiError on a refusal, Unreachable if it can't be read.

    `known` secrets are blanked in what the refusal says.
    """
    if not 200 <= reply.status < 300:
        raise refusal(ids, reply, known)
    try:
        body = None if ids.method == "HEAD" else decode(reply.content)
    except ValueError as error:
        # The call may have taken effect: asking again with its id is what finds out.
        why = f"status {reply.status}, but not JSON: is a proxy in between?"
        raise Unreachable(ids.method, ids.path, why) from error
    if isinstance(body, Mapping) and _text(body, "code") == UNAVAILABLE:
        raise refusal(ids, reply, known)
    return Answer(reply.status, body, reply.headers, ids.request_id, _correlation(ids, reply))


def refusal(ids: Ids, reply: Reply, known: Iterable[str] = ()) -> ApiError:
    """The error in a reply of any shape: documented, other members, empty, text or HTML."""
    body = _members(reply)
    code = _text(body, "code", "errorCode")
    if not code and isinstance(body.get("error"), str):
        code = body["error"]
    return ApiError(
        ids.method,
        ids.path,
        reply.status,
        code or _text(body, "statusCode"),
        scrub(_description(body, reply)[: 4 * LONGEST], known)[:LONGEST],
        request_id=ids.request_id,
        correlation_id=_correlation(ids, reply),
        retry_after=retry_after(reply),
        advice=advice_for(reply.status, code, ids.method, ids.path),
    )


def no_next_page(ids: Ids, why: str) -> PcsyncError:
    """The error of a list whose next page can't be asked for: it is read in part at best."""
    return ApiError(
        ids.method,
        ids.path,
        200,
        "links.next",
        why,
        request_id=ids.request_id,
        correlation_id=ids.correlation_id,
        advice="run the command again; if it stays, check the service's address and any proxy",
    )


def retry_after(reply: Reply) -> float | None:
    """Seconds to wait, from `Retry-After` as seconds or as a date; None if it is not said."""
    value = (reply.headers.get("Retry-After") or "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value, re.ASCII):
        return float(value)
    until, now = http_date(value), reply.date
    return max(0.0, (until - now).total_seconds()) if until and now else None


def http_date(value: str | None) -> datetime | None:
    """A date of an HTTP header, aware UTC; None if there is none or it can't be read."""
    try:
        found = parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
    if found is None:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _members(reply: Reply) -> Mapping[str, Any]:
    try:
        body = decode(reply.content)
    except ValueError:
        return {}
    if not isinstance(body, dict):
        return {}
    inner = body.get("error")
    return inner if isinstance(inner, dict) else body


def _description(body: Mapping[str, Any], reply: Reply) -> str:
    said = _text(body, "description", "message", "error_description") or _plain(reply)
    if 300 <= reply.status < 400:
        said = "redirects are not followed"
    data = body.get("data")
    details = [item for item in data if isinstance(item, str)] if isinstance(data, list) else []
    return " ".join([said or reply.reason or "no description", *(f"[{d}]" for d in details)])


def _plain(reply: Reply) -> str:
    """The text of an answer that is neither JSON nor a page; the page itself says nothing."""
    text = reply.content[:LONGEST].decode("utf-8", "replace").strip()
    return "" if text[:1] in {"", "<", "{", "[", "\ufeff"} else text


def _text(body: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = body.get(name)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "":
            return str(value)
    return ""


def _correlation(ids: Ids, reply: Reply) -> str:
    return reply.headers.get("MS-CorrelationId") or ids.correlation_id
