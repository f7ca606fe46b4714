"""Azure usage of the running month: who bears it, in which currency, by resource and by meter.

All of a customer's use belongs to its first Azure subscription of Partner Center that is not
deleted. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from pcsync.emulator import times
from pcsync.emulator.account import Usage
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer
from pcsync.emulator.world import World

IN_USD = {"USD": Decimal(1), "EUR": Decimal("1.10"), "GBP": Decimal("1.30")}
"""Fixed rates of the emulator for usdTotalCost; other currencies count one to one."""
SOMETHING = Usage(
    "vm1",
    "default",
    "Microsoft.Compute/virtualMachines",
    "D2 v3",
    "Virtual Machines",
    "Dv3 Series",
    "1 Hour",
    Decimal(1),
    Decimal(0),
)
"""What is used where the world only says how much was spent."""


def azure_subscriptions(customer: Customer) -> list[Subscription]:
    """Azure plans and legacy Azure subscriptions that are not deleted."""
    return [s for s in customer.subscriptions.values() if s.azure and s.status != "deleted"]


def legacy(customer: Customer) -> bool:
    """Whether the customer is still on legacy Azure only."""
    rows = azure_subscriptions(customer)
    return bool(rows) and all(row.legacy for row in rows)


def used(customer: Customer, now: datetime) -> list[Usage]:
    """What was used this month; it adds up to the customer's spend."""
    spent = customer.spent(now)
    if not spent:
        return []
    return customer.account.usage or [replace(SOMETHING, cost=spent)]


def used_by(customer: Customer, subscription: Subscription, now: datetime) -> list[Usage]:
    """The use that belongs to one subscription."""
    rows = azure_subscriptions(customer)
    return used(customer, now) if rows and rows[0] is subscription else []


def cost(rows: list[Usage]) -> Decimal:
    """What the rows cost together."""
    return sum((row.cost for row in rows), Decimal(0))


def merged(rows: list[Usage], key: Callable[[Usage], object]) -> list[Usage]:
    """One row for each key, with quantities and costs added up."""
    found: dict[object, Usage] = {}
    for row in rows:
        known = found.get(key(row))
        if known is not None:
            row = replace(known, quantity=known.quantity + row.quantity, cost=known.cost + row.cost)
        found[key(row)] = row
    return list(found.values())


def money(customer: Customer, amount: Decimal, old: bool) -> dict[str, Any]:
    """An amount with its currency: by locale for legacy Azure, by code and in USD for a plan."""
    if old:
        return {"totalCost": amount, "currencyLocale": customer.profile["culture"]}
    rate = IN_USD.get(customer.currency, Decimal(1))
    return {
        "totalCost": amount,
        "currencyCode": customer.currency,
        "usdTotalCost": amount * rate,
    }


def named(key: str, name: str) -> dict[str, Any]:
    """Id and name as usage records carry them, twice."""
    return {"resourceId": key, "id": key, "resourceName": name, "name": name}


def period(now: datetime) -> dict[str, Any]:
    """The running billing period: the calendar month."""
    first = times.midnight(now).replace(day=1)
    return {"billingStartDate": first, "billingEndDate": times.add_months(first, 1)}


def modified(world: World) -> datetime:
    """As of when the figures are."""
    return world.clock.now() - world.settings.usage_lag


def budget(customer: Customer, moment: datetime) -> dict[str, Any]:
    """The budget as usage records knew it at that moment."""
    amount = customer.budget_at(moment)
    known: dict[str, Any] = {} if amount is None else {"amount": amount}
    return known | {"attributes": {"objectType": "SpendingBudget"}}
