"""What a PATCH says about renewal, read with the hazard of sparse bodies (commerce.md 4.5).

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pcsync.emulator import schedules
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.faults import Fault
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World

END_ACTIONS = ("Cancel", "RenewToExtendedServiceTerm")


@dataclass(frozen=True)
class Wanted:
    """Auto-renew and the three kinds of schedules after the PATCH, side effects not yet counted."""

    auto_renew: bool
    next_term: dict[str, Any] | None
    next_charge: dict[str, Any] | None
    actions: list[dict[str, Any]]

    def changes_renewal(self, subscription: Subscription) -> bool:
        """Whether something would change that is read-only while a renewal is queued."""
        return (
            self.auto_renew != subscription.auto_renew
            or self.next_term != subscription.next_term
            or self.actions != subscription.actions
        )

    def kept_actions(self, mid_term: bool, dropped: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The actions that survive: a mid-term change deletes instructions for the next term, and
        so does switching auto-renew off with those saved before (`dropped`); auto-renew on leaves
        no action that ends the term."""
        return [
            action
            for action in self.actions
            if (action["actionType"] in END_ACTIONS and not self.auto_renew)
            or (action["actionType"] not in END_ACTIONS and not mid_term and action not in dropped)
        ]


def read(world: World, subscription: Subscription, body: Body) -> Wanted:
    """Read and check the renewal part of a body; beside actions a schedule does not count."""
    auto_renew = bool(body.flag("autoRenewEnabled"))
    actions = _actions(world, subscription, body)
    next_term = _next_term(world, subscription, body)
    if actions:
        next_term = None
    if next_term is not None and not auto_renew and not subscription.auto_renew:
        raise Fault(400, 800002, "A schedule for the next term needs autoRenewEnabled.")
    next_charge = subscription.next_charge
    given = body.part("nextChargeInstructions")
    if given is None or given.plain() != next_charge:
        next_charge = schedules.next_charge(subscription, given)
    return Wanted(auto_renew, next_term, next_charge, actions)


def _actions(world: World, subscription: Subscription, body: Body) -> list[dict[str, Any]]:
    """What is sent back as it was read is not checked again; its availability may be old."""
    if not world.settings.extended_terms:
        return []
    rows = body.parts("scheduledActions")
    if rows is not None and [row.plain() for row in rows] == subscription.actions:
        return subscription.actions
    return schedules.actions(world, subscription, rows)


def _next_term(world: World, subscription: Subscription, body: Body) -> dict[str, Any] | None:
    given = body.part("scheduledNextTermInstructions")
    if given is not None and given.plain() == subscription.next_term:
        return subscription.next_term
    return schedules.next_term(world, subscription, given)
