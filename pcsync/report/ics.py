"""The calendar of `pcsync renewals` as iCalendar (RFC 5545), for any program that keeps days.

Owns which days become events and their UIDs: an event keeps its UID from run to run, so that a
calendar that subscribes or imports again shows it once. Pure; must not import a stage
or a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event

from pcsync.report.renewals import lines
from pcsync.report.shown import clean

PRODUCT = "-//pcsync//renewals//EN"
AFTER = {"renews": "Renewed today", "ends": "Term is over", "extends": "Extended from today"}


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the end of a term: `what` tells it from the others of the same end."""

    what: str
    on: date
    title: str


def render(document: Mapping[str, Any]) -> bytes:
    """The document as iCalendar: lines of at most 75 bytes with CRLF, the same for the same data.

    DTSTAMP is the document's time, which is the service's.
    """
    shaped = clean(document)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Renewals")
    made = datetime.fromisoformat(shaped["time"])
    for each in shaped["renewals"]:
        for day in _days(each):
            calendar.add_component(_event(each, day, made))
    return bytes(calendar.to_ical())


def _days(each: Mapping[str, Any]) -> Iterator[Day]:
    """When a decision is asked for, the last day of the term, and the day of the renewal."""
    name, last = each["address"], date.fromisoformat(each["lastDay"])
    if each["decide"]:
        asked = date.fromisoformat(each["decide"]["from"])
        yield Day("decide", asked, f"Decide by {last}: {name} {each['happens']}")
    yield Day("last-day", last, f"Last day of the term: {name} {each['happens']}")
    for number, blocked in enumerate(each["blocked"]):
        title = f"{AFTER[each['happens']]}, no writes: {name}"
        yield Day(f"blocked-{number}", date.fromisoformat(blocked), title)


def _event(each: Mapping[str, Any], day: Day, made: datetime) -> Event:
    event = Event()
    event.add("uid", _uid(each, day))
    event.add("dtstamp", made)
    event.add("dtstart", day.on)
    event.add("dtend", day.on + timedelta(days=1))
    event.add("summary", day.title)
    event.add("description", "\n".join(f"{label}: {text}" for label, text in lines(each)))
    event.add("categories", ["pcsync", day.what.partition("-")[0]])
    event.add("transp", "TRANSPARENT")
    return event


def _uid(each: Mapping[str, Any], day: Day) -> str:
    """The term is named by its subscription and its first day."""
    term = each["starts"] or each["lastDay"]
    name = uuid5(NAMESPACE_URL, f"pcsync:{each['id']}/{term}/{day.what}")
    return f"{name}@pcsync"
