"""Which seats a catalogue item gives: `productId:skuId` -> the SKU that people hold.

Owns the shipped table (`products.json`). What it does not know is asked of the catalogue, one read
a product. Pure; must not import another kind.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pcsync.kinds.paths import at
from pcsync.kinds.subscription import market
from pcsync.model import Address, Read, Resource, View
from pcsync.values import guid

UNKNOWN = "product:"


@cache
def table() -> Mapping[str, Mapping[str, Any]]:
    """`productId:skuId` -> `pool` (SKU GUID), `partNumber`, `title`, `upgradeTargetOffers`,
    `leastByTerm`."""
    text = files(__package__).joinpath("products.json").read_text("utf-8")
    found: Mapping[str, Mapping[str, Any]] = json.loads(text)["products"]
    return found


def pool(product: str) -> str:
    """The pool of seats a product fills; `product:...` where the table does not know it."""
    row = table().get(product)
    return str(row["pool"]) if row else f"{UNKNOWN}{product}"


def catalogued(pool: str, view: View) -> str:
    """The pool as the catalogue names it, where the table does not know the product."""
    if not pool.startswith(UNKNOWN):
        return pool
    rows = (have.remote for have in view.haves.values() if "catalogue" in have.remote)
    return next((row["catalogue"] for row in rows if row["product"] == pool), pool)


def item(page: Mapping[str, Any], owner: Address, kind: str) -> Iterable[Resource]:
    """A catalogue item as a trace of the licence that it gives: `provisioningId` is the GUID of
    the directory's SKU (commerce.md 1.3, inferred)."""
    product = f"{page.get('productId')}:{page.get('id')}".upper()
    if found := (page.get("dynamicAttributes") or {}).get("provisioningId"):
        yield Resource(
            Address(kind, (owner.root, f"#product-{product}")),
            {"product": product, "state": "catalogue"},
            owner=owner,
            remote={"product": f"{UNKNOWN}{product}", "catalogue": guid(found)},
        )


def reads(wants: Iterable[Resource], view: View) -> Iterable[Read]:
    """One read for each product that the table does not know, where somebody has to know it: in the
    catalogue of the customer's market, which all customers of a market share, else in its own."""
    named = {address for want in view.wants.values() for address in want.needs}
    for want in wants:
        product = str(want.spec.get("product") or "")
        asked = want.address in named or "wish" in want.remote
        if view.owner is None or not asked or not product or product in table():
            continue
        found, sku = product.split(":")
        rest, place = f"products/{found}/skus/{sku}", market.country(view)
        own = at(view, view.owner, rest)
        if place and own not in view.reads:
            path = f"/v1/{rest}?country={place}"
            yield Read(path, (want.address,), owner=view.owner, gone_ok=True, shared=True)
        elif own:
            yield Read(own, (want.address,), owner=view.owner, gone_ok=True)


def named(wants: Iterable[Resource]) -> Iterable[str]:
    """The products that manifests name: for today, for the next term, for after a trial."""
    for want in wants:
        then = want.spec.get("trial", {}).get("then")
        for each in (want.spec, want.spec.get("atRenewal", {}), then):
            if isinstance(each, Mapping) and each.get("product"):
                yield str(each["product"]).upper()


def part_number(pool: str) -> str:
    """What people call a pool: the part number of its licence; the pool where no row has it."""
    return next((str(row["partNumber"]) for row in table().values() if row["pool"] == pool), pool)


def title_of(pool: str) -> str:
    """The name of a product that gives the seats of a pool; empty where no row has it."""
    return next((str(row["title"]) for row in table().values() if row["pool"] == pool), "")


def title(product: str) -> str:
    """The product's name; empty where the table does not know it."""
    row = table().get(product)
    return str(row["title"]) if row else ""


def least(product: str, term: str | None) -> int:
    """The fewest seats that a term is sold from, whatever the SKU says (rule MO14): 0 where the
    table does not know of any."""
    return int(table().get(product, {}).get("leastByTerm", {}).get(term, 0))


def upgrades(product: str) -> tuple[str, ...]:
    """What a product is known to be upgraded to; nothing where the table does not know it."""
    return tuple(table().get(product, {}).get("upgradeTargetOffers", ()))
