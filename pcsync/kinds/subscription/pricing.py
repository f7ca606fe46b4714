"""Which prices are known of a customer's subscriptions: today's, and that of their renewal.

For whoever wants to know whether the price sheets suffice, before a plan needs them. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from pcsync.kinds.subscription import charged, money, prices, types
from pcsync.kinds.subscription.prices import Book
from pcsync.kinds.subscription.windows import renews
from pcsync.model import Costing, Resource, State, View


def costings(view: View, kind: str) -> Iterable[Costing]:
    """One for each declared subscription that a price sheet can know: wanted and not legacy, no
    Azure plan."""
    if view.prices is None:
        return
    book = money.book_of(view)
    for address in sorted(view.wants):
        want = view.wants[address]
        if address.kind == kind and want.state is State.PRESENT and _listed(want):
            yield _costing(want, view.haves.get(address), book)


def _listed(want: Resource) -> bool:
    return types.type_of(want.spec) not in {types.AZURE, types.LEGACY} and "trial" not in want.spec


def _costing(want: Resource, have: Resource | None, book: Book) -> Costing:
    next_ = renews(have) if have else None
    if have is None or next_ is None:
        today = prices.each(book, prices.sold(want.spec), book.now)
        return Costing(want.address, today, prices.sold(want.spec).cycle)
    what = prices.sold({**have.spec, **_told(have)})
    rate, then = charged.running(have, book), prices.each(book, what, next_)
    return Costing(want.address, rate.each, rate.cycle, next_, then, what.cycle)


def _told(have: Resource) -> dict[str, object]:
    """What the service has been told for the next term."""
    told = have.remote["next"] or {}
    return {name: value for name, value in told.items() if name in have.spec and value}
