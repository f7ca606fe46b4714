"""What to do about a refusal, by HTTP status and code (conventions.md section 8).

Owns the table of advice for the codes that pcsync's calls can meet. Pure; must not import pcsync.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MFA = "900421"
"""The code of a 401 for a user token without MFA (conventions.md section 2)."""

CONSENT_AGAIN = (
    "the stored sign-in of the user was made without MFA: consent again with MFA and store the new "
    "refresh token; trying again does not help"
)
_TOKEN = (
    "check that app and secret belong to this partner tenant, and that the app may use the Partner "
    "Center API"
)
_NEEDS_USER = "this call needs an App+User token: configure a refresh token of a partner user"
_REVIEW = "Microsoft is reviewing the customer's account, which takes days: run again then"
_CREDIT = "the credit line is used up: pay open invoices or ask Microsoft to raise the limit"
_VALUE = "correct the value that the description names"
_REGISTRATION = "correct `registrationNumber`: some countries require it, in a form of their own"
_STALE = "it was changed by someone else meanwhile: make a new plan"
_BUSY = "the service is still busy with an earlier change: run again in a few minutes"
_LATER = "Partner Center has a fault: run the command again later; what was done is not repeated"

BY_CODE: Mapping[tuple[int, str], str] = MappingProxyType(
    {
        (400, "2001"): "resume the subscription in one change, then change its quantity",
        (400, "2002"): "choose a quantity within the offer's minimum and maximum",
        (400, "2011"): "the subscription is deleted: remove it from the manifests",
        (400, "2055"): _STALE,
        (400, "3000"): _VALUE,
        (400, "60012"): "no free seats: buy more, or take the licence from someone first",
        (400, "600002"): "remove `registrationNumber`: this country has none",
        (400, "600049"): _REGISTRATION,
        (400, "600050"): _REGISTRATION,
        (400, "600051"): "add the customer's phone number",
        (400, "800002"): _VALUE,
        (400, "800090"): "seats can't be taken away now: reduce them at the renewal",
        (400, "800091"): "resume the subscription first: a suspended one can't be changed",
        (400, "900117"): "the days to cancel are over: let it end at its term instead",
        (400, "900127"): "the sandbox can't do this: use a production tenant",
        (400, "900206"): "attest what the offer requires of the partner, then run again",
        (400, "900213"): "the hours to cancel are over: let it end at its term instead",
        (400, "900214"): "the hours to reduce seats are over: reduce them at the renewal",
        (400, "900257"): "the days to reduce seats are over: reduce them at the renewal",
        (400, "900277"): "the subscription is about to expire: change it after its renewal",
        (400, "900316"): _NEEDS_USER,
        (401, "400"): _TOKEN,
        (401, "800001"): _TOKEN,
        (401, MFA): CONSENT_AGAIN,
        (403, "13605"): "record that the customer accepted the Microsoft Customer Agreement",
        (403, "20002"): "check the customer's id; if it is right, request a reseller relationship",
        (403, "800023"): _CREDIT,
        (403, "800073"): _REVIEW,
        (403, "800074"): _REVIEW,
        (403, "800075"): "Microsoft refused the customer's account: ask Partner Center support",
        (403, "900121"): _CREDIT,
        (403, "900150"): "give the signed-in user the agent role in Partner Center it needs",
        (403, "900308"): "a delegated (GDAP) role for this customer is missing, or the user is "
        "not in the security group that holds it",
        (403, "900309"): "Conditional Access blocks the sign-in: allow it for this app and user",
        (403, "900329"): _NEEDS_USER,
        (404, "20003"): "the subscription is gone, or belongs to another customer: plan again",
        (404, "60002"): "the user is gone: make a new plan",
        (404, "60003"): "there is no such tenant in this cloud: check the customer's id",
        (404, "800008"): "the cart is gone, carts expire: make a new plan",
        (409, "800060"): "an order is in progress: look at the order history, then run again",
        (409, "800064"): _BUSY,
        (409, "800082"): _BUSY,
        (409, "900278"): "the subscription is locked by a pending operation: wait 24 hours",
    }
)

BY_STATUS: Mapping[int, str] = MappingProxyType(
    {
        400: "correct what the description names",
        401: f"{_TOKEN}; a user's token must be made with MFA",
        403: "check the partner's agreements, the user's role, and whether the call needs a user",
        404: "check the id: it may be gone, or belong to another customer",
        408: _LATER,
        409: "something else is changing it: make a new plan in a few minutes",
        412: _STALE,
        417: _STALE,
        429: "the partner's request limit is used up: run again after the time it names",
    }
)


def advice_for(status: int, code: str) -> str:
    """One sentence what to do; for an unknown code what its status suggests."""
    by_status = BY_STATUS.get(status, _LATER if status >= 500 else "quote the ids to support")
    return BY_CODE.get((status, code), by_status)
