"""The question that a manifest has to answer: now, or at the renewal (domain rule WI9).

Owns what both ways are, as data and in one sentence. What they cost is in `weighing.py`. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pcsync.kinds.subscription import terms, weighing
from pcsync.kinds.subscription.windows import ASKS, SPLITS, renews
from pcsync.model import Change, Finding, Resource, Severity, View, Way

DECISION = "decision-needed"
NEVER = "never"
Asked = Sequence[tuple[Change, str]]


def question(want: Resource, have: Resource, asked: Asked, view: View) -> Finding:
    """Both ways with their dates, the way back, and the lines to paste; nothing is written."""
    names = ", ".join(change.field for change, _ in asked)
    says = SPLITS if all(word == "quantityDown" for _, word in asked) else ASKS
    starts = renews(have)
    on = f" (the renewal is on {starts:%Y-%m-%d}, {_far(starts, view.at)})" if starts else ""
    ways = weighing.weighed(
        (_now(want, have, asked, view.at), _later(want, have, asked)), have, asked, view
    )
    advice = f"say {' or '.join(f'`{way.line}`' for way in ways)}"
    return Finding(
        Severity.WARNING,
        DECISION,
        f"{names} {says}{on}",
        advice,
        want.address,
        want.at(asked[0][0].field),
        ways,
    )


def _far(day: datetime, now: datetime) -> str:
    return f"in {(day - terms.midnight(now)).days} days"


def _line(want: Resource, asked: Asked, when: str) -> str:
    """The whole line, with the words that it has already."""
    words: Mapping[str, Any] = want.spec.get("change", {})
    said = {**words, **dict.fromkeys((word for _, word in asked), when)}
    return f"change: {{{', '.join(f'{name}: {value}' for name, value in said.items())}}}"


def _now(want: Resource, have: Resource, asked: Asked, now: datetime) -> Way:
    new = {change.field: change.new for change, _ in asked}
    starts, ends = have.remote["starts"], have.remote["ends"]
    if term := new.get("termDuration"):
        starts, ends = terms.midnight(now), terms.last_day(now, term)
    rows = [("done", "today"), ("can be taken back", NEVER), ("term", _term(starts, ends))]
    if "quantity" in new:
        free = have.remote["refundable"] or 0
        today = max(new["quantity"], have.spec["quantity"] - free)
        rows[0] = ("done", f"{have.spec['quantity']} -> {today} today, the rest at renewal")
        rows[1] = ("can be taken back", "by adding seats, at the list price of the term")
    return Way("now", _line(want, asked, "now"), starts, ends, tuple(rows))


def _later(want: Resource, have: Resource, asked: Asked) -> Way:
    new = {change.field: change.new for change, _ in asked}
    starts, term = renews(have), new.get("termDuration", have.spec["termDuration"])
    ends = terms.last_day(starts, term) if starts and term in terms.LENGTH else None
    rows = [("done", f"{starts:%Y-%m-%d}, within 24 hours" if starts else "at the renewal")]
    if starts:
        last = starts - timedelta(minutes=1)
        back = f"free until {last:%Y-%m-%d %H:%M} UTC, then 7 days after the renewal"
        rows.append(("can be taken back", back))
    rows.append(("term", _term(starts, ends)))
    return Way("at renewal", _line(want, asked, "atRenewal"), starts, ends, tuple(rows))


def _term(starts: datetime | None, ends: datetime | None) -> str:
    if starts is None or ends is None:
        return "unknown"
    return f"{starts:%Y-%m-%d} to {ends:%Y-%m-%d}"
