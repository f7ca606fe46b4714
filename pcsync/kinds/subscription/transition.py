"""Another product at once: what the service offers, and the calls of an upgrade.

Owns transitions (commerce.md 6.4, 6.5; domain rules WI9, WI10): upward only, all seats at once,
never taken back. A part of the seats would become a subscription that no manifest knows, so the
number of seats is looked at right before. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pcsync.kinds.paths import at, below, reference
from pcsync.kinds.subscription.model import product_of
from pcsync.model import (
    Action,
    All,
    Await,
    Call,
    Can,
    Check,
    Condition,
    Is,
    Keep,
    Not,
    Read,
    Resource,
    Settle,
    Some,
    Step,
    View,
)
from pcsync.values import word

NOW = "transitionEligibilities?eligibilityType=immediate"
LATER = "transitionEligibilities?eligibilityType=scheduled"
BEGUN = "transitions"
WITH_LICENCES, ONLY = "transition_with_license_transfer", "transition_only"


@dataclass(frozen=True, slots=True)
class Offer:
    """Whether an upgrade is possible now, by which type of transition; else why not."""

    possible: bool
    kind: str = WITH_LICENCES
    why: str = ""


def offer(have: Resource, product: str) -> Offer:
    """What the service says of an upgrade to this product now. Where nobody could ask (the
    question needs a signed-in user), both ways are taken to exist."""
    known = have.remote.get("upgrades")
    if known is None:
        return Offer(True)
    if product not in known:
        return Offer(False, why="the service offers no upgrade to this product now")
    found: Mapping[str, str] = known[product]
    for kind in (WITH_LICENCES, ONLY):
        if found.get(kind) == "":
            return Offer(True, kind)
    return Offer(False, why=f"the service refuses the upgrade now ({found.get(ONLY, '')})")


def scheduled(have: Resource, product: str) -> bool:
    """Whether the service has said that it offers this product for the renewal."""
    known: Mapping[str, Mapping[str, str]] = have.remote.get("upgrades_later") or {}
    return "" in known.get(product, {}).values()


def asks(want: Resource, have: Resource, view: View) -> Read | None:
    """The question for upgrades, now or for the renewal, where another product is wanted; that
    the second one fails hides nothing."""
    if want.spec["product"].upper() == have.spec["product"].upper() or Can.USER not in view.can:
        return None
    if view.owner is None:
        return None
    later = want.spec.get("change", {}).get("product") == "atRenewal"
    path = at(view, view.owner, f"subscriptions/{have.remote['id']}/{LATER if later else NOW}")
    if later:
        new = path and path not in view.reads and not _told(have, want.spec["product"])
        return Read(path, (), owner=view.owner, user=True) if path and new else None
    return Read(path, (want.address,), owner=view.owner, user=True) if path else None


def _told(have: Resource, product: str) -> bool:
    """Whether the service has been told this product for the next term."""
    told: Mapping[str, Any] = have.remote.get("next") or {}
    return str(told.get("product") or "").upper() == product.upper()


def begun(want: Resource, have: Resource, view: View) -> Read | None:
    """The question for transitions that run, before one is begun: they take up to an hour."""
    assert view.owner is not None, "a subscription belongs to a customer"
    path = at(view, view.owner, f"subscriptions/{have.remote['id']}/{BEGUN}")
    return Read(path, (want.address,), owner=view.owner, user=True) if path else None


def seen(segment: str, page: Any) -> dict[str, Any]:
    """What an answer below one subscription shows: upgrades that are offered, or that run."""
    if segment == BEGUN:
        rows = page.get("items") or page.get("transition") or ()
        return {"running": tuple(product_of(r["toCatalogItemId"]) for r in rows if _runs(r))}
    offered = {
        product_of(row["catalogItemId"]): {
            each["transitionType"]: _errors(each) for each in row.get("eligibilities") or ()
        }
        for row in page.get("items") or ()
    }
    return {"upgrades_later" if segment == LATER else "upgrades": offered}


def _runs(row: Mapping[str, Any]) -> bool:
    return any(word(event.get("status")) == "started" for event in row.get("events") or ())


def _errors(eligibility: Mapping[str, Any]) -> str:
    """Empty text where it may be; else the service's own reasons."""
    if eligibility.get("isEligible"):
        return ""
    said = [str(e.get("description") or e.get("code")) for e in eligibility.get("errors") or ()]
    return "; ".join(said) or "not eligible"


def steps(action: Action, have: Resource, quantity: int, after: tuple[str, ...]) -> Iterable[Step]:
    """Seats and product as planned; the target looked up; one POST; then until it is there."""
    assert action.owner is not None, "a subscription belongs to a customer"
    address, covers = action.address, (action.id,)
    wanted = {change.field: change.new for change in action.changes}
    path = below(action.owner, f"subscriptions/{{{reference(address)}}}")
    product = f"{wanted['product']}:"
    yield Call(
        f"{address}.before",
        covers,
        "GET",
        path,
        checks=(Check(_as_planned(have, quantity), "it is not as it was planned", covers),),
        after=after,
    )
    target = Is("catalogItemId", product, fold=True, prefix=True)
    yield Call(
        f"{address}.target",
        covers,
        "GET",
        f"{path}/{NOW}",
        user=True,
        keep=(Keep(reference(address, "target"), "catalogItemId", among="items", where=target),),
        after=(f"{address}.before",),
    )
    yield _post(action, path, wanted, have, quantity)
    yield _completed(action, path)


def _as_planned(have: Resource, quantity: int) -> All:
    return All(
        (
            Is("quantity", quantity),
            Is("offerId", f"{have.spec['product']}:", fold=True, prefix=True),
            Is("status", "active", fold=True),
        )
    )


def _post(
    action: Action, path: str, wanted: Mapping[str, Any], have: Resource, quantity: int
) -> Call:
    """The transition of all seats, with term and cycle where they change, too."""
    address = action.address
    begun_now = All(
        (
            Is("toCatalogItemId", f"{wanted['product']}:", fold=True, prefix=True),
            Not(Some("events", Is("status", "Failed", fold=True))),
        )
    )
    operation = Keep(reference(address, "operation"), "operationId")
    return Call(
        f"{address}.transition",
        (action.id,),
        "POST",
        f"{path}/{BEGUN}",
        body={
            "fromSubscriptionId": have.remote["id"],
            "toCatalogItemId": {"$ref": reference(address, "target")},
            "quantity": quantity,
            "termDuration": wanted.get("termDuration", have.spec["termDuration"]),
            "billingCycle": wanted.get("billingCycle", have.spec["billingCycle"]),
            "transitionType": offer(have, wanted["product"]).kind,
        },
        user=True,
        keep=(operation,),
        settle=Settle(
            f"{path}/{BEGUN}",
            _among(begun_now),
            keep=(Keep(operation.name, "operationId", among="items", where=begun_now),),
        ),
        after=(f"{address}.target",),
    )


def _among(where: Condition) -> Condition:
    """One of the list, whichever of its two documented shapes it has (commerce.md 19)."""
    return Not(All((Not(Some("items", where)), Not(Some("transition", where)))))


def _completed(action: Action, path: str) -> Await:
    """Until every event of the transition is completed; the licences move last."""
    address = action.address
    mine = Is("operationId", {"$ref": reference(address, "operation")}, fold=True)
    open_ = Some("events", Not(Is("status", "Completed", fold=True)))
    failed = Some("events", Is("status", "Failed", fold=True))
    return Await(
        f"{address}.transitioned",
        (action.id,),
        f"{path}/{BEGUN}",
        _among(All((mine, Not(open_)))),
        fails=_among(All((mine, failed))),
        says=f"{address.path[-1]} has its new product",
        every=60.0,
        deadline=7200.0,
        user=True,
        after=(f"{address}.transition",),
    )
