"""The pages of calls and of injected faults.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pcsync.emulator.faultrules import FaultRule
from pcsync.emulator.page_pager import cut
from pcsync.emulator.page_render import Look
from pcsync.emulator.wire import encode

CUTS = {
    "before": "cuts the connection before the call has an effect",
    "after": "cuts the connection after the call took effect",
    "half": "cuts the connection in the middle of the answer",
}
ACTS = {
    "delay": "takes {} by the emulator's clock",
    "realDelay": "holds the answer back for {}",
    "expireToken": "refuses the token from now on",
    "refuseMfa": "answers as to a user without MFA",
}


def latest(look: Look, count: int) -> list[dict[str, Any]]:
    """The last calls, newest first."""
    return look.state.log.shown()[-count:][::-1]


def calls(look: Look) -> tuple[str, dict[str, Any]]:
    """All calls, newest first."""
    return "calls.html", {"pager": cut(look, "page", look.state.log.shown()[::-1])}


def faults(look: Look) -> tuple[str, dict[str, Any]]:
    """The faults as they were injected, with how often each has fired; and limits of rate."""
    rules = [_rule(rule) for rule in look.state.rules]
    return "faults.html", {"rules": rules, "limits": _limits(look)}


def _limits(look: Look) -> list[dict[str, Any]]:
    """The limits that hold, each with the bucket that has least left."""
    rows: list[dict[str, Any]] = look.control("GET", "limits")
    return [{**row, "least": min(row["left"].items(), key=_left, default=None)} for row in rows]


def _left(bucket: tuple[str, int]) -> int:
    return bucket[1]


def _rule(rule: FaultRule) -> dict[str, Any]:
    """The rule as it was told, with what it does in words and what it answers as JSON."""
    told: dict[str, Any] = json.loads(encode(rule.shown()))
    answer = {name: told[name] for name in ("headers", "body") if told.get(name)}
    extra = json.dumps(answer, ensure_ascii=False) if answer else ""
    return {**told, "does": list(_does(told)), "extra": extra}


def _does(told: Mapping[str, Any]) -> Iterator[str]:
    """What the fault does to a call, word by word."""
    if told.get("cut"):
        yield CUTS.get(told["cut"], f"cuts the connection: {told['cut']}")
    elif told.get("status"):
        effect = "although the call has its effect" if told.get("effect") else "without effect"
        yield f"answers {told['status']}, {effect}"
    for word, text in ACTS.items():
        if told.get(word):
            yield text.format(told[word])
    if told.get("lag"):
        lag = told["lag"]
        span = f"{lag['reads']} reads" if "reads" in lag else lag.get("for", "a while")
        yield f"reads show the old state for {span}"
    if told.get("before"):
        change = told["before"]
        where = change.get("path", "the same path")
        yield f"first another writer sends {change.get('method', 'PATCH')} {where}"
