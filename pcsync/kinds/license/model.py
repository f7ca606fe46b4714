"""Partner Center's words for licences and seats, and ours (customers.md sections 1 and 12).

Pure; imports the nouns, the values and the table of SKUs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.kinds.license import skus
from pcsync.model import Address, Level
from pcsync.values import guid, is_guid, word


def user_key(text: str) -> str:
    """The name under which a person given by name, UPN or id stands in an address."""
    return text.partition("@")[0].lower()


def is_name(text: str) -> bool:
    """Whether a person is given by the name of its lines, and not by sign-in name or id."""
    return "@" not in text and not is_guid(text)


def observed(item: Mapping[str, Any]) -> dict[str, Any]:
    """Of somebody who has licences and no lines of their own: id, and whether it is a guest."""
    return {
        "id": guid(item["id"]),
        "guest": "#EXT#" in str(item.get("userPrincipalName", "")).upper(),
    }


def assigned(item: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """One item of a user's licences: the SKU's GUID and what is switched off of it.

    Plans that are switched off are missing from the answer, or not `Assigned`.
    """
    found = guid(item["productSku"]["id"])
    on = {
        guid(plan["id"])
        for plan in item.get("servicePlans") or ()
        if word(plan.get("capabilityStatus", "assigned")) == "assigned"
    }
    sku = skus.by_id().get(found)
    if sku is None:
        return found, {}
    return found, {"disabledPlans": sorted(n for key, n in sku.plans.items() if key not in on)}


def level(owner: Address, item: Mapping[str, Any]) -> Level:
    """One item of `subscribedskus`: seats of all channels, suspended ones left out."""
    return Level(
        owner,
        guid(item["productSku"]["id"]),
        int(item.get("totalUnits", 0)),
        int(item.get("consumedUnits", 0)),
        skus.label(item["productSku"]["id"]),
        int(item.get("suspendedUnits", 0)) + int(item.get("warningUnits", 0)),
    )
