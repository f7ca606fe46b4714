"""Whether there is capacity for catalogue items (commerce.md 1.7).

Page: check-inventory.md.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import countries, stock, wire
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.faults import invalid
from pcsync.emulator.routing import Routes
from pcsync.emulator.wire import Body

routes = Routes()


@routes(
    "POST",
    "/v1/extensions/product/checkInventory",
    page="check-inventory.md",
    query=("country",),
    stores=False,
)
def check(call: Call) -> Answer:
    """A bare array with a row for each SKU; what the catalogue has not is left out."""
    country = (call.query("country") or "").upper()
    if country not in countries.countries():
        raise invalid(f"No market was found for country {country}.")
    body = call.body()
    targets = body.parts("targetItems")
    if not targets:
        raise invalid("targetItems must hold at least one item.")
    context = body.part("inventoryContext") or Body({})
    region = (context.text("armRegionName") or "").lower()
    return ok([_row(item, region) for target in targets for item in _items(target)])


def _items(target: Body) -> list[stock.Item]:
    product, sku = target.need("productId").upper(), (target.text("skuId") or "").upper()
    rows = (item for item in stock.items().values() if item.product_id == product)
    return [item for item in rows if sku in ("", item.sku_id)]


def _row(item: stock.Item, region: str) -> dict[str, Any]:
    where = region or item.region
    short = where in item.restricted
    restriction = {
        "reasonCode": "NotAvailableForSubscription",
        "description": "The item is not available for the subscription there.",
        "properties": {"type": "Location", "values": where},
    }
    return wire.shown(
        productId=item.product_id,
        skuId=item.sku_id,
        isRestricted=short,
        restrictions=[restriction] if short else [],
    )
