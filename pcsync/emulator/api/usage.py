"""This month's Azure usage of all customers, with their budgets.

Page: get-a-customer-s-usage-records.md (insight.md 3.2).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pcsync.emulator import times
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.customer import Customer
from pcsync.emulator.paging import asked, paged
from pcsync.emulator.routing import Routes, Takes

routes = Routes()

IN_USD = {"USD": Decimal(1), "EUR": Decimal("1.10"), "GBP": Decimal("1.30")}
"""Fixed rates of the emulator for usdTotalCost; other currencies count one to one."""


@routes(
    "GET",
    "/v1/customers/usagerecords",
    page="get-a-customer-s-usage-records.md",
    takes=Takes.USER,
    query=("seekOperation",),
)
def records(call: Call) -> Answer:
    """One record for each customer with Azure; others are missing."""
    rows = (customer for customer in call.world.customers.values() if customer.azure)
    page = asked(call)
    return ok(paged(call, page, rows, lambda row: row.number, lambda row: _show(call, row)))


def _show(call: Call, customer: Customer) -> dict[str, Any]:
    now = call.world.clock.now()
    measured = now - call.world.settings.usage_lag
    amount = customer.budget_at(measured)
    cost = customer.spent(now)
    budget: dict[str, Any] = {"attributes": {"objectType": "SpendingBudget"}}
    if amount is not None:
        budget = {"amount": amount, **budget}
    return {
        "budget": budget,
        "percentUsed": _percent(cost, amount),
        "isUpgraded": True,
        "resourceId": customer.id,
        "id": customer.id,
        "resourceName": customer.company_name,
        "name": customer.company_name,
        "totalCost": cost,
        "currencyCode": customer.currency,
        "usdTotalCost": cost * IN_USD.get(customer.currency, Decimal(1)),
        "lastModifiedDate": times.show(measured),
        "attributes": {"objectType": "CustomerMonthlyUsageRecord"},
    }


def _percent(cost: Decimal, amount: Decimal | None) -> Decimal:
    if not amount:
        return Decimal(0)
    return (100 * cost / amount).quantize(Decimal("0.01"))
