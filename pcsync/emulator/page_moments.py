"""What lies ahead: the moments at which the clock changes something that a person can see.

Says what lifecycle.py will do and changes nothing. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pcsync.emulator import stock
from pcsync.emulator.contracts import WINDOW, Subscription
from pcsync.emulator.customer import PURGED_AFTER, Customer
from pcsync.emulator.eligibility import action, eligible
from pcsync.emulator.lifecycle import DELETED_AFTER, GRACE, cycle_ends, kept_until
from pcsync.emulator.page_times import counted, day, term
from pcsync.emulator.settings import Settings
from pcsync.emulator.world import World

EXTENDED = "Extended Service Term"
LATER = {"expired": GRACE, "disabled": DELETED_AFTER}
NEVER = datetime.max.replace(tzinfo=UTC)
RENEWING = ("RenewToNewTerm", "Transition")


@dataclass(frozen=True)
class Moment:
    """Something that will happen, unless somebody changes its course before."""

    at: datetime
    says: str


def of_subscription(world: World, subscription: Subscription) -> list[Moment]:
    """The moments ahead of one subscription, in order of time."""
    if subscription.azure:
        return []
    now = world.clock.now()
    found = [
        *_provisioning(world.settings, subscription),
        *_windows(subscription, now),
        *_charge(subscription, now),
        *_end(world.settings, subscription),
    ]
    return sorted((row for row in found if row.at > now), key=lambda row: row.at)


def of_people(world: World, customer: Customer) -> list[Moment]:
    """The moments ahead of a customer's agreement and its deleted accounts."""
    now, found = world.clock.now(), []
    if customer.agreement_at is not None and customer.agreement_at > now:
        found.append(Moment(customer.agreement_at, "The customer accepts the agreement"))
    for user in customer.users.values():
        if user.deleted_at is not None and not user.purged(now):
            text = f"{user.display_name} can be restored until then"
            found.append(Moment(user.deleted_at + PURGED_AFTER, text))
    return sorted(found, key=lambda row: row.at)


def first(world: World) -> tuple[Moment, Customer] | None:
    """The next moment of the whole world, and whose it is."""
    best: tuple[Moment, Customer] | None = None
    for customer in world.customers.values():
        for row in _candidates(world, customer, best[0].at if best else None):
            if best is None or row.at < best[0].at:
                best = row, customer
    return best


def _candidates(world: World, customer: Customer, before: datetime | None) -> Iterator[Moment]:
    """The customer's first moments; what can't be earlier than `before` is not worked out."""
    now = world.clock.now()
    waits = customer.agreement_at is not None and customer.agreement_at > now
    if waits or [user for user in customer.users.values() if user.deleted_at]:
        yield from of_people(world, customer)[:1]
    for subscription in customer.subscriptions.values():
        if before is None or _earliest(subscription, now) < before:
            yield from of_subscription(world, subscription)[:1]


def _earliest(subscription: Subscription, now: datetime) -> datetime:
    """A moment that comes no later than the subscription's first one: cheap, for many."""
    if subscription.azure or subscription.status == "deleted":
        return NEVER
    if subscription.status in LATER:
        return subscription.ends + LATER[subscription.status]
    if subscription.status == "pending" or subscription.next_charge or subscription.renewing:
        return now
    if subscription.legacy and subscription.status == "suspended":
        return kept_until(subscription)
    ends = [batch.until for batch in subscription.batches if batch.until > now]
    window = subscription.window_from + WINDOW
    return min(subscription.ends, *ends, window if window > now else subscription.ends)


def _provisioning(settings: Settings, subscription: Subscription) -> Iterator[Moment]:
    if subscription.status == "pending":
        arrives = subscription.created_at + settings.provisioning
        yield Moment(arrives, "Provisioned: seats arrive, the subscription is active")


def _windows(subscription: Subscription, now: datetime) -> Iterator[Moment]:
    """The ends of the windows that are open; one moment where both end together."""
    until = subscription.cancellable_until(now)
    back: dict[datetime, int] = {}
    for batch in subscription.refundable(now):
        back[batch.until] = back.get(batch.until, 0) + batch.quantity
    if until is not None and subscription.phase != "extended" and until not in back:
        yield Moment(until, "Until then it can be cancelled")
    for moment, quantity in back.items():
        seats = counted(quantity, "seat")
        both = "it can be cancelled, and " if moment == until else ""
        yield Moment(moment, f"Until then {both}{seats} can go back")


def _charge(subscription: Subscription, now: datetime) -> Iterator[Moment]:
    wanted = subscription.next_charge
    if wanted is not None and subscription.status == "active":
        cycle = str(wanted["product"]["billingCycle"]).lower()
        yield Moment(cycle_ends(subscription, now), f"Billing becomes {cycle}")


def _end(settings: Settings, subscription: Subscription) -> Iterator[Moment]:
    """The end of the term and what follows it."""
    ends, status = subscription.ends, subscription.status
    expires = status == "active" and outcome(settings, subscription) == "expires"
    if subscription.renewing:
        yield Moment(ends + settings.renewal_time, "The queued renewal is done")
    elif status in ("active", "pending"):
        yield Moment(ends, end_in_words(settings, subscription))
    elif status == "suspended" and subscription.legacy:
        yield Moment(kept_until(subscription), "Deleted for good")
    elif status == "suspended":
        yield Moment(ends, "The term is over: disabled")
    if status == "expired" or expires:
        yield Moment(ends + GRACE, "Days of grace are over: disabled")
    kept = status == "suspended" and not subscription.legacy
    if kept or status in ("expired", "disabled") or expires:
        yield Moment(ends + DELETED_AFTER, "Deleted for good")


def outcome(settings: Settings, subscription: Subscription) -> str:
    """How the term ends, as things stand: `extends`, `cancels`, `renews` or `expires`."""
    if subscription.legacy and subscription.trial:
        return "expires"
    if subscription.phase == "extended":
        return "extends"
    if action(subscription, "Cancel"):
        return "cancels"
    if subscription.auto_renew or any(action(subscription, kind) for kind in RENEWING):
        return "renews"
    return "extends" if eligible(settings, subscription) else "expires"


def end_in_words(settings: Settings, subscription: Subscription) -> str:
    """What happens at the end of the term."""
    how = outcome(settings, subscription)
    if how == "renews":
        change = scheduled(subscription)
        same = f"Renews for {term(subscription.term)}, unchanged"
        return f"Renews, changed: {change}" if change else same
    texts = {"cancels": "Ends: its cancellation is scheduled", "expires": "Expires, not renewed"}
    again = "one more month of" if subscription.phase == "extended" else "goes on month by month as"
    return texts.get(how, f"Not renewed: {again} {EXTENDED}")


def scheduled(subscription: Subscription) -> str:
    """The change that the next term brings, in words; empty if it brings none."""
    actions = [a for a in subscription.actions if a.get("actionType") in RENEWING]
    wish: Any = actions[0].get("instructions") if actions else subscription.next_term
    if not wish:
        return ""
    product = wish.get("product") or {}
    item = stock.find(str(product.get("productId", "")), str(product.get("skuId", "")))
    parts = [item.title if item else "", term(str(product.get("termDuration", "")))]
    if product.get("billingCycle"):
        parts.append(f"billed {str(product['billingCycle']).lower()}")
    if wish.get("quantity"):
        parts.append(counted(int(wish["quantity"]), "seat"))
    if wish.get("customTermEndDate"):
        parts.append(f"ending {_day(wish['customTermEndDate'])}")
    return ", ".join(part for part in parts if part)


def _day(value: Any) -> str:
    return day(value) if isinstance(value, datetime) else str(value)[:10]
