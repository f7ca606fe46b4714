"""The first page: customers, found by name, domain or id, and the latest calls.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pcsync.emulator.customer import Customer
from pcsync.emulator.page_calls import latest
from pcsync.emulator.page_pager import cut
from pcsync.emulator.page_render import Look
from pcsync.emulator.seats import pools


@dataclass(frozen=True)
class Row:
    """One customer of the list."""

    customer: Customer
    agreed: bool
    people: int
    subscriptions: int
    assigned: int
    seats: int


def view(look: Look) -> tuple[str, dict[str, Any]]:
    """The list; only the customers of the page shown are counted through."""
    word = look.query.get("q", "").strip()
    customers = look.state.world.customers
    found = [one for one in customers.values() if _fits(one, word.lower())]
    pager = cut(look, "page", found)
    rows = [_row(look, customer) for customer in pager.rows]
    context = {"word": word, "pager": pager, "rows": rows, "calls": latest(look, 8)}
    return "customers.html", {**context, "all": len(customers)}


def _fits(customer: Customer, word: str) -> bool:
    if not word:
        return True
    texts = (customer.company_name.lower(), customer.id, *customer.domains)
    return any(word in text for text in texts)


def _row(look: Look, customer: Customer) -> Row:
    units = pools(customer).values()
    return Row(
        customer,
        customer.agreed(look.now),
        sum(user.active for user in customer.users.values()),
        sum(one.status != "deleted" for one in customer.subscriptions.values()),
        sum(unit.consumed for unit in units),
        sum(unit.total for unit in units),
    )
