"""On which day a term ends that is to end with something else (commerce.md 5.11, 13.4).

Owns `alignEnd` (domain rule WI18): the end of an active licence of the customer, or the end of a
calendar month, inside the first full term; fixed within a term. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pcsync.kinds.subscription import terms, types, windows
from pcsync.model import Action, Address, Finding, Resource, Severity, Verb, View, When

SHORT_MONTH = 28


@dataclass(frozen=True, slots=True)
class End:
    """The last day of a term, ``2027-06-30``: none where nothing has to be sent, or where it can't
    be, and then why."""

    day: str | None = None
    why: str = ""


def at_purchase(want: Resource, view: View) -> End:
    """The day for the cart. What is bought in the same cart with the same term ends with it
    anyway."""
    rule, term = want.spec.get("alignEnd"), want.spec["termDuration"]
    if rule is None:
        return End()
    other = _other(want, rule)
    if other and other not in view.haves and (beside := view.wants.get(other)):
        if beside.spec.get("termDuration") == term:
            return End()
        return End(why=f"{other} is not there yet: buy it first, and this one in a later run")
    return _end(want, rule, term, view.at, view)


def at_renewal(want: Resource, have: Resource, rule: Any, term: str, view: View) -> End:
    """The day for the term that begins when this one is over; none where it ends so already."""
    ends: datetime | None = have.remote["ends"]
    if rule is None or ends is None or _met(want, have, rule, ends, view):
        return End()
    return _end(want, rule, term, ends + terms.DAY, view)


def hindered(want: Resource, view: View) -> Iterable[Action | Finding]:
    """A purchase that can't end as it is to, and one that has to wait for another's renewal."""
    other = _other(want, want.spec.get("alignEnd"))
    have = view.haves.get(other) if other else None
    if have and (until := windows.running(have, view.at)):
        yield Action(
            want.address,
            Verb.CREATE,
            owner=want.owner,
            when=When.BLOCKED,
            date=until,
            rules=("WI15",),
            notes=(f"the renewal of {other} is running: no writes before {until:%Y-%m-%d %H:%M}",),
            place=want.at("alignEnd"),
        )
    elif why := at_purchase(want, view).why:
        yield impossible(want, why, Severity.ERROR)


def impossible(want: Resource, why: str, severity: Severity = Severity.WARNING) -> Finding:
    """A term that can't end as `alignEnd` says."""
    what = f"its term can't end as `alignEnd` says: {why}"
    advice = "say another day, or remove `alignEnd`"
    return Finding(
        severity, "alignment-impossible", what, advice, want.address, want.at("alignEnd")
    )


def _other(want: Resource, rule: Any) -> Address | None:
    if not isinstance(rule, Mapping):
        return None
    return Address(want.address.kind, (want.address.root, str(rule["with"])))


def _end(want: Resource, rule: Any, term: str, start: datetime, view: View) -> End:
    """The last of the possible days inside the first full term."""
    first, last = terms.midnight(start), terms.last_day(start, term)
    if other := _other(want, rule):
        have = view.haves.get(other)
        if why := _no_partner(other, have, term):
            return End(why=why)
        assert have is not None
        days = tuple(_later(have.remote["ends"], term))
    elif rule == "calendarMonth":
        days = tuple(_month_ends(first, last))
    else:
        days = (terms.date(str(rule)),)
    found = [day for day in days if first <= day <= last and _allowed(day, term)]
    if found and (other or rule == "calendarMonth" or _known(found[-1], term, view)):
        return End(f"{found[-1]:%Y-%m-%d}")
    return End(why=f"no day of it can end a term of {term} from {first:%Y-%m-%d} on")


def _no_partner(other: Address, have: Resource | None, term: str) -> str:
    """Why a term can't end with that of another subscription; empty where it can."""
    if have is None or have.spec["state"] != "active" or have.remote["ends"] is None:
        return f"{other} is not active"
    if have.remote["trial"] or have.remote.get("type", types.LICENSE) != types.LICENSE:
        return f"{other} is no paid licence"
    if have.spec["termDuration"] == "P1M" and term != "P1M":
        return f"a term of {term} can't end with one of a month ({other})"
    return ""


def _later(ends: datetime, term: str) -> Iterator[datetime]:
    """That day, and the same day of later years inside a longer term."""
    for year in range(max(1, terms.LENGTH[term] // 12)):
        yield terms.months_later(ends, 12 * year)


def _month_ends(first: datetime, last: datetime) -> Iterator[datetime]:
    day = first.replace(day=1)
    while day <= last:
        following = terms.months_later(day, 1)
        yield following - terms.DAY
        day = following


def _allowed(day: datetime, term: str) -> bool:
    """A month can't end on the 28th to 30th unless that is the month's last day."""
    return term != "P1M" or day.day < SHORT_MONTH or terms.month_end(day)


def _known(day: datetime, term: str, view: View) -> bool:
    """Whether a day of the manifest is a month's end or that of another subscription."""
    if terms.month_end(day):
        return True
    rows = (have for have in view.haves.values() if "ends" in have.remote)
    return any(
        day in _later(have.remote["ends"], term)
        for have in rows
        if not _no_partner(have.address, have, term)
    )


def _met(want: Resource, have: Resource, rule: Any, ends: datetime, view: View) -> bool:
    """Whether this term ends so already, or the day has passed for which it was said."""
    if rule == "calendarMonth":
        return terms.month_end(ends)
    if (other := _other(want, rule)) is None:
        return terms.date(str(rule)) <= ends
    found = view.haves.get(other)
    if found is None or not found.remote.get("ends"):
        return False
    step = min(terms.LENGTH.get(each.spec["termDuration"], 12) for each in (have, found))
    return _together(ends, found.remote["ends"], step)


def _together(one: datetime, two: datetime, step: int) -> bool:
    """Whether two terms end on one day sooner or later by themselves."""
    apart = (one.year - two.year) * 12 + one.month - two.month
    same_day = one.day == two.day or (terms.month_end(one) and terms.month_end(two))
    return same_day and apart % step == 0
