"""Lengths of time as people write them: ``90m``, ``24h``, ``7d``."""

from __future__ import annotations

import re
from datetime import timedelta

import click

LENGTH = re.compile(r"([1-9][0-9]{0,4})([mhd])\Z")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def length(text: str) -> timedelta:
    """A length of time. Raises ValueError."""
    if not (found := LENGTH.match(text)):
        raise ValueError(f"{text!r} is no length of time: write it as 90m, 24h or 7d")
    return timedelta(**{UNITS[found.group(2)]: int(found.group(1))})


def said(time: timedelta) -> str:
    """A length of time in words: ``3 d 4 h``, ``5 min``."""
    minutes = int(time.total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def given(text: str) -> timedelta:
    """The value of an option; a usage error where it is no length of time."""
    try:
        return length(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
