"""Moments and spans as people read them.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pcsync.emulator import times

UNITS = ((365.25, "year"), (30.4375, "month"), (1, "day"))
TERMS = {"P1M": "1 month", "P1Y": "1 year", "P3Y": "3 years"}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def day(moment: datetime) -> str:
    """A date such as 29 Nov 2026."""
    at = moment.astimezone(UTC)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def said(moment: datetime) -> str:
    """A date with its time of day in UTC; seconds only where there are any."""
    at = moment.astimezone(UTC)
    return f"{day(at)} {at:%H:%M:%S}" if at.second else f"{day(at)} {at:%H:%M}"


def away(now: datetime, moment: datetime) -> str:
    """How far off a moment is, in one unit: `in 7 days`, `3 hours ago`."""
    span = abs(moment - now)
    words = _span(span)
    return f"in {words}" if moment > now else f"{words} ago"


def _span(span: timedelta) -> str:
    days = span / times.DAY
    for size, unit in UNITS:
        if days >= 2 * size:
            return counted(round(days / size), unit)
    if days >= 1 / 12:
        return counted(round(days * 24), "hour")
    return counted(round(days * 1440), "minute")


def counted(count: int, noun: str) -> str:
    """`1 seat`, `1,200 seats`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def term(word: str) -> str:
    """A term in words; as it stands if it is another one."""
    return TERMS.get(word, word)
