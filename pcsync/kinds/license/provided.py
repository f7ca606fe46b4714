"""Which licence a subscription's name stands for today (domain rules LI14, LI15).

A manifest may name the product that a subscription has from its renewal on: until then people hold
the licence of its live product. Owns the entries that are given by a subscription's name. Pure;
names no kind: it reads pools.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pcsync.kinds.license import skus
from pcsync.model import Address, Finding, Resource, Settled, Severity, View
from pcsync.values import is_guid

UNKNOWN = "product:"


def settled(view: View, kind: str) -> Iterable[Settled | Finding]:
    """Licences that are another SKU today than the manifest alone could tell, under the address of
    what people hold today."""
    for want in view.wants.values():
        if want.address.kind != kind or (provider := want.remote.get("provider")) is None:
            continue
        pool = current(view, provider)
        if pool is None and str(want.remote["sku"]).startswith(UNKNOWN):
            what = f"nobody knows which licence {provider.path[-1]} provides"
            advice = "name the licence by its part number instead"
            yield Finding(Severity.ERROR, "unknown-product", what, advice, want.address, want.place)
        elif pool is not None and pool != want.remote["sku"]:
            yield Settled(want.address, _as(want, pool))


def current(view: View, provider: Address) -> str | None:
    """The SKU that a subscription gives: the live one, else the declared one; None if unknown."""
    for resource in (view.haves.get(provider), view.wants.get(provider)):
        pools = resource.holds.items() if resource else ()
        if found := next((pool for pool, seats in pools if seats >= 0 and is_guid(pool)), None):
            return found
    return None


def _as(want: Resource, pool: str) -> Resource:
    assert want.owner is not None, "a licence is owned by its user"
    return replace(
        want,
        address=Address(want.address.kind, (*want.owner.path, skus.label(pool))),
        spec=_plans(want.spec, pool),
        remote={**want.remote, "sku": pool},
        holds={pool: -1} if want.holds else {},
    )


def _plans(spec: Any, pool: str) -> dict[str, Any]:
    """Of the plans that are to be off those that this SKU has, too."""
    sku = skus.by_id().get(pool)
    if "disabledPlans" not in spec or sku is None:
        return dict(spec)
    return {**spec, "disabledPlans": [name for name in spec["disabledPlans"] if sku.plan(name)]}
