"""Three ids of a reseller in three places, and in no other (domain rule PR1)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from harness import Box

from pcsync.model import Call, Edit

TENANT = "11112222-3333-4444-5555-666677778888"
M365 = {
    "name": "m365",
    "product": "CFQ7TTC0LCHC:0002",
    "termDuration": "P1Y",
    "billingCycle": "monthly",
    "quantity": 10,
}
PROFILE = {
    "companyName": "Contoso GmbH",
    "firstName": "Ana",
    "lastName": "Weber",
    "email": "billing@contoso.example",
    "culture": "de-DE",
    "defaultAddress": {
        "addressLine1": "Hauptstraße 1",
        "city": "Dresden",
        "postalCode": "01067",
        "country": "DE",
    },
}
RECORD = {"resellerTenantId": TENANT, "partnerId": "4847383", "additional": ["517285"]}


def _bodies(box: Box, manifest: Any) -> dict[str, Any]:
    """The bodies of the writes of a plan, by the last part of their paths."""
    rules = replace(box.settings.rules, partner_kind="indirectProvider")
    box.settings = replace(box.settings, rules=rules)
    signed = {"isAgreementSigned": True}
    box.fault(path="/v1/compliance/csp/agreementstatus", status=200, body=signed, times=9)
    found: dict[str, Any] = {}
    for step in box.plan(manifest).steps:
        if isinstance(step, Call) and step.writes and step.body is not None:
            found[step.path.rpartition("/")[2]] = step.body
        elif isinstance(step, Edit):
            found["edit"] = {each.path: each.value for each in step.sets}
    return found


def test_creation_has_the_tenant_and_the_cart_the_partner_ids(box: Box) -> None:
    box.seed({"partner": {"resellers": [{"id": TENANT, "name": "Adatum", "mpnId": "4847383"}]}})
    spec = {"billingProfile": PROFILE, "partnerOfRecord": RECORD, "subscriptions": [M365]}
    found = _bodies(box, {"contoso": spec})
    assert found["customers"]["associatedPartnerId"] == TENANT
    assert "4847383" not in json.dumps(found["customers"])
    (line,) = found["carts"]["lineItems"]
    assert line["participants"] == [
        {"key": "transaction_reseller", "value": "4847383"},
        {"key": "additional_transaction_reseller", "value": "517285"},
    ]
    assert TENANT not in json.dumps(found["carts"])


def test_a_live_subscription_has_the_partner_id_as_a_field(box: Box) -> None:
    row = {"product": "CFQ7TTC0LCHC:0002", "quantity": 10, "partnerId": "1"}
    box.seed({"contoso": {"subscriptions": {"m365": row}}})
    found = _bodies(box, {"contoso": {"partnerOfRecord": RECORD, "subscriptions": [M365]}})
    assert found == {"edit": {"partnerId": "4847383"}}
