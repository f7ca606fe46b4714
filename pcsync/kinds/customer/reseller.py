"""The reseller of a customer: who it is, and what an indirect provider has to say of it.

Owns `partnerOfRecord` (domain rules PR1 to PR5; customers.md 2 and 3). The reseller's tenant is
sent once, with the creation; its PartnerID goes to everything that is bought. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pcsync.kinds import preflight
from pcsync.kinds.customer.model import COUNTRY, RESELLER
from pcsync.model import Can, Finding, Read, ReadState, Resource, Severity, View

RECORD = "partnerOfRecord."
TENANT, PARTNER, MORE = RESELLER, RECORD + "partnerId", RECORD + "additional"
FIELDS = (TENANT, PARTNER, MORE)
PROVIDER = "indirectProvider"
SIGNED = "/v1/compliance/csp/agreementstatus?tenantId="
# Additional resellers are a matter of the law of these markets (commerce.md 2.1).
EUROPE = frozenset(
    {"AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT"}
    | {"LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"}
    | {"CH", "IS", "LI", "NO"}
)
REFUSALS = {
    "2201": ("is in another region than you", "take a reseller of your own region"),
    "2203": (
        "has not signed the partner agreement of the region",
        "ask it to sign in Partner Center; its orders are refused until then",
    ),
    "2204": (
        "is no indirect reseller of the programme",
        "take the tenant that the reseller enrolled with, not its customers' or yours",
    ),
    "2205": ("is no tenant that Microsoft knows", "correct `resellerTenantId`"),
    "2206": (
        "belongs to an account that has not signed the partner agreement",
        "ask the reseller's administrator to sign it in Partner Center",
    ),
}


def observed(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What subscriptions of the customer inherit: the PartnerID, and those beside it."""
    return {"partner_id": spec.get(PARTNER), "partners": tuple(spec.get(MORE) or ())}


def markets(want: Resource, have: Resource | None) -> Iterable[Finding]:
    """Resellers beside the first where the market has none (PR4)."""
    sides = [want.spec.get(COUNTRY), have.remote.get("country") if have else None]
    country = next((side for side in sides if side), None)
    if want.spec.get(MORE) and country and country not in EUROPE:
        what = f"a customer in {country} has one reseller: more exist in the EU and EFTA only"
        yield _error(want, MORE, "additional-resellers", what, "remove `additional`")


def creation(want: Resource, view: View) -> Iterable[Read | Finding]:
    """What is missing to create a reseller's customer as such: nothing changes it later (PR3)."""
    tenant = want.spec.get(TENANT)
    if view.rules.partner_kind != PROVIDER:
        if tenant:
            what = "only an indirect provider creates customers for a reseller"
            advice = "remove `resellerTenantId`, or say `kind: indirectProvider` in pcsync.yaml"
            yield _error(want, TENANT, "no-reseller-here", what, advice)
        return
    missing = [name for name in (TENANT, PARTNER) if not want.spec.get(name)]
    for name in missing:
        what = f"an indirect provider's customer needs {name}: no call adds it later"
        yield _error(want, name, "no-partner-of-record", what, f"add `{name}`")
    if missing:
        return
    if Can.USER not in view.can:
        what = "a reseller's customer is created with a signed-in user; app-only makes it yours"
        yield _error(want, TENANT, "needs-user", what, "sign in with `pcsync login`, plan again")
        return
    yield from _signed(want, str(tenant), view)


def _signed(want: Resource, tenant: str, view: View) -> Iterable[Read | Finding]:
    """Whether the reseller has signed the partner agreement (PR5)."""
    path = f"{SIGNED}{tenant.lower()}"
    asked = view.reads.get(path)
    if asked is None:
        # That it can't be asked makes nothing unknown: the service itself would refuse.
        if preflight.wanted(view):
            yield Read(path, (), owner=want.address, user=True, shared=True)
    elif asked.state is ReadState.FAILED and (told := _refusal(asked.reason)):
        what, advice = told
        yield _error(want, TENANT, "reseller-not-signed", f"the reseller {what}", advice)


def _refusal(reason: str) -> tuple[str, str] | None:
    status, _, rest = reason.partition(" ")
    return REFUSALS.get(rest.partition(" ")[0]) if status == "400" else None


def _error(want: Resource, field: str, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, code, what, advice, want.address, want.at(field))
