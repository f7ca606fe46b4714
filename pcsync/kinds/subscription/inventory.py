"""Whether there is capacity for what is to be bought (commerce.md 1.7).

Owns the one question about all products of a customer that need it, which stores nothing (rule
SE1), and what is said where there is none: a cart line without capacity fails (10003). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pcsync.kinds import preflight
from pcsync.kinds.subscription import market, offered
from pcsync.model import Address, Finding, Read, Resource, Severity, State, View

ASKED = "/v1/extensions/product/checkInventory"
NEEDS = "InventoryCheck"
KIND = "inventory"


def short(want: Resource, view: View) -> Iterable[Read | Finding]:
    """What has to be asked before this purchase, or that there is no capacity for it. That it
    can't be asked stops nothing: the cart tells."""
    path = _path(view)
    if path is None or not preflight.wanted(view) or not _needs(want, view):
        return
    if path in view.reads:
        yield from _told(want, view)
        return
    rows = _bought(want, view)
    late = [r for row in rows if (r := offered.read(row, view)) and r.path not in view.reads]
    yield from late or [_question(path, [row for row in rows if _needs(row, view)], view)]


def live(page: Iterable[Mapping[str, Any]], owner: Address) -> Iterator[Resource]:
    """Each row of the bare array as a thing of its own, which no manifest can name."""
    for row in page:
        product = f"{row.get('productId')}:{row.get('skuId')}".upper()
        yield Resource(Address(KIND, (owner.root, f"#{product}")), {}, owner=owner, remote=row)


def _path(view: View) -> str | None:
    place = market.country(view)
    known = view.owner is not None and view.owner in view.ids
    return f"{ASKED}?country={place}" if place and known else None


def _needs(want: Resource, view: View) -> bool:
    return NEEDS in offered.prerequisites(want, view)


def _bought(want: Resource, view: View) -> list[Resource]:
    """All that are not there yet and are wanted alive, in the order of their addresses."""
    return [
        other
        for address, other in sorted(view.wants.items())
        if address.kind == want.address.kind and address not in view.haves
        if other.state is State.PRESENT and other.spec.get("state") == "active"
        if ":" in str(other.spec.get("product") or "")
    ]


def _question(path: str, rows: Iterable[Resource], view: View) -> Read:
    keys = sorted({str(row.spec["product"]) for row in rows})
    items = [dict(zip(("productId", "skuId"), key.split(":"), strict=True)) for key in keys]
    context = {"customerId": view.ids[view.owner]} if view.owner else {}
    body = {"targetItems": items, "inventoryContext": context}
    return Read(path, (), owner=view.owner, method="POST", body=body)


def _told(want: Resource, view: View) -> Iterable[Finding]:
    have = view.haves.get(Address(KIND, (want.address.root, f"#{want.spec['product'].upper()}")))
    if have is None or not have.remote.get("isRestricted"):
        return
    rows = have.remote.get("restrictions") or ()
    reasons = "; ".join(str(r.get("description") or r.get("reasonCode")) for r in rows)
    what = f"there is no capacity for {want.spec['product']}" + (f": {reasons}" if reasons else "")
    advice = "take another product or region, or plan again when there is"
    yield Finding(Severity.ERROR, "no-capacity", what, advice, want.address, want.at("product"))
