"""The question that a manifest has to answer: now, or at the renewal (domain rule WI9).

Owns what both ways are, as data and in one sentence. What they cost is in `weighing.py`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pcsync.kinds.subscription import follow, terms, transition, weighing
from pcsync.kinds.subscription.windows import SPLITS, renews
from pcsync.model import Change, Finding, Resource, Severity, View, Way

DECISION = "decision-needed"
NEVER = "never"
Asked = Sequence[tuple[Change, str]]


def question(want: Resource, have: Resource, asked: Asked, view: View) -> Finding:
    """Both ways with their dates, the way back, and the lines to paste; nothing is written."""
    now, later = weighing.weighed(
        (_now(want, have, asked, view.at), _later(want, have, asked)), have, asked, view
    )
    more = (list(_besides(want, have, asked, view, when)) for when in ("now", "atRenewal"))
    ways = tuple(
        replace(way, rows=(*way.rows, *rows)) for way, rows in zip((now, later), more, strict=True)
    )
    advice = f"say {' or '.join(f'`{way.line}`' for way in ways)}"
    return Finding(
        Severity.WARNING,
        DECISION,
        _what(have, asked, view.at),
        advice,
        want.address,
        want.at(asked[0][0].field),
        ways,
    )


def _what(have: Resource, asked: Asked, now: datetime) -> str:
    """What is asked, and why it can't be chosen for somebody."""
    fields = {change.field for change, _ in asked}
    starts = renews(have)
    if fields == {"quantity"} or starts is None:
        on = f" (the renewal is on {starts:%Y-%m-%d}, {_far(starts, now)})" if starts else ""
        return f"{', '.join(change.field for change, _ in asked)} {SPLITS}{on}"
    noun = "upgrade" if "product" in fields else "longer term"
    return (
        f"this {noun} can be done without risk on {starts:%Y-%m-%d}, {_far(starts, now)}, and can "
        "never be taken back if it is done now"
    )


def _far(day: datetime, now: datetime) -> str:
    days = (day - terms.midnight(now)).days
    return f"{days} day{'' if days == 1 else 's'} from now"


def _besides(
    want: Resource, have: Resource, asked: Asked, view: View, when: str
) -> Iterator[tuple[str, str]]:
    """Who moves the licences of people with another product, and how many writes it takes."""
    new = {change.field: change.new for change, _ in asked}
    level = view.levels.get(follow.current(want, have))
    if "product" in new and level and level.used:
        whole = "quantity" not in new
        kind = transition.offer(have, new["product"]).kind if when == "now" else ""
        by_service = whole and kind != transition.ONLY
        who = "moved by Microsoft" if by_service else "moved by the next apply"
        yield "licences", f"{level.used} {who}"
    yield "writes", "1"


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
    done = "today, may take an hour" if "product" in new else "today"
    rows = [("done", done), ("can be taken back", NEVER), ("term", _term(starts, ends))]
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
        back = f"free until {last:%Y-%m-%d %H:%M} UTC, then 7 days after renewal"
        rows.append(("can be taken back", back))
    rows.append(("term", _term(starts, ends)))
    return Way("at renewal", _line(want, asked, "atRenewal"), starts, ends, tuple(rows))


def _term(starts: datetime | None, ends: datetime | None) -> str:
    if starts is None or ends is None:
        return "unknown"
    return f"{starts.day} {starts:%b %y} - {ends.day} {ends:%b %y}"
