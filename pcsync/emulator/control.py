"""The control plane under /_emulator: worlds, clock, calls, faults. It needs no token.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pcsync.emulator import faultrules, times, wire
from pcsync.emulator.call import Answer, empty, ok
from pcsync.emulator.dump import dump
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.state import State
from pcsync.emulator.worldfile import WorldError

Handler = Callable[[State, Mapping[str, Any]], Answer]


def answer(state: State, method: str, path: str, raw: bytes) -> Answer:
    """Answer a control request; refusals come in the same shape as the service's faults."""
    try:
        handler = ROUTES.get((method, path.rstrip("/").lower()))
        if handler is None:
            text = f"The control plane knows no {method} {path}."
            raise Fault(501, "emulator-unknown-operation", text)
        body = wire.decode(raw) if raw.strip() else {}
        if not isinstance(body, dict):
            raise invalid("The body must be a JSON object.")
        return handler(state, body)
    except WorldError as wrong:
        return Answer(400, {"code": "emulator-bad-world", "description": str(wrong)})
    except Fault as fault:
        return Answer(fault.status, fault.body())


def _reset(state: State, body: Mapping[str, Any]) -> Answer:
    state.reset()
    return _clock(state, body)


def _seed(state: State, body: Mapping[str, Any]) -> Answer:
    state.seed(body)
    return _clock(state, body)


def _clock(state: State, body: Mapping[str, Any]) -> Answer:
    return ok({"now": times.show(state.world.clock.now())})


def _move_clock(state: State, body: Mapping[str, Any]) -> Answer:
    """Set, advance, or sleep; everything that falls due on the way happens in order of time."""
    clock = state.world.clock
    words = [word for word in ("now", "advance", "sleep") if word in body]
    if len(words) != 1 or len(body) != 1:
        raise invalid("Say exactly one of now, advance, sleep.")
    try:
        value = body[words[0]]
        target = times.parse(value) if words[0] == "now" else clock.now() + _span(value)
    except (ValueError, TypeError, AttributeError) as wrong:
        raise invalid(f"{words[0]}: {wrong}") from wrong
    clock.move_to(target)
    return _clock(state, body)


def _span(value: Any) -> timedelta:
    if isinstance(value, str):
        return times.duration(value)
    return timedelta(seconds=float(value))


def _calls(state: State, body: Mapping[str, Any]) -> Answer:
    return ok(state.log.shown())


def _clear_calls(state: State, body: Mapping[str, Any]) -> Answer:
    state.log.clear()
    return empty()


def _faults(state: State, body: Mapping[str, Any]) -> Answer:
    return ok([rule.shown() for rule in state.rules])


def _add_fault(state: State, body: Mapping[str, Any]) -> Answer:
    rule = faultrules.parse(body)
    state.rules.append(rule)
    return Answer(201, rule.shown())


def _clear_faults(state: State, body: Mapping[str, Any]) -> Answer:
    state.rules.clear()
    return empty()


def _world(state: State, body: Mapping[str, Any]) -> Answer:
    return ok(dump(state.world))


def _rotate(state: State, body: Mapping[str, Any]) -> Answer:
    """Reissue all availability ids, as the catalogue does from time to time (commerce.md 0.5)."""
    state.world.rotation += 1
    return empty()


def _prices(state: State, body: Mapping[str, Any]) -> Answer:
    """Raise or lower the price of a seat: {"product:sku": amount to add to each charge}."""
    changes = {product.upper(): Decimal(str(amount)) for product, amount in body.items()}
    state.world.settings.price_changes.update(changes)
    return empty()


ROUTES: dict[tuple[str, str], Handler] = {
    ("POST", "/_emulator/reset"): _reset,
    ("POST", "/_emulator/seed"): _seed,
    ("GET", "/_emulator/clock"): _clock,
    ("POST", "/_emulator/clock"): _move_clock,
    ("GET", "/_emulator/calls"): _calls,
    ("DELETE", "/_emulator/calls"): _clear_calls,
    ("POST", "/_emulator/calls/clear"): _clear_calls,
    ("GET", "/_emulator/faults"): _faults,
    ("POST", "/_emulator/faults"): _add_fault,
    ("DELETE", "/_emulator/faults"): _clear_faults,
    ("GET", "/_emulator/world"): _world,
    ("POST", "/_emulator/availabilities/rotate"): _rotate,
    ("POST", "/_emulator/prices"): _prices,
}
