"""What every PATCH of a subscription has to pass first (commerce.md 4.5).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from pcsync.emulator.contracts import SAVINGS, Subscription
from pcsync.emulator.faults import Fault
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

MOST_UPDATES = 1200
CYCLES = ("", "none", "unknown")


def admit(world: World, subscription: Subscription, body: Body) -> None:
    """Refuse what is dead, pending, locked, worn out or not to be managed here."""
    code, text = {
        "deleted": (2011, "A deleted subscription cannot be updated."),
        "expired": (900277, "The subscription is expired."),
        "disabled": (900279, "The subscription takes no more updates."),
    }.get(subscription.status, (0, ""))
    if code:
        raise Fault(400, code, text)
    if subscription.kind == SAVINGS:
        raise Fault(403, 900321, "A savings plan cannot be managed here.")
    if subscription.status == "pending":
        raise Fault(409, 800082, "The subscription is not ready to be updated.")
    if not subscription.activated:
        raise Fault(400, 800081, "The subscription is not yet activated at its publisher.")
    if subscription.updates >= MOST_UPDATES:
        raise Fault(400, 900311, "The subscription was updated too often.")
    _check_lock(world, subscription)
    if world.settings.one_change_per_patch:
        _check_one(subscription, body)


def _check_lock(world: World, subscription: Subscription) -> None:
    """409/900278 while an operation is pending: a transition, or a change not long ago."""
    since, wait = subscription.updated_at, world.settings.update_lock
    if wait and since is not None and world.clock.now() < since + wait:
        raise Fault(409, 900278, "An operation is pending; try again later.")


def _check_one(subscription: Subscription, body: Body) -> None:
    """400/800002 for several changes in one PATCH; those that belong together count as one."""
    changed = [name for name, differs in _differences(subscription, body) if differs]
    if "status" in changed:
        changed = [name for name in changed if name != "renewal"]
    if "term" in changed:
        changed = [name for name in changed if name != "quantity"]
    if len(changed) > 1:
        raise Fault(400, 800002, f"One change per PATCH, not {', '.join(changed)}.")


def _differences(subscription: Subscription, body: Body) -> list[tuple[str, bool]]:
    """What differs from the present, of that which the body says at all."""
    cycle = (body.text("billingCycle") or "").lower().replace("_", "")
    term = (body.text("termDuration") or subscription.term).upper()
    status = (body.text("status") or "none").lower()
    return [
        (
            "friendlyName",
            (body.text("friendlyName") or None) not in (None, subscription.friendly_name),
        ),
        ("partnerId", (body.text("partnerId") or None) not in (None, subscription.partner_id)),
        ("quantity", body.whole("quantity") not in (None, 0, subscription.quantity)),
        ("term", term != subscription.term or cycle not in (*CYCLES, subscription.cycle)),
        ("status", status not in ("none", subscription.status)),
        ("renewal", _renewal(subscription, body)),
        (
            "nextChargeInstructions",
            _given(body, "nextChargeInstructions", subscription.next_charge),
        ),
    ]


def _renewal(subscription: Subscription, body: Body) -> bool:
    """Auto-renew goes together with the schedule that it allows or the action that it asks for."""
    switched = body.flag("autoRenewEnabled") not in (None, subscription.auto_renew)
    return (
        switched
        or _given(body, "scheduledNextTermInstructions", subscription.next_term)
        or _given(body, "scheduledActions", subscription.actions)
    )


def _given(body: Body, name: str, present: object) -> bool:
    value = body.plain().get(name)
    return name in body and (value or None) != (present or None)
