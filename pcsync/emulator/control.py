"""The control plane under /_emulator: worlds, clock, calls, faults, limits, sign-ins. No token.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from pcsync.emulator import (
    control_signin,
    countries,
    faultwords,
    ledger,
    limits,
    pricing,
    publisher,
    times,
    wire,
)
from pcsync.emulator.call import Answer, empty, ok
from pcsync.emulator.clock import Clock
from pcsync.emulator.dump import dump
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.state import State
from pcsync.emulator.worldfile import WorldError

Handler = Callable[[State, Mapping[str, Any]], Answer]


def answer(
    state: State, method: str, path: str, raw: bytes, pairs: Iterable[tuple[str, str]] = ()
) -> Answer:
    """Answer a control request, whose query counts as members of its body.

    Refusals come in the same shape as the service's faults.
    """
    try:
        handler = ROUTES.get((method, path.rstrip("/").lower()))
        if handler is None:
            text = f"The control plane knows no {method} {path}."
            raise Fault(501, "emulator-unknown-operation", text)
        body = wire.decode(raw) if raw.strip() else {}
        if not isinstance(body, dict):
            raise invalid("The body must be a JSON object.")
        return handler(state, {**dict(pairs), **body})
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
    clock = state.world.clock
    speed = {"speed": clock.speed} if clock.speed else {}
    return ok({"now": times.show(clock.now()), **speed})


def _move_clock(state: State, body: Mapping[str, Any]) -> Answer:
    """Set, advance, sleep, wait until, run; what falls due on the way happens in order of time."""
    if len(body) != 1 or next(iter(body)) not in MOVES:
        raise invalid(f"Say exactly one of {', '.join(MOVES)}.")
    ((word, value),) = body.items()
    try:
        MOVES[word](state.world.clock, value)
    except (ValueError, TypeError, AttributeError, OverflowError) as wrong:
        raise invalid(f"{word}: {wrong}") from wrong
    return _clock(state, body)


def _forward(clock: Clock, value: Any) -> None:
    clock.move_to(clock.now() + faultwords.span(value))


def _run(clock: Clock, value: Any) -> None:
    speed = float(value)
    if not 0 <= speed <= FASTEST:
        raise ValueError(f"must be from 0, which stands still, to {FASTEST:g}")
    clock.run_at(speed)


MOVES: dict[str, Callable[[Clock, Any], None]] = {
    "now": lambda clock, value: clock.move_to(times.parse(value)),
    "advance": _forward,
    "sleep": _forward,
    "until": lambda clock, value: clock.move_to(max(clock.now(), times.parse(value))),
    "speed": _run,
}
"""Ways to move the clock. `now` refuses the past; waiting `until` a past moment is over at once."""
FASTEST = 1e7


def _calls(state: State, body: Mapping[str, Any]) -> Answer:
    return ok(state.log.shown())


def _clear_calls(state: State, body: Mapping[str, Any]) -> Answer:
    state.log.clear()
    return empty()


def _faults(state: State, body: Mapping[str, Any]) -> Answer:
    return ok([rule.shown() for rule in state.rules])


def _add_fault(state: State, body: Mapping[str, Any]) -> Answer:
    return Answer(201, state.script(body).shown())


def _clear_faults(state: State, body: Mapping[str, Any]) -> Answer:
    state.rules.clear()
    return empty()


def _limits(state: State, body: Mapping[str, Any]) -> Answer:
    """The limits that hold and what is left of them."""
    return ok(state.buckets.shown(state.world.settings.limits))


def _set_limits(state: State, body: Mapping[str, Any]) -> Answer:
    """{"limits": off, documented or figures}; the buckets are full again."""
    if set(body) != {"limits"}:
        raise invalid("Say limits, and nothing else.")
    try:
        state.world.settings.limits = limits.parse(body["limits"])
    except ValueError as wrong:
        raise invalid(f"limits {wrong}.") from wrong
    state.buckets = limits.Buckets()
    return _limits(state, body)


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


def _ledger(state: State, body: Mapping[str, Any]) -> Answer:
    """What every subscription was billed, or those of one customer (id or domain)."""
    wanted = body.get("customer")
    world = state.world
    found = world.customers.values() if wanted is None else [world.named(str(wanted))]
    rows = [ledger.rows(world, customer) for customer in found if customer is not None]
    return ok([row for lines in rows for row in lines])


def _price_sheet(state: State, body: Mapping[str, Any]) -> Answer:
    """The price sheet of a `market` (US) in a `currency`, for a `segment`, as of `at` (now)."""
    world, market = state.world, str(body.get("market", "US")).upper()
    currency = str(body.get("currency") or countries.currency(market))
    place = pricing.Place(market, currency, str(body.get("segment", "commercial")))
    at = body.get("at")
    try:
        when = times.parse(str(at)) if at else world.clock.now()
    except ValueError as wrong:
        raise invalid(f"at: {wrong}") from wrong
    return ok(list(pricing.sheet(world, place, when)))


def _setup(state: State, body: Mapping[str, Any]) -> Answer:
    """Somebody completes the setup of a marketplace subscription at its publisher."""
    wanted = str(body.get("subscription", ""))
    publisher.complete_setup(state.world, publisher.owner(state.world, wanted), wanted)
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
    ("GET", "/_emulator/limits"): _limits,
    ("POST", "/_emulator/limits"): _set_limits,
    ("GET", "/_emulator/signin"): control_signin.pending,
    ("POST", "/_emulator/signin/approve"): control_signin.approve,
    ("POST", "/_emulator/signin/revoke"): control_signin.revoke,
    ("GET", "/_emulator/world"): _world,
    ("POST", "/_emulator/setup"): _setup,
    ("POST", "/_emulator/availabilities/rotate"): _rotate,
    ("POST", "/_emulator/prices"): _prices,
    ("GET", "/_emulator/prices"): _price_sheet,
    ("GET", "/_emulator/ledger"): _ledger,
}
