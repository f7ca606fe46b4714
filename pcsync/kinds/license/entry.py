"""Reading one licence entry of a manifest: which person, which SKU, which plans are off.

Owns the resolution of a subscription's name, a part number or a GUID. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pcsync.kinds.license import provided, skus
from pcsync.model import Address, Document, Finding, Severity
from pcsync.values import guid, is_guid


@dataclass(frozen=True, slots=True)
class Entry:
    """What an entry stands for: the pool of seats it takes from, and who provides them.

    `disabled` holds names of service plans, sorted; None where nothing is said about them.
    """

    pool: str
    label: str
    provider: Address | None = None
    disabled: tuple[str, ...] | None = None


def read(document: Document) -> Entry | Finding:
    """The entry of a document, or what is wrong with it (manifest-reference.md 5.2 and 6)."""
    spec: Mapping[str, Any] = document.spec
    word = document.text or spec.get("subscription") or spec.get("sku") or ""
    by_name = document.text is not None or "subscription" in spec
    if by_name and word in (given := _providers(document)):
        provider, pool = given[word]
        if pool is None and spec.get("disabledPlans") is not None:
            what = f"the licence that {word} provides is not in the table of products"
            advice = "name the licence by its part number instead"
            return _problem(document, "unknown-product", what, advice)
        if pool is None:
            return Entry(f"{provided.UNKNOWN}{word}", word, provider)
        return _with_plans(document, Entry(pool, skus.label(pool), provider))
    if "subscription" in spec:
        what = f"no subscription of this customer is called {word}"
        return _problem(document, "no-such-subscription", what, _nearest(word, document))
    return _by_sku(document, word)


def _by_sku(document: Document, word: str) -> Entry | Finding:
    match skus.look_up(word):
        case (sku,):
            return _with_plans(document, Entry(sku.id, skus.label(sku.id)))
        case () if is_guid(word):
            return _with_plans(document, Entry(guid(word), guid(word)))
        case (_, *_) as several:
            what = f"{word} is the part number of {len(several)} SKUs"
            advice = "write one of the GUIDs " + ", ".join(sorted(sku.id for sku in several))
            return _problem(document, "ambiguous-sku", what, advice)
    if several := skus.named(word):
        numbers = " or ".join(sorted(f"{sku.part_number}" for sku in several))
        what = f"{word} is a product name, and not enough to name a licence"
        return _problem(document, "product-name", what, f"write the part number: {numbers}")
    what = f"{word} is neither a subscription of this customer nor a known part number"
    return _problem(document, "unknown-sku", what, _nearest(word, document))


def _with_plans(document: Document, entry: Entry) -> Entry | Finding:
    wanted = document.spec.get("disabledPlans")
    if wanted is None:
        return entry
    sku = skus.by_id().get(entry.pool)
    if sku is None:
        what = f"the service plans of {entry.label} are not in the table of SKUs"
        return _problem(document, "unknown-plan", what, "leave `disabledPlans` out")
    found: set[str] = set()
    for plan in wanted:
        resolved = sku.plan(plan)
        if resolved is None:
            what = f"{entry.label} has no service plan {plan}"
            known = ", ".join(sorted(sku.plans.values()))
            return _problem(document, "unknown-plan", what, f"its plans are {known}")
        found.add(sku.plans[resolved])
    return Entry(entry.pool, entry.label, entry.provider, tuple(sorted(found)))


def _providers(document: Document) -> Mapping[str, tuple[Address, str | None]]:
    """What gives seats, by name: other licences hold some, and give none."""
    return {
        name: (address, pool)
        for name, (address, pool) in document.seats.items()
        if address.kind != document.kind
    }


def _nearest(word: str, document: Document) -> str:
    names = ", ".join(sorted(_providers(document))) or "none"
    return f"its subscriptions: {names}; or write a part number, such as SPB"


def _problem(document: Document, code: str, what: str, advice: str) -> Finding:
    field = next((name for name in ("subscription", "sku") if name in document.spec), "")
    return Finding(Severity.ERROR, code, what, advice, place=document.at(field))
