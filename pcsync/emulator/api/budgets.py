"""The Azure spending budget of a customer.

Pages: get-a-customer-s-usage-spending-budget.md, update-a-customer-s-usage-spending-budget.md.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pcsync.emulator import sandbox
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.paging import link
from pcsync.emulator.routing import Routes

routes = Routes()

BUDGET = "/v1/customers/{customer}/usagebudget"


def _show(customer: Customer, method: str) -> dict[str, Any]:
    amount = {} if customer.budget is None else {"amount": customer.budget}
    return amount | {
        "links": {"self": link(f"/v1/customers/{customer.id}/usagebudget", method)},
        "attributes": {"objectType": "SpendingBudget"},
    }


@routes("GET", BUDGET, page="get-a-customer-s-usage-spending-budget.md")
def read(call: Call) -> Answer:
    """The budget; no amount means none."""
    customer = call.customer()
    sandbox.not_here(call.world, "A budget")
    return ok(_show(customer, "GET"))


@routes(
    "PATCH",
    BUDGET,
    page="update-a-customer-s-usage-spending-budget.md",
    audit=("update_customer_spending_budget", "spending_limit"),
)
def update(call: Call) -> Answer:
    """Set the amount, or clear it with null. 403/900108 for a customer without Azure."""
    customer, body = call.customer(), call.body()
    sandbox.not_here(call.world, "A budget")
    if "amount" not in body:
        raise invalid("amount is required; null clears the budget.")
    amount = _amount(body["amount"])
    if not customer.azure:
        raise Fault(403, 900108, "The customer has no Azure subscriptions.")
    before = {"amount": customer.budget}
    customer.budgets.append((call.world.clock.now(), amount))
    operation, after = "update_customer_spending_budget", {"amount": customer.budget}
    call.note(operation, "spending_limit", customer, after, old_value=before)
    return ok(_show(customer, "PATCH"))


def _amount(value: Any) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise invalid("amount must be a number.")
    if value < 0:
        raise invalid("amount must not be negative.")
    return Decimal(value)
