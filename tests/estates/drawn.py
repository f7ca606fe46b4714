"""Random small estates: what is live, the manifests that declare just that, and edits of these.

A world has one customer with subscriptions in many states and people with licences; `imported`
writes the manifest that declares all of it; an `Edit` is what somebody may do to a repository.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

PRODUCTS = {
    "CFQ7TTC0LCHC:0002": "SPB",
    "CFQ7TTC0LDPB:0001": "O365_BUSINESS_PREMIUM",
    "CFQ7TTC0LH16:0001": "EXCHANGESTANDARD",
    "CFQ7TTC0LHSF:0001": "POWER_BI_PRO",
}
SHAPES = [("P1M", "monthly"), ("P1Y", "monthly"), ("P1Y", "annual"), ("P3Y", "annual")]
STATUS = ["active", "active", "active", "suspended", "expired", "deleted"]
NAMES = ["m365", "mail", "office", "flex"]
PEOPLE = ["ana", "ben", "cleo"]

Estate = dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """One change of a repository, by what it is called."""

    name: str
    make: Callable[[Estate], None]


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """What is live: `worlds()["contoso"]` in the words of the emulator's world file."""
    subscriptions = {
        name: draw(_subscription())
        for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    }
    alive = {s["product"] for s in subscriptions.values() if s["status"] == "active"}
    pools = [PRODUCTS[product] for product in sorted(alive)]
    users = {
        name: {
            "displayName": name.title(),
            "usageLocation": "DE",
            "licenses": draw(st.lists(st.sampled_from(pools), unique=True)) if pools else [],
        }
        for name in draw(st.lists(st.sampled_from(PEOPLE), unique=True))
    }
    return {"contoso": {"subscriptions": subscriptions, "users": users, "azure": True}}


@st.composite
def _subscription(draw: st.DrawFn) -> dict[str, Any]:
    term, cycle = draw(st.sampled_from(SHAPES))
    started = draw(st.sampled_from(["2026-11-20", "2026-11-02", "2026-10-30", "2025-11-25"]))
    return {
        "product": draw(st.sampled_from(sorted(PRODUCTS))),
        "termDuration": term,
        "billingCycle": cycle,
        "quantity": draw(st.integers(3, 6)),
        "status": draw(st.sampled_from(STATUS)),
        "creationDate": started,
        "autoRenewEnabled": draw(st.booleans()),
    }


def imported(facts: Mapping[str, Any], *, ids: bool) -> Estate:
    """The specs of customers that declare what is live: what is dead is left out."""
    live = facts["contoso"]
    subscriptions = [
        {
            "name": name,
            "product": row["product"],
            "termDuration": row["termDuration"],
            "billingCycle": row["billingCycle"],
            "quantity": row["quantity"],
            **({"state": "suspended"} if row["status"] == "suspended" else {}),
            **({"id": row["id"]} if ids else {}),
        }
        for name, row in live["subscriptions"].items()
        if row["status"] in {"active", "suspended"}
    ]
    users = [
        {
            "userPrincipalName": row["userPrincipalName"],
            "displayName": row["displayName"],
            "licenses": sorted(row["licenses"]),
            **({"id": row["id"]} if ids else {}),
        }
        for row in live["users"].values()
        if row["state"] == "active"
    ]
    spec: Estate = {}
    if subscriptions:
        spec["subscriptions"] = subscriptions
    if users:
        spec["users"] = users
    return {"contoso": spec}


def locked(estate: Estate, facts: Mapping[str, Any]) -> dict[str, str]:
    """The lines of a lock file for an imported estate."""
    live, spec = facts["contoso"], estate["contoso"]
    found = {"customer/contoso": live["id"]}
    for each in spec.get("subscriptions", ()):
        row = live["subscriptions"][each["name"]]
        found[f"subscription/contoso/{each['name']}"] = row["id"]
    for name, row in live["users"].items():
        if row["state"] == "active":
            found[f"user/contoso/{name}"] = row["id"]
    return found


@st.composite
def renames(draw: st.DrawFn, estate: Estate) -> tuple[Estate, list[str]]:
    """An estate in which some subscriptions have another name, friendlyName or product; and what
    was done. With `renamedFrom` or without."""
    changed = copy.deepcopy(estate)
    done = []
    for each in changed["contoso"].get("subscriptions", ()):
        kind = draw(st.sampled_from(["", "name", "friendlyName", "product"]))
        old = each["name"]
        match kind:
            case "name":
                each["name"] = f"{old}-new"
                if draw(st.booleans()):
                    each["renamedFrom"] = [old]
            case "friendlyName":
                each["friendlyName"] = f"{old} (new)"
            case "product":
                others = sorted(set(PRODUCTS) - {each["product"]})
                each["product"] = draw(st.sampled_from(others))
        if kind:
            done.append(f"{kind} of {old}")
    return changed, done


@st.composite
def edits(draw: st.DrawFn, estate: Estate) -> Estate:
    """An estate after a pull request: other seats, ends, people and licences; lines gone."""
    changed = copy.deepcopy(estate)
    spec = changed["contoso"]
    for each in spec.get("subscriptions", ()):
        each["quantity"] = draw(st.integers(3, 8))
        if draw(st.booleans()):
            each["endOfTerm"] = draw(st.sampled_from(["renew", "cancel"]))
        if draw(st.integers(0, 3)) == 0:
            each["state"] = draw(st.sampled_from(["active", "suspended"]))
        each["change"] = {"product": "atRenewal", "term": "atRenewal"}
        if draw(st.integers(0, 4)) == 0 and each["termDuration"] == "P1Y":
            each["billingCycle"] = draw(st.sampled_from(["monthly", "annual"]))
    for each in spec.get("users", ()):
        each["displayName"] = draw(st.sampled_from([each["displayName"], "Somebody Else"]))
        if each["licenses"]:
            each["licenses"] = draw(st.lists(st.sampled_from(each["licenses"]), unique=True))
    for name in ("subscriptions", "users"):
        if spec.get(name) and draw(st.integers(0, 3)) == 0:
            spec[name].pop()
            if not spec[name]:
                del spec[name]
    if draw(st.booleans()):
        spec["budget"] = {"amount": draw(st.sampled_from([0, 50, 1200]))}
    return changed
