"""This month's Azure usage of the partner, of all customers, of one customer.

Pages: get-a-partner-usage-summary.md, get-a-customer-s-usage-records.md,
get-a-customer-usage-summary.md (insight.md 3.2 to 3.4).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pcsync.emulator import times, usage_figures
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault
from pcsync.emulator.paging import asked, link, paged
from pcsync.emulator.routing import Routes, Takes

routes = Routes()


def _with_azure(call: Call) -> Iterator[Customer]:
    return (customer for customer in call.world.related() if customer.azure)


@routes(
    "GET",
    "/v1/customers/usagerecords",
    page="get-a-customer-s-usage-records.md",
    takes=Takes.USER,
    query=("seekOperation",),
)
def records(call: Call) -> Answer:
    """One record for each customer with Azure; others are missing."""
    page, rows = asked(call), _with_azure(call)
    return ok(paged(call, page, rows, lambda row: row.number, lambda row: _record(call, row)))


def _record(call: Call, customer: Customer) -> dict[str, Any]:
    measured = usage_figures.modified(call.world)
    amount, old = customer.budget_at(measured), usage_figures.legacy(customer)
    spent = customer.spent(call.world.clock.now())
    budget = usage_figures.budget(customer, measured)
    return {
        "budget": budget,
        **({"customerSpendingBudget": budget} if old else {}),
        "percentUsed": _percent(spent, amount),
        "isUpgraded": not old,
        **usage_figures.named(customer.id, customer.company_name),
        **usage_figures.money(customer, spent, old),
        "lastModifiedDate": times.show(measured),
        "attributes": {"objectType": "CustomerMonthlyUsageRecord"},
    }


def _percent(cost: Decimal, amount: Decimal | None) -> Decimal:
    if not amount:
        return Decimal(0)
    return (100 * cost / amount).quantize(Decimal("0.01"))


@routes(
    "GET",
    "/v1/customers/{customer}/usagesummary",
    page="get-a-customer-usage-summary.md",
    takes=Takes.USER,
)
def of_customer(call: Call) -> Answer:
    """The month so far of one customer. 404/3000 for one without Azure."""
    customer, now = call.customer(), call.world.clock.now()
    if not customer.azure:
        raise Fault(404, 3000, "Customer does not have usage data.")
    measured = usage_figures.modified(call.world)
    old = usage_figures.legacy(customer)
    return ok(
        {
            "budget": usage_figures.budget(customer, measured),
            **usage_figures.named(customer.id, customer.company_name),
            **usage_figures.period(now),
            **usage_figures.money(customer, customer.spent(now), old),
            "lastModifiedDate": measured,
            "links": {"self": link(f"/customers/{customer.id}/usagesummary")},
            "attributes": {"objectType": "CustomerUsageSummary"},
        }
    )


@routes("GET", "/v1/usagesummary", page="get-a-partner-usage-summary.md", takes=Takes.USER)
def of_partner(call: Call) -> Answer:
    """The month so far of all customers on legacy Azure; those on a plan are left out."""
    partner, now = call.world.partner, call.world.clock.now()
    rows = [customer for customer in _with_azure(call) if usage_figures.legacy(customer)]
    total = sum((customer.spent(now) for customer in rows), Decimal(0))
    return ok(
        {
            "customersOverBudget": sum(_over(call, row, Decimal(1)) for row in rows),
            "customersTrendingOver": sum(_over(call, row, _elapsed(call)) for row in rows),
            "customersWithUsageBasedSubscription": len(rows),
            **usage_figures.named(partner.tenant_id, partner.name),
            **usage_figures.period(now),
            "totalCost": total,
            "currencyLocale": rows[0].profile["culture"] if rows else "en-US",
            "lastModifiedDate": usage_figures.modified(call.world),
            "links": {"self": link("/usagesummary")},
            "attributes": {"objectType": "PartnerUsageSummary"},
        }
    )


def _elapsed(call: Call) -> Decimal:
    """The part of the month that is over, counting today in full."""
    now = call.world.clock.now()
    month = usage_figures.period(now)
    days = (month["billingEndDate"] - month["billingStartDate"]).days
    return Decimal(now.day) / Decimal(days)


def _over(call: Call, customer: Customer, elapsed: Decimal) -> bool:
    """Whether the spend, held on for the whole month, is above the budget."""
    amount = customer.budget_at(usage_figures.modified(call.world))
    return amount is not None and customer.spent(call.world.clock.now()) > amount * elapsed
