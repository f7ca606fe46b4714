"""Until when a suspended legacy subscription is kept, and since when it is suspended.

Owns the last day and who did it, as the audit log says (domain rule LE2; conventions.md 12). Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pcsync.kinds.paths import quoted
from pcsync.model import Finding, Read, Resource, Severity, View, Way
from pcsync.values import guid, moment, word

KEPT = timedelta(days=90)
"""How long a suspended one is kept (`subscription-lifecycle.md`)."""
CODE = "legacy-will-be-deleted"
RECORDS = "/v1/auditrecords"
LOG_DAYS, LOG_WINDOW = 90, 30
"""How far back the audit log goes, and how many days one read may span (conventions.md 12)."""


def deadline(want: Resource, have: Resource, view: View) -> Finding:
    """Until when it is kept: in every plan until somebody acknowledges it (LE2)."""
    since, ends = have.remote.get("suspended_at"), have.remote["ends"]
    if since is None:
        last = view.at + KEPT
        when = f"90 days after its suspension, {last:%Y-%m-%d} at the latest"
        told = "is suspended"
    else:
        last = since + KEPT
        when = f"90 days after that, about {last:%Y-%m-%d}, {_far(last, view.at)}"
        told = f"is suspended since {since:%Y-%m-%d}{_who(have)}"
    if ends is not None and ends < last:
        last, when = ends, f"with its term, about {ends:%Y-%m-%d}, {_far(ends, view.at)}"
    what = (
        f"{told} and not billed; the service deletes it {when}, with the data of the people on its "
        f"{have.spec['quantity']} seats; nothing is bought in its place"
    )
    advice = "write `state: active` before, or acknowledge it"
    found = Finding(Severity.WARNING, CODE, what, advice, want.address, want.at("state"))
    return replace(found, ways=tuple(_ways(last)), due=last)


def _who(have: Resource) -> str:
    by = have.remote.get("suspended_who")
    return f" ({by}, audit log)" if by else ""


def _far(day: datetime, now: datetime) -> str:
    days = (day.date() - now.date()).days
    return f"in {days} day{'' if days == 1 else 's'}"


def _ways(last: datetime) -> Iterable[Way]:
    """What somebody can write until the last day."""
    yield Way("resume", "state: active", does="people work again; billed again from that day")
    known = f"{{finding: {CODE}, by: …, on: …, until: {last:%Y-%m-%d}}}"
    does = "as now: nothing happens until it is deleted; say that you know with "
    does += f"`acknowledge: [{known}]`"
    yield Way("let it go", "state: suspended", does=does)


def log(have: Resource, view: View) -> Iterable[Read]:
    """The audit log of the last 90 days, a window after the other, newest first, until it says
    when the subscription was suspended. That it can't be read makes nothing unknown."""
    if have.remote.get("suspended_at") or view.cloud == "china":
        return
    for days in range(0, LOG_DAYS, LOG_WINDOW):
        path = records(view, days)
        if path not in view.reads:
            yield Read(path, (), owner=view.owner, pages=True)
            return


def records(view: View, days: int) -> str:
    """The path of the audit records of a window that begins so many days ago, going back."""
    wanted = {
        "Field": "CustomerId",
        "Value": view.ids.get(view.owner, "") if view.owner else "",
        "Operator": "equals",
    }
    last = view.at - timedelta(days=days)
    first = max(last - timedelta(days=LOG_WINDOW - 1), view.at - timedelta(days=LOG_DAYS))
    dates = f"startDate={first:%Y-%m-%d}&endDate={last:%Y-%m-%d}"
    return f"{RECORDS}?{dates}&filter={quoted(json.dumps(wanted))}"


def is_records(path: str) -> bool:
    """Whether a path is that of audit records."""
    return path.startswith(f"{RECORDS}?")


def suspensions(page: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    """The newest record comes first and counts."""
    seen: set[str] = set()
    for row in page.get("items", ()):
        if word(row.get("resourceType")) != "subscription":
            continue
        found = _members(row.get("resourceNewValue"))
        key, status = guid(str(found.get("id") or "")), word(found.get("status"))
        at_ = moment(row.get("operationDate"))
        if key and key not in seen and status == "suspended" and at_:
            seen.add(key)
            who = str(row.get("userPrincipalName") or "")
            yield key, {"suspended_at": at_, "suspended_who": who}


def _members(text: Any) -> dict[str, Any]:
    """The resource of a record, a JSON text in PascalCase, by names in lower case."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(k).lower(): v for k, v in found.items()} if isinstance(found, dict) else {}
