"""Azure subscriptions of a customer: expected or reported, never made or ended here.

Owns `azureSubscriptions` (domain rule AZ3; commerce.md 7.2). An unknown one is how stolen accounts
are used, and the partner pays. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pcsync.kinds import clouds
from pcsync.kinds.paths import at
from pcsync.model import Finding, Read, ReadState, Resource, Severity, View
from pcsync.values import word

WORD = "azureSubscriptions"
PLAN, LEGACY = "DZH318Z0BPS6", "MS-AZR"
ALIVE = frozenset({"active", "suspended"})
SEVERITIES = {"warn": Severity.WARNING, "error": Severity.ERROR}
UNDER = "/azureEntitlements"


def watched(want: Resource) -> bool:
    """Whether somebody wants to know of unknown ones."""
    return bool(want.words.get(WORD, {}).get("others", "ignore") in SEVERITIES)


def reads(want: Resource, view: View) -> Iterable[Read]:
    """The list of subscriptions, then what is under each Azure plan in it."""
    have = view.haves.get(want.address)
    if clouds.lacks(view, (("GET", f"/v1/customers/-{UNDER}"),)):
        return
    if not watched(want) or have is None or not (path := at(view, want.address, "subscriptions")):
        return
    yield Read(path, (), owner=want.address)
    for plan in have.remote.get("azure_plans", ()):
        yield Read(f"{path}/{plan}{UNDER}", (), owner=want.address)


def observed(path: str, page: Any) -> Mapping[str, Any]:
    """What an answer says of Azure: plans and legacy Azure of the list, or what is under a plan."""
    rows = page.get("items", ())
    if path.endswith(UNDER):
        plan = path.split("/")[-2].lower()
        found = [_row(row["id"], row) for row in rows if word(row.get("status")) == "active"]
        return {f"azure:{plan}": tuple(found)}
    alive = [row for row in rows if word(row.get("status")) in ALIVE]
    plans = [row["id"].lower() for row in alive if _offer(row).startswith(PLAN)]
    old = [_row(row.get("entitlementId") or row["id"], row) for row in alive if _is_legacy(row)]
    return {"azure_plans": tuple(plans), "azure:legacy": tuple(old)}


def _offer(row: Mapping[str, Any]) -> str:
    return str(row.get("offerId") or "").upper()


def _is_legacy(row: Mapping[str, Any]) -> bool:
    return _offer(row).startswith(LEGACY)


def _row(id_: str, row: Mapping[str, Any]) -> tuple[str, str]:
    return str(id_).lower(), str(row.get("friendlyName") or "")


def unexpected(want: Resource, have: Resource, view: View) -> Iterable[Finding]:
    """One finding for each that nobody expects, by name and id, with the day it was seen."""
    if not watched(want):
        return
    if lack := clouds.missing(view, want, (("GET", f"/v1/customers/-{UNDER}"),)):
        yield lack
        return
    yield from _unread(want, view)
    words: Mapping[str, Any] = want.words[WORD]
    expected = {str(each).lower() for each in words.get("expect", ())}
    names = ", ".join(map(str, words.get("expect", ()))) or "none"
    for key in sorted(name for name in have.remote if name.startswith("azure:")):
        for id_, name in have.remote[key]:
            if {id_, name.lower()} & expected:
                continue
            what = (
                f"Azure subscription {name or 'without a name'} ({id_}), seen on "
                f"{view.at:%Y-%m-%d}, is not among those expected ({names})"
            )
            advice = (
                "look today: unknown ones are how stolen accounts are used, and the partner pays; "
                "if it is right, add it to `expect`"
            )
            yield Finding(
                SEVERITIES[words["others"]],
                "unexpected-azure-subscription",
                what,
                advice,
                want.address,
                want.at(WORD),
                due=view.at,
            )


def _unread(want: Resource, view: View) -> Iterable[Finding]:
    """Nobody looked is not nothing there: a read that failed is said."""
    for path, asked in sorted(view.reads.items()):
        if path.endswith(("/subscriptions", UNDER)) and asked.state is ReadState.FAILED:
            what = f"its Azure subscriptions could not be read: {asked.reason}"
            yield Finding(
                Severity.WARNING,
                "azure-subscriptions-unread",
                what,
                "plan again: until then nobody knows whether there are others",
                want.address,
                want.at(WORD),
            )
