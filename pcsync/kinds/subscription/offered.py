"""What the catalogue says of a product that is to be bought, and what stands in the way.

Owns the one read of availabilities per product and market that a purchase adds to a plan (domain
rule PU3) and what is found in it: end of sale, terms, seats, base products, attestation (PU10,
PU12, PU13, PU15; commerce.md 1.3, 1.5, 1.12). Its ids are for this moment and never kept (PU16).
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pcsync.kinds import preflight
from pcsync.kinds.paths import at
from pcsync.kinds.subscription import market, products, types, wish
from pcsync.kinds.subscription.model import LIVE
from pcsync.model import Address, Finding, Read, Resource, Severity, State, View
from pcsync.values import word

KIND = "offered"


def path(want: Resource, view: View) -> str | None:
    """Where the availabilities are read: in the catalogue of the customer's market, which all
    customers of a market share; where the market is not known, in the customer's own. None while
    there is neither."""
    product, sku = want.spec["product"].split(":")
    rest, segment = f"products/{product}/skus/{sku}/availabilities", want.spec["segment"]
    if place := market.country(view):
        return f"/v1/{rest}?country={place}&targetSegment={segment}"
    return at(view, view.owner, f"{rest}?targetSegment={segment}") if view.owner else None


def read(want: Resource, view: View) -> Read | None:
    """The read that is missing to judge this purchase; None where there is nothing to ask."""
    found = path(want, view)
    if found is None or view.done(found) or not preflight.wanted(view):
        return None
    shared = market.country(view) is not None
    return Read(found, (want.address,), owner=view.owner, gone_ok=True, shared=shared)


def answers(path: str) -> str | None:
    """The `productId:skuId` whose availabilities a path lists; None for any other path."""
    match path.split("/")[-5:]:
        case ["products", product, "skus", sku, rest] if rest.startswith("availabilities?"):
            return f"{product}:{sku}".upper()
        case _:
            return None


def live(product: str, page: Any, owner: Address) -> Iterator[Resource]:
    """Each availability as a thing of its own, which no manifest can name."""
    for number, item in enumerate(page.get("items", ())):
        segment = word(item.get("segment"))
        name = f"#{product}:{segment}:{number}"
        yield Resource(Address(KIND, (owner.root, name)), {}, owner=owner, remote=dict(item))


def wrong(want: Resource, view: View) -> Iterable[Finding]:
    """Why this can't be bought, by what the catalogue says; nothing where it was not asked."""
    found = path(want, view)
    if found is None or not view.done(found):
        return
    rows = [row for row in _of(want, view) if row.get("isPurchasable")]
    if not rows:
        yield _not_sold(want)
        return
    sku: Mapping[str, Any] = rows[0].get("sku") or {}
    yield from wish.unsaid(want, sku)
    yield from _terms(want, rows)
    yield from _seats(want, sku, view)
    yield from _attestation(want, sku)
    yield from _base(want, sku, view)


def item(want: Resource, view: View) -> str | None:
    """The catalogue id of what is for sale today, for a question in the same run (PU16)."""
    rows = (row for row in _of(want, view) if row.get("isPurchasable"))
    return next((str(row["catalogItemId"]) for row in rows), None)


def prerequisites(want: Resource, view: View) -> tuple[str, ...]:
    """What has to be asked before it is bought, as the catalogue calls it: `InventoryCheck`."""
    rows = (row for row in _of(want, view) if row.get("isPurchasable"))
    found = next((row.get("sku") or {} for row in rows), {})
    return tuple(map(str, found.get("purchasePrerequisites") or ()))


def unsold(want: Resource, view: View) -> Iterable[Finding]:
    """Why a live one can't become this, by what the catalogue says (PU13); nothing where it was not
    asked."""
    found = path(want, view)
    if found is None or not view.done(found):
        return
    rows = [row for row in _of(want, view) if row.get("isPurchasable")]
    if not rows:
        yield _not_sold(want)
    else:
        yield from _terms(want, rows)


def _not_sold(want: Resource) -> Finding:
    what = f"{want.spec['product']} is not sold to this customer in {want.spec['segment']}"
    advice = "take another product: live ones renew on, new ones can't be bought"
    return _error(want, "product", "not-for-sale", what, advice)


def _of(want: Resource, view: View) -> list[Mapping[str, Any]]:
    begins = f"#{want.spec['product']}:{want.spec['segment']}:"
    return [
        have.remote
        for address, have in sorted(view.haves.items())
        if address.kind == KIND and address.path[-1].startswith(begins)
    ]


def _terms(want: Resource, rows: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    if types.type_of(want.spec) == types.AZURE:
        return
    sold = {
        (str(term.get("duration") or ""), word(term.get("billingCycle")))
        for row in rows
        for term in row.get("terms") or ()
    }
    wanted = (want.spec["termDuration"], word(want.spec["billingCycle"]))
    if wanted not in sold:
        pairs = ", ".join(f"{term} {cycle}" for term, cycle in sorted(sold)) or "none"
        what = f"{want.spec['product']} is not sold for {' '.join(wanted)}"
        yield _error(want, "termDuration", "term-not-sold", what, f"it is sold for: {pairs}")


def _seats(want: Resource, sku: Mapping[str, Any], view: View) -> Iterator[Finding]:
    """The maximum is a pool of the SKU and tenant over all partners (PU10); the minimum can depend
    on the term (MO14)."""
    of_term = products.least(want.spec["product"], want.spec["termDuration"])
    least, most = max(sku.get("minimumQuantity") or 0, of_term), sku.get("maximumQuantity")
    quantity = want.spec["quantity"]
    if quantity < least:
        what = f"{quantity} seats are fewer than the {least} it is sold from"
        yield _error(want, "quantity", "too-few-seats", what, f"write {least} or more")
    if most is None or types.type_of(want.spec) == types.AZURE:
        return
    there = owned(want.spec["product"], view)
    if quantity + there > most:
        free = max(most - there, 0)
        what = f"{quantity} seats and the {there} that the tenant has are more than {most}"
        advice = f"write {free} or fewer: all partners share the maximum of the tenant"
        yield _error(want, "quantity", "too-many-seats", what, advice)


def owned(product: str, view: View) -> int:
    """Seats of a product in the tenant: of all channels, where the tenant's seats were read."""
    mine = sum(
        have.spec["quantity"] or 0
        for have in view.haves.values()
        if have.spec.get("product") == product and have.spec.get("state") in LIVE
        if "id" in have.remote
    )
    level = view.levels.get(products.pool(product))
    return max(mine, level.total) if level else mine


def _attestation(want: Resource, sku: Mapping[str, Any]) -> Iterator[Finding]:
    """A person accepts the text for the customer: pcsync never does (PU15)."""
    asked = sku.get("attestationProperties") or {}
    if asked.get("enforceAttestation") and not want.words.get("attestationAccepted"):
        what = f"its buyer has to accept a text of Microsoft ({asked.get('attestationType')})"
        advice = "show it to the customer, and write `attestationAccepted: {by: …, on: …}`"
        yield _error(want, "product", "attestation-needed", what, advice)


def _base(want: Resource, sku: Mapping[str, Any], view: View) -> Iterator[Finding]:
    """An add-on needs one of its base products, owned or in the same cart (PU12)."""
    more = sku.get("dynamicAttributes") or {}
    bases = {str(each).upper() for each in more.get("prerequisiteSkus") or ()}
    if not more.get("isAddon") or not bases:
        return
    there = {
        have.spec.get("product")
        for have in view.haves.values()
        if have.spec.get("state") in {"active", "pending"} and "id" in have.remote
    }
    coming = {
        other.spec.get("product")
        for address, other in view.wants.items()
        if address != want.address and other.state is State.PRESENT
        if other.spec.get("state") == "active" and address not in view.haves
    }
    if not bases & (there | coming):
        what = f"is an add-on, and the customer has none of its bases: {', '.join(sorted(bases))}"
        yield _error(want, "product", "no-base", what, "declare one of them, or remove its lines")


def _error(want: Resource, field: str, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, code, what, advice, want.address, want.at(field))
