"""Limits across the subscriptions of one customer: shared caps of seats, and one at a time.

Owns the findings that no subscription by itself can see (domain rules PU10, PU11). Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pcsync.kinds.subscription import offered, products
from pcsync.model import Action, Finding, Resource, Severity, Verb, View, When

CANCELLED = "deleted"
ENDS = frozenset({Verb.CANCEL, Verb.DELETE})


def review(view: View, kind: str) -> Iterable[Finding]:
    """Seats over a cap that products share; a purchase beside or after the cancellation of the
    same."""
    yield from _over(view, kind)
    yield from _again(view, kind)
    yield from _counted(view, kind)


def _over(view: View, kind: str) -> Iterator[Finding]:
    """Only what this plan makes worse is said: the cap is in the contract, whether the service
    holds to it is not known (commerce.md 13.9)."""
    for name, members, most in view.rules.seat_caps:
        raising = [a for a in _acting(view, kind) if _in(_product(view, a), members) and _more(a)]
        seats = _seats(view, kind, members) + sum(_more(action) for action in raising)
        if raising and seats > most:
            last = raising[-1]
            what = f"{name}: {seats} seats, and together they may be {most} in one tenant"
            advice = "lower one of them, or move people to a product without this limit"
            yield Finding(Severity.WARNING, "over-seat-cap", what, advice, last.address, last.place)


def _acting(view: View, kind: str) -> list[Action]:
    found = (action for _, action in sorted(view.actions.items()))
    return [a for a in found if a.address.kind == kind and a.when is When.NOW and a.date is None]


def _product(view: View, action: Action) -> str:
    for side in (view.haves, view.wants):
        if action.address in side:
            return str(side[action.address].spec.get("product"))
    return ""


def _in(product: str, members: Iterable[str]) -> bool:
    return any(product == each or product.startswith(f"{each}:") for each in members)


def _more(action: Action) -> int:
    return sum(
        change.new - (change.old or 0)
        for change in action.changes
        if change.field == "quantity" and isinstance(change.new, int)
    )


def _seats(view: View, kind: str, members: tuple[str, ...]) -> int:
    """Seats that the tenant has of these products before this plan, of all channels if known."""
    rows = [have for address, have in view.haves.items() if address.kind == kind]
    wants = [want for address, want in view.wants.items() if address.kind == kind]
    listed = {*products.table(), *(str(r.spec.get("product")) for r in (*rows, *wants))}
    return sum(offered.owned(each, view) for each in sorted(listed) if _in(each, members))


def _again(view: View, kind: str) -> Iterator[Finding]:
    """What is cancelled counts until it is deprovisioned: buying the same beside it is refused."""
    acting = _acting(view, kind)
    for action in acting:
        if action.verb is not Verb.CREATE:
            continue
        product = _product(view, action)
        for other in acting:
            if other.verb in ENDS and _product(view, other) == product:
                yield _refused(action, view.haves[other.address], other)


def _counted(view: View, kind: str) -> Iterator[Finding]:
    """A purchase of what was cancelled and is listed still: how many a customer may own stands in
    no answer, and the service counts those."""
    gone = Counter(
        str(have.spec.get("product"))
        for address, have in view.haves.items()
        if address.kind == kind and have.spec.get("state") == CANCELLED
    )
    for action in _acting(view, kind):
        product = _product(view, action)
        if action.verb is Verb.CREATE and (number := gone[product]):
            name = products.title(product) or product
            what = f"{number} cancelled {name} is listed still and counts until deprovisioned"
            advice = "wait if the cart is refused: of some products a customer may own only so many"
            code, severity = "cancelled-counts", Severity.INFO
            yield Finding(severity, code, what, advice, action.address, action.place)


def _refused(action: Action, gone: Resource, other: Action) -> Finding:
    name = gone.spec.get("friendlyName")
    what = f"buys again what {other.address} ({name}) cancels in the same plan"
    advice = "change that one instead; limits count a cancelled one until it is deprovisioned"
    return Finding(
        Severity.ERROR, "cancel-and-buy-again", what, advice, action.address, action.place
    )
