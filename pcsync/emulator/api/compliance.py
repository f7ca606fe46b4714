"""Whether an indirect reseller of the partner has signed the partner agreement.

Page: verify-indirect-reseller-mpa-status.md (customers.md 3, insight.md 8.15).
"""

from __future__ import annotations

from uuid import UUID

from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.faults import Fault
from pcsync.emulator.routing import Routes, Takes
from pcsync.emulator.world import Reseller

routes = Routes()


@routes(
    "GET",
    "/v1/compliance/csp/agreementstatus",
    page="verify-indirect-reseller-mpa-status.md",
    takes=Takes.USER,
    query=("mpnId", "tenantId"),
)
def agreement_status(call: Call) -> Answer:
    """Signed, or a 400 that says why not; asked by PartnerID or by tenant, exactly one."""
    partner_id, tenant = call.query("mpnId"), call.query("tenantId")
    if partner_id and tenant:
        raise Fault(400, 2000, "Give mpnId or tenantId, not both.")
    if partner_id:
        found = _by_partner_id(call, partner_id)
    elif tenant:
        found = _by_tenant(call, tenant)
    else:
        raise Fault(400, 2001, "mpnId or tenantId is required.")
    return ok({"isAgreementSigned": found.agreement})


def _by_partner_id(call: Call, given: str) -> Reseller:
    if not given.isdigit():
        raise Fault(400, 2000, "The mpnId is not a number.")
    known = call.world.partner.resellers
    found = next((row for row in known if row.mpn_id == given), None)
    if found is None:
        raise Fault(400, 2200, f"The mpnId {given} is not known.")
    if not found.agreement:
        raise Fault(400, 2203, "The reseller has not signed the agreement of the region.")
    return found


def _by_tenant(call: Call, given: str) -> Reseller:
    try:
        tenant = str(UUID(given))
    except ValueError:
        raise Fault(400, 2000, "The tenantId is not a GUID.") from None
    found = call.world.partner.reseller(tenant)
    if found is None:
        raise Fault(400, 2205, f"The tenant {tenant} is not known.")
    if not found.agreement:
        raise Fault(400, 2206, "The account of the tenant has not signed the agreement.")
    return found
