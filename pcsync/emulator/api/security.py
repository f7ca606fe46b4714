"""Security: multi-factor authentication of partner users, consent for apps in a customer's tenant.

Pages: get-portal-requests-without-mfa.md, get-api-request-summary.md, get-api-request-details.md,
control-panel-vendor-apis.md (insight.md 10).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from pcsync.emulator.account import Consent
from pcsync.emulator.call import Answer, Call, created, empty, ok
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.paging import collection
from pcsync.emulator.routing import Routes, Takes
from pcsync.emulator.wire import Body

routes = Routes()

CONSENTS = "/v1/customers/{customer}/applicationconsents"


@routes(
    "GET",
    "/v1/nonMfaCompliantPartnerPrincipals",
    page="get-portal-requests-without-mfa.md",
    takes=Takes.USER,
)
def portal_users(call: Call) -> Answer:
    """Partner users who went to the portal without MFA."""
    partner = call.world.partner
    rows = [
        {
            "objectId": user.id,
            "tenantId": partner.tenant_id,
            "upn": user.upn,
            "lastNonMfaCompliantRequestDateTime": user.seen_at,
        }
        for user in partner.without_mfa
    ]
    return ok(collection(call, rows))


@routes(
    "GET",
    "/v1/applicationmfaadoptionstatus",
    page="get-api-request-summary.md",
    takes=Takes.USER,
    query=("startDate", "endDate"),
)
def adoption(call: Call) -> Answer:
    """Requests of users by day and app, with and without MFA: a bare array."""
    total: Counter[tuple[str, str]] = Counter()
    complying: Counter[tuple[str, str]] = Counter()
    for row in call.world.requests:
        key = (row.at.date().isoformat(), row.app_id)
        total[key] += 1
        complying[key] += row.mfa
    return ok(
        [
            {
                "loginDate": f"{day}T00:00:00Z",
                "mfaCompliantRequestCount": complying[day, app],
                "totalRequestCount": count,
                "applicationId": app,
                "applicationName": app,
            }
            for (day, app), count in sorted(total.items())
        ]
    )


@routes("GET", "/v1/partnerRequests", page="get-api-request-details.md", takes=Takes.USER)
def requests(call: Call) -> Answer:
    """The newest requests of users, this one included."""
    rows = [
        {
            "requestId": row.request_id,
            "correlationId": row.correlation_id,
            "operationName": row.operation,
            "requestDateTime": row.at,
            "ipAddress": "127.0.0.1",
            "objectId": call.world.ids.guid("partner user", row.upn),
            "tenantId": call.world.partner.tenant_id,
            "upn": row.upn,
            "applicationId": row.app_id,
            "mfaCompliant": row.mfa,
        }
        for row in reversed(call.world.requests)
    ]
    return ok(collection(call, rows))


def _grants(body: Body) -> list[tuple[str, str]]:
    rows = body.parts("applicationGrants") or []
    if not rows:
        raise invalid("applicationGrants is required.")
    return [(row.need("enterpriseApplicationId").lower(), row.need("scope")) for row in rows]


@routes("POST", CONSENTS, page="control-panel-vendor-apis.md")
def consent(call: Call) -> Answer:
    """Let an app act in the tenant. 409 if it has consent already."""
    customer, body = call.tenant(), call.body()
    app, grants = body.need("applicationId").lower(), _grants(body)
    if app in customer.account.consents:
        raise Fault(409, 409, "The application has consent already.")
    customer.account.consents[app] = Consent(app, grants)
    return created(_show(customer.account.consents[app]))


def _show(row: Consent) -> dict[str, Any]:
    return {
        "applicationId": row.application_id,
        "applicationGrants": [
            {"enterpriseApplicationId": enterprise, "scope": scope}
            for enterprise, scope in row.grants
        ],
        "attributes": {"objectType": "ApplicationConsent"},
    }


@routes("DELETE", CONSENTS + "/{application}", page="control-panel-vendor-apis.md")
def withdraw(call: Call) -> Answer:
    """Take the consent back: 200 without a body."""
    consents, app = call.tenant().account.consents, call.parts["application"].lower()
    if app not in consents:
        raise Fault(404, 1000, f"The application {app} has no consent.")
    del consents[app]
    return empty(200)
