"""Reading a scripted fault from JSON. Owns its words.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pcsync.emulator import times
from pcsync.emulator.faultrules import Change, FaultRule, Hold
from pcsync.emulator.faults import invalid

WORDS = (
    "name",
    "method",
    "path",
    "nth",
    "times",
    "probability",
    "status",
    "body",
    "headers",
    "cut",
    "effect",
    "delay",
    "realDelay",
    "lag",
    "before",
    "expireToken",
    "refuseMfa",
)
ACTS = ("status", "cut", "delay", "realDelay", "lag", "before", "expireToken", "refuseMfa")
CUTS = ("before", "after", "half")
LONGEST_REAL = 10.0
"""Seconds that a call may be held back for real."""


def parse(members: Mapping[str, Any], number: int) -> FaultRule:
    """The `number`-th rule from JSON. 400 on unknown words or a rule that would do nothing."""
    _known("the fault", members, WORDS)
    if not any(members.get(word) for word in ACTS):
        raise invalid(f"A fault needs one of {', '.join(ACTS)}.")
    chance = _fraction(members.get("probability"))
    once = None if chance is not None else 1
    status = _count(members, "status", None)
    return FaultRule(
        name=_text(members, "name", f"fault {number}"),
        path=_text(members, "path", "*"),
        method=_text(members, "method", "*").upper(),
        nth=_count(members, "nth", 1) or 1,
        times=_count(members, "times", once),
        probability=chance,
        status=status,
        body=members.get("body"),
        headers=_headers(members.get("headers")),
        cut=_cut(members.get("cut")),
        effect=_flag(members, "effect"),
        delay=_span("delay", members.get("delay")),
        real_delay=_real(members.get("realDelay")),
        lag=_lag(members.get("lag")),
        before=_change(members.get("before")),
        expire_token=_flag(members, "expireToken"),
        refuse_mfa=_flag(members, "refuseMfa"),
        words=dict(members),
    )


def span(value: Any) -> timedelta:
    """A duration as an ISO text or a number of seconds. ValueError, TypeError if it is neither."""
    return times.duration(value) if isinstance(value, str) else timedelta(seconds=float(value))


def _known(where: str, members: Mapping[str, Any], words: tuple[str, ...]) -> None:
    unknown = sorted(set(members) - set(words))
    if unknown:
        raise invalid(f"Unknown words in {where}: {', '.join(unknown)}.")


def _count(members: Mapping[str, Any], word: str, default: int | None) -> int | None:
    value = members.get(word, default)
    if value is None and word not in members:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise invalid(f"{word} must be a whole number above zero.")
    return value


def _text(members: Mapping[str, Any], word: str, default: str) -> str:
    value = members.get(word, default)
    if not isinstance(value, str) or not value:
        raise invalid(f"{word} must be a text.")
    return value


def _flag(members: Mapping[str, Any], word: str) -> bool:
    value = members.get(word, False)
    if not isinstance(value, bool):
        raise invalid(f"{word} must be true or false.")
    return value


def _fraction(value: Any) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or not 0 <= value <= 1:
        raise invalid("probability must be a number from 0 to 1.")
    return float(value)


def _headers(value: Any) -> dict[str, str]:
    if not isinstance(value or {}, Mapping):
        raise invalid("headers must be an object.")
    return {str(name): str(text) for name, text in (value or {}).items()}


def _cut(value: Any) -> str | None:
    if value is not None and value not in CUTS:
        raise invalid(f"cut is one of {', '.join(CUTS)}.")
    return None if value is None else str(value)


def _span(word: str, value: Any) -> timedelta | None:
    if value is None:
        return None
    try:
        found = span(value)
    except (ValueError, TypeError, OverflowError) as wrong:
        raise invalid(f"{word}: {wrong}") from wrong
    if found <= timedelta(0):
        raise invalid(f"{word} must be longer than nothing.")
    return found


def _real(value: Any) -> float:
    found = _span("realDelay", value)
    seconds = found.total_seconds() if found else 0.0
    if seconds > LONGEST_REAL:
        raise invalid(f"realDelay is at most {LONGEST_REAL:g} seconds; delay moves the clock.")
    return seconds


def _lag(value: Any) -> Hold | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise invalid("lag must be an object.")
    _known("lag", value, ("reads", "for", "paths"))
    if ("reads" in value) == ("for" in value):
        raise invalid("lag needs either reads or for.")
    paths = value.get("paths", [])
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise invalid("lag.paths must be a list of path patterns.")
    patterns = tuple(path.rstrip("/").lower() for path in paths)
    return Hold(_count(value, "reads", None), _span("lag.for", value.get("for")), patterns)


def _change(value: Any) -> Change | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise invalid("before must be an object.")
    _known("before", value, ("method", "path", "body"))
    path = _text(value, "path", "") if "path" in value else None
    return Change(_text(value, "method", "PATCH").upper(), path, value.get("body"))
