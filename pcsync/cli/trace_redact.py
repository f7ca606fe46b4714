"""What of a request may stand in a log or a trace: a closed list, everything else is blanked.

Owns the lists of members, headers, path segments and query parameters that may stay (rule SE7), and
of what shape their values must be. Pure; must not import a stage.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

BLANK = "***"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


IDS = _words(
    """
    id tenantid customerid subscriptionid parentsubscriptionid orderid offerid productid skuid
    catalogitemid availabilityid cartid userid commerceid templateid entitlementid transactionid
    reservationorderid correlationid licensegroupid skupartnumber servicename promotionid code
    errorcode objecttype targettype billingcycle billingtype termduration status type method
    provisioningstatus capabilitystatus transactiontype segment unittype currency currencycode
    relationshiptopartner resourcetype operationtype operationstatus agreementtype orderstatus
    userdomaintype refundoptions action eventstatus severity confidencelevel eventtype
    """
)
"""Members whose text may stay, in lower case: ids, statuses, kinds, SKUs, terms.

`state` is not among them: an address has one."""

DATES = _words(
    """
    createddate creationdate createddatetime effectivestartdate commitmentenddate
    cancellationalloweduntildate
    lastupdatedatetime lastmodifieddate dateagreed operationdate expirationtime billingstartdate
    billingenddate softdeletiontime scheduleddate customtermenddate startdate enddate date
    """
)
"""Members whose dates may stay."""

FIGURES = _words(
    """
    totalcount quantity amount usagebudget currencyamount linenumber lineitemnumber attributescount
    availableunits activeunits consumedunits suspendedunits totalunits warningunits currentusage
    percentused minimumquantity maximumquantity includedquantity priceperunit totalprice listprice
    autorenewenabled istrial hasparent isrecurring ismfacompliant issigned issuspended isretryable
    forcechangepassword allowdelegatedaccess enablegdapbydefault partneronrecordattestationaccepted
    usagespendingbudget monthlyestimate resellertotal versionrank remainingcreates maxcreates code
    creditlimit ismicrosoftproduct iscommitted refundable size
    """
)
"""Members whose numbers and truths may stay: counts, amounts, switches."""

LINKS = frozenset({"uri", "location", "content-location"})
"""Members and headers that hold the path of a resource."""

HEADERS = _words(
    """
    accept content-type content-length content-encoding date retry-after server user-agent
    transfer-encoding connection ms-requestid ms-correlationid ms-partnercenter-application x-locale
    validatemfa ismfacompliant ms-cv
    """
)
"""Headers that may stay. Tokens, ETags and cookies are not among them."""

SEGMENTS = _words(
    """
    v1 accept activationlinks addons address agreements agreementstatus agreementtemplates all
    auditrecords availabilities azureentitlements billing cancel carts checkinventory checkout
    company compliance conversions countryvalidationrules csp customdomains customers
    customtermenddates directsignedmicrosoftcustomeragreementstatus directoryroles document domains
    eligibility entitlements estimates extensions fraudevents invoices legalbusiness licenses
    licenseupdates lineitems links managedservices migrations mpn newcommerce offercategories offers
    orders organization overage product productpromotions products productupgrades profiles
    promotioneligibilities provisioningstatus qualification qualifications ratecards
    registrationstatus relationshiprequests relationships resetpassword resources selfservepolicy
    servicerequests skus status subscribedskus subscriptions support transfers
    transitioneligibilities transitions upgrades usagebudget usagerecords usagesummary usermembers
    users validate validations validationstatus verifieddomain webhooks registration
    """
)
"""Words of paths that may stay, in lower case."""

PARAMETERS = frozenset(
    {"size", "seekoperation", "type", "agreementtype", "licensegroupids", "country", "eventstatus"}
)
"""Query parameters whose values may stay, in lower case."""

_GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_PRODUCT = r"[A-Z0-9]{12}(?::[A-Z0-9]{4}(?::[A-Z0-9]{12})?)?"
_PART = re.compile(rf"(?:{_GUID}|{_PRODUCT}|[0-9]{{1,4}})\Z")
_CODE = re.compile(
    rf"(?:{_GUID}(?:[_:-]{_GUID})*|{_PRODUCT}|[0-9]{{1,20}}|[A-Za-z][A-Za-z0-9_]{{0,60}})\Z"
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T[0-9:.]{5,18}(?:Z|[+-]\d\d:\d\d)?)?\Z")
_NAME = re.compile(r"[A-Za-z@][A-Za-z0-9_.@-]{0,60}\Z")


def safe_path(path: str) -> str:
    """A path with query in which only known words, ids and harmless values stay."""
    bare, mark, query = path.partition("?")
    segments = "/".join(map(_segment, bare.split("/")))
    return segments + (mark + "&".join(map(_parameter, query.split("&"))) if mark else "")


def _segment(text: str) -> str:
    return text if not text or text.lower() in SEGMENTS or _PART.match(text) else BLANK


def _parameter(text: str) -> str:
    name, _, value = text.partition("=")
    if not re.fullmatch(r"[$A-Za-z_]{1,40}", name):
        return BLANK
    stays = name.lower() in PARAMETERS and re.fullmatch(r"[A-Za-z0-9]{0,40}", value)
    return f"{name}={value if stays else BLANK}"


def safe_headers(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Names and values of headers; the values of those that are not listed are blanked."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return [(name, _header(name.lower(), value)) for name, value in pairs]


def _header(name: str, value: str) -> str:
    if name in LINKS:
        return safe_path(value)
    return value if name in HEADERS else BLANK


def safe_body(content: bytes | None) -> str:
    """A body as JSON with the values of all members blanked that may not stay."""
    if not content:
        return ""
    try:
        return json.dumps(_safe("", json.loads(content.decode("utf-8-sig"))))
    except (ValueError, RecursionError):
        return BLANK


def _safe(name: str, value: Any) -> Any:
    match value:
        case dict():
            return {
                key if _NAME.match(key) else BLANK: _safe(key.lower(), inner)
                for key, inner in value.items()
            }
        case list():
            return [_safe(name, inner) for inner in value]
        case None:
            return None
        case str():
            return _text(name, value)
        case _:
            return value if name in FIGURES else BLANK


def _text(name: str, value: str) -> str:
    if name in LINKS:
        return safe_path(value)
    stays = (name in IDS and _CODE.match(value)) or (name in DATES and _DATE.match(value))
    return value if stays else BLANK
