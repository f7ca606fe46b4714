"""The reseller behind a subscription: inherited from its customer, asked for in every cart line.

Owns what an indirect provider's purchases need (domain rules PR1, PR2, PR5, PR7; commerce.md 2.1,
customers.md 3). PartnerIDs are digits; the reseller's tenant stands at the customer alone. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pcsync.kinds import preflight
from pcsync.model import Can, Finding, Read, ReadState, Resource, Severity, View

PROVIDER = "indirectProvider"
SIGNED = "/v1/compliance/csp/agreementstatus?mpnId="
REFUSALS = {
    "2200": ("is no PartnerID that Microsoft knows", "correct `partnerId`"),
    "2201": ("is a reseller in another region than yours", "take one of your own region"),
    "2203": (
        "is a reseller that has not signed the partner agreement of the region",
        "ask the reseller to sign it in Partner Center; orders are refused until then",
    ),
    "2204": (
        "is no indirect reseller of the programme",
        "take the PartnerID of the reseller's location, not of its head office or of yours",
    ),
    "2206": (
        "belongs to an account that has not signed the partner agreement",
        "ask the reseller's administrator to sign it in Partner Center",
    ),
}


def inherited(want: Resource, view: View) -> Resource:
    """The subscription with its customer's PartnerID, where it names none of its own."""
    owner = view.wants.get(want.owner) if want.owner else None
    partner = owner.remote.get("partner_id") if owner else None
    if partner is None or "partnerId" in want.spec:
        return want
    return replace(want, spec={**want.spec, "partnerId": partner})


def participants(want: Resource, view: View) -> list[dict[str, Any]]:
    """Who takes part in a purchase, as a cart line carries it (PR1)."""
    owner = view.wants.get(want.owner) if want.owner else None
    more = owner.remote.get("partners", ()) if owner else ()
    partner = want.spec.get("partnerId")
    if not partner:
        return []
    first = {"key": "transaction_reseller", "value": partner}
    return [first, *({"key": "additional_transaction_reseller", "value": each} for each in more)]


def unclear(want: Resource, view: View) -> Iterable[Read | Finding]:
    """What keeps a purchase from being sold through a reseller: none named, or one that has not
    signed. Nothing where the partner sells directly."""
    if view.rules.partner_kind != PROVIDER:
        return
    partner = want.spec.get("partnerId")
    if not partner:
        what = "has no partner of record: it would be bought and the reseller's incentive lost"
        advice = "add `partnerOfRecord: {partnerId: …}` to its customer, or `partnerId` to it"
        yield _error(want, "no-partner-of-record", what, advice)
        return
    path = f"{SIGNED}{partner}"
    asked = view.reads.get(path)
    if asked is None:
        # That it can't be asked makes nothing unknown: the order itself would be refused.
        if Can.USER in view.can and preflight.wanted(view):
            yield Read(path, (), owner=view.owner, user=True, shared=True)
    elif asked.state is ReadState.FAILED and (told := refusal(asked.reason)):
        what, advice = told
        yield _error(want, "reseller-not-signed", f"{partner} {what}", advice)


def refusal(reason: str) -> tuple[str, str] | None:
    """What the service said of the reseller's agreement, and what to do; None for other errors."""
    status, _, rest = reason.partition(" ")
    return REFUSALS.get(rest.partition(" ")[0]) if status == "400" else None


def _error(want: Resource, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, code, what, advice, want.address, want.at("partnerId"))
