"""The two things that the page's buttons do: move the clock, clear the faults.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, quote, urlencode

from pcsync.emulator import page_moments, times
from pcsync.emulator.faults import invalid
from pcsync.emulator.page_render import HOME, NOTICES, Look


def move_clock(look: Look, form: Mapping[str, str]) -> str:
    """Advance by `advance`, or go to the moment `to`; `next` is the next moment of the world."""
    was = look.now
    look.control("POST", "clock", now=times.show(_target(look, form)))
    return _back(form, was=times.show(was))


def _target(look: Look, form: Mapping[str, str]) -> datetime:
    if form.get("to") == "next":
        found = page_moments.first(look.state.world)
        if found is None:
            raise invalid("Nothing lies ahead in this world.")
        return found[0].at
    try:
        if "to" in form:
            return times.parse(form["to"])
        return look.now + times.duration(form.get("advance", ""))
    except (ValueError, OverflowError) as wrong:
        raise invalid(f"The clock can't go there: {wrong}.") from wrong


def clear_faults(look: Look, form: Mapping[str, str]) -> str:
    """Forget all injected faults."""
    look.control("DELETE", "faults")
    return _back(form, cleared="1")


def _back(form: Mapping[str, str], **notice: str) -> str:
    """The page that the button was on, written anew so that it can't lead elsewhere."""
    path, _, query = form.get("back", HOME).partition("?")
    if not path.startswith(HOME):
        path, query = HOME, ""
    kept = {name: text for name, text in parse_qsl(query) if name not in NOTICES}
    return quote(path, safe="/%") + "?" + urlencode({**kept, **notice})
