"""Runs `partnercenterservices` (generated from the service's own Swagger of 2018) for a test.

Its own environment, not ours: reads {"url", "token", "customer", "user", "sku", "role"} from
standard input, writes what each call gave and which members its models do not know.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from microsoft.store.partnercenterservices import MicrosoftPartnerStoreApis, models
from msrest.authentication import BasicTokenAuthentication

PREFIX = "MicrosoftPartnerSdkContractsV1"
V1 = "/v{version}/customers"
ONE = V1 + "/{customer_id}"


class Client:
    """The generated client, its operations found by method and path."""

    def __init__(self, url: str, token: str) -> None:
        credentials = BasicTokenAuthentication({"access_token": token})
        self.api = MicrosoftPartnerStoreApis(credentials, base_url=url)
        self.calls: list[dict[str, Any]] = []
        self.unknown: set[str] = set()
        self.raw: Any = None

    def __call__(self, method: str, path: str, *, status: int = 200, **words: Any) -> Any:
        """Call an operation with fresh ids; the model that the client made of the answer."""
        operation = self.find(method, path)
        ids = {"ms_request_id": str(uuid4()), "ms_correlation_id": str(uuid4())}
        answer = operation(version="1", raw=True, **ids, **words)
        got = answer.response.status_code
        self.calls.append({"call": f"{method} {path}", "status": got})
        if got != status:
            raise SystemExit(f"{method} {path}: {got} {answer.response.text}")
        self.raw = answer.response.json() if answer.response.content else None
        self.unknown.update(unknown(answer.output, self.raw))
        return answer.output

    def find(self, method: str, path: str) -> Any:
        """The one operation with this path."""
        for name, group in vars(self.api).items():
            if name.startswith(method.lower() + "vversion"):
                for operation in vars(type(group)).values():
                    if getattr(operation, "metadata", {}).get("url") == path:
                        return operation.__get__(group)
        raise SystemExit(f"no operation {method} {path}")


def unknown(model: Any, raw: Any) -> Iterator[str]:
    """Members of the answer for which the client's model has no place, as Type.member."""
    if isinstance(model, list):
        for part, row in zip(model, raw, strict=True):
            yield from unknown(part, row)
    elif hasattr(model, "_attribute_map") and isinstance(raw, dict):
        places = {row["key"]: name for name, row in model._attribute_map.items()}
        short = type(model).__name__.removeprefix(PREFIX)
        if "Collection" in short:
            short = "Collection"
        for name, value in raw.items():
            if name not in places:
                yield f"{short}.{name}"
            else:
                yield from unknown(getattr(model, places[name]), value)


def part(name: str) -> Any:
    """A model class by its short name."""
    return getattr(models, PREFIX + name)


def customers(call: Client, tenant: str) -> dict[str, Any]:
    """List, read, change the billing profile and the budget."""
    listed = call("GET", V1, size=40)
    one = call("GET", ONE, customer_id=tenant)
    profile = call("GET", ONE + "/profiles/billing", customer_id=tenant)
    profile.company_name = "Contoso Europe"
    held = {"If-Match": f'"{profile.attributes.etag}"'}
    changed = call(
        "PUT",
        ONE + "/profiles/billing",
        customer_id=tenant,
        customer_billing_profile=profile,
        custom_headers=held,
    )
    call("GET", ONE + "/profiles/company", customer_id=tenant)
    call("PATCH", ONE + "/usagebudget", customer_id=tenant, amount=250.5)
    budget = call("GET", ONE + "/usagebudget", customer_id=tenant)
    return {
        "listed": [row.company_profile.domain for row in listed.items],
        "read": one.company_profile.company_name,
        "profile": changed.company_name,
        "budget": budget.amount,
    }


def people(call: Client, tenant: str, known: dict[str, str]) -> dict[str, Any]:
    """Create, change, license and delete a user; read roles and members."""
    at = {"customer_id": tenant}
    profile = part("ContractsPasswordProfile")
    profile._attribute_map["password"]["type"] = "str"  # its Swagger has a .NET SecureString here
    user = part("CustomerUser")(
        user_principal_name="pat@contoso.onmicrosoft.com",
        display_name="Pat Coleman",
        password_profile=profile(password="Example-12345", force_change_password=True),
        usage_location="DE",
    )
    made = call("POST", ONE + "/users", status=201, user=user, **at)
    both = {**at, "user_id": made.id}
    change = part("CustomerUser")(first_name="Pat")
    call("PATCH", ONE + "/users/{user_id}", user=change, **both)
    patched = call("GET", ONE + "/users/{user_id}", **both)
    call("GET", ONE + "/subscribedskus", **at)
    wish = part("UserLicenseManagementLicenseAssignment")(sku_id=known["sku"])
    update = call(
        "POST",
        ONE + "/users/{user_id}/licenseupdates",
        status=201,
        licenses_to_assign=[wish],
        **both,
    )
    call("GET", ONE + "/users/{user_id}/licenses", **both)
    held = call.raw["items"]  # its Swagger promises a single licence
    call("GET", ONE + "/directoryroles", **at)
    call("GET", ONE + "/users/{user_id}/directoryroles", user_id=known["user"], **at)
    roles = call.raw["items"]  # its Swagger promises another type here, too
    members = call(
        "GET", ONE + "/directoryroles/{role_id}/usermembers", role_id=known["role"], **at
    )
    listed = call("GET", ONE + "/users", size=10, **at)
    call("DELETE", ONE + "/users/{user_id}", status=204, **both)
    return {
        "patched": [patched.first_name, patched.display_name],
        "assigned": [row.sku_id for row in update.licenses_to_assign],
        "licences": [row["productSku"]["skuPartNumber"] for row in held],
        "roles": [row["name"] for row in roles],
        "members": [row.id for row in members.items],
        "users": sorted(row.display_name for row in listed.items),
    }


def purchases(call: Client, tenant: str) -> dict[str, Any]:
    """Read subscriptions and orders; rename a subscription with the whole object as read."""
    at = {"customer_id": tenant}
    (row,) = call("GET", ONE + "/subscriptions", **at).items
    one = call("GET", ONE + "/subscriptions/{subscription_id}", subscription_id=row.id, **at)
    one.friendly_name = "head office"
    changed = call(
        "PATCH",
        ONE + "/subscriptions/{subscription_id}",
        subscription_id=row.id,
        subscription=one,
        **at,
    )
    (order,) = call("GET", ONE + "/orders", **at).items
    call("GET", ONE + "/orders/{order_id}", order_id=order.id, **at)
    return {
        "renamed": changed.friendly_name,
        "renews": changed.auto_renew_enabled,
        "seats": changed.quantity,
        "order": order.line_items[0].subscription_id == row.id,
    }


def main() -> None:
    """One run over everything that the client and the emulator share."""
    known = json.load(sys.stdin)
    call = Client(known["url"], known["token"])
    tenant = known["customer"]
    result: dict[str, Any] = {
        "customers": customers(call, tenant),
        "people": people(call, tenant, known),
        "purchases": purchases(call, tenant),
    }
    json.dump({**result, "calls": call.calls, "unknown": sorted(call.unknown)}, sys.stdout)


if __name__ == "__main__":
    main()
