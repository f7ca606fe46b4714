"""Partner Center's words for a customer's user, and ours (customers.md sections 1 and 10).

Owns what is asked for, and what is read of an answer. Pure; imports values and paths only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pcsync.kinds.paths import quoted
from pcsync.values import guid, text

LIST = "users?size=500"
_INACTIVE = quoted(json.dumps({"Field": "UserState", "Value": "Inactive", "Operator": "equals"}))
DELETED = f"users?size=500&filter={_INACTIVE}"

# In the order in which a person reads them; PATCH changes any of them.
EDITABLE = (
    "userPrincipalName",
    "displayName",
    "firstName",
    "lastName",
    "usageLocation",
    "phoneNumber",
)
CREATED = (*EDITABLE, "immutableId")
FOLDED = frozenset({"userPrincipalName", "usageLocation"})
# Of these, the ones that hold enum words: in a name an underscore counts.
WORDS = frozenset({"usageLocation"})
ATTRIBUTES = {"attributes": {"objectType": "CustomerUser"}}


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """A user of a list in manifest words: absent, null and empty text are one."""
    return {name: text(item.get(name)) for name in CREATED}


def observed(item: Mapping[str, Any]) -> dict[str, Any]:
    """What only the service knows: id, whether it is deleted, synced or a guest."""
    return {
        "id": guid(item["id"]),
        "deleted": str(item.get("state", "active")).lower() == "inactive",
        "synced": bool(item.get("lastDirectorySyncTime")),
        "guest": "#EXT#" in str(item.get("userPrincipalName", "")).upper(),
    }


def to_creation(spec: Mapping[str, Any], location: str | None) -> dict[str, Any]:
    """The body of `POST users` (`create-user-accounts-for-a-customer.md`).

    The password stays a reference: it is resolved when the request is made, and never before.
    """
    body: dict[str, Any] = {name: spec[name] for name in CREATED if spec.get(name)}
    if location:
        body.setdefault("usageLocation", location)
    body["passwordProfile"] = {
        "password": {"$secret": dict(spec["password"])},
        "forceChangePassword": spec.get("forceChangePassword", True),
    }
    return body | ATTRIBUTES
