"""How a colleague in the portal changes each field of each kind: the table of the contract suite.

`FULL` has, for each kind, a world and manifests that say everything a kind can say; `ROWS` has, for
each field, a change of it alone and the live value that it leaves behind. `TOLD` has the fields of
a next term, which the service is told and a colleague takes back; `SHOWN` those that nobody can
change by themselves, with the case that shows what they do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from harness import Box

E1, E3 = "CFQ7TTC0LF8Q:0001", "CFQ7TTC0LFLX:0001"
ANNA = "11111111-1111-1111-1111-111111111111"
TEAMS1, SWAY = "57ff2da0-773e-42df-b2af-ffb7a2317929", "a23b959c-7ce8-4e57-9140-b90eb88a9e97"
SPB = "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46"


class Full(NamedTuple):
    """A world, and manifests of one kind with every field in them."""

    world: Mapping[str, Any]
    manifest: Mapping[str, Any]


class Row(NamedTuple):
    """What a colleague does, and the value that a plan then reports as live."""

    do: Callable[[Box], None]
    live: Any


class Told(NamedTuple):
    """Manifests whose subscription ``told`` says something of its next term; and all that a plan
    names when a colleague has taken it `back`: field, today's value, the next term's."""

    world: Mapping[str, Any]
    manifest: Mapping[str, Any]
    changes: tuple[tuple[str, Any, Any], ...]
    back: Mapping[str, Any] = {"scheduledNextTermInstructions": None}


PROFILE = {
    "companyName": "Contoso Inc.",
    "email": "billing@contoso.example",
    "firstName": "Ana",
    "lastName": "Weber",
    "culture": "en-US",
    "language": "en",
    "defaultAddress": {
        "firstName": "Ben",
        "lastName": "Koch",
        "addressLine1": "1 Microsoft Way",
        "addressLine2": "Building 7",
        "city": "Redmond",
        "state": "WA",
        "postalCode": "98052",
        "country": "US",
        "phoneNumber": "4255550100",
    },
}
PERSON = {
    "userPrincipalName": "anna@contoso.onmicrosoft.com",
    "displayName": "Anna Weber",
    "firstName": "Anna",
    "lastName": "Weber",
    "usageLocation": "DE",
    "phoneNumber": "+4935100",
}
SEATS = {
    "name": "e1",
    "friendlyName": "Office E1",
    "product": E1,
    "termDuration": "P1Y",
    "billingCycle": "annual",
    "quantity": 10,
    "endOfTerm": "renew",
    "partnerId": "4847383",
}
LICENCE = {"sku": "SPB", "disabledPlans": ["TEAMS1"]}

FULL: Mapping[str, Full] = {
    "budget": Full({"contoso": {"azure": True}}, {"contoso": {"budget": {"amount": 6500}}}),
    "customer": Full({}, {"contoso": {"billingProfile": PROFILE}}),
    "license": Full(
        {
            "contoso": {
                "users": {"anna": {"usageLocation": "DE"}},
                "seats": [{"sku": "SPB", "total": 5}],
            }
        },
        {
            "contoso": {
                "users": [{"userPrincipalName": PERSON["userPrincipalName"], "licenses": [LICENCE]}]
            }
        },
    ),
    "subscription": Full({"contoso": {}}, {"contoso": {"subscriptions": [SEATS]}}),
    "user": Full(
        {"contoso": {"users": {"anna": {"id": ANNA, "displayName": "anna"}}}},
        {"contoso": {"users": [{"id": ANNA, "name": "anna", **PERSON}]}},
    ),
}


def edit(path: str, live: Any, *names: str, **changes: Any) -> Row:
    """A field that is changed by sending the resource back; `names`: where it stands in it."""
    for name in reversed(names):
        changes = {name: changes}
    return Row(lambda box: box.set_live(path, **changes), live)


def _profile(name: str, value: str) -> Row:
    *above, last = name.split(".")
    return edit("contoso/profiles/billing", value, *above, **{last: value})


def _person(name: str, value: str) -> Row:
    return edit("contoso/users/anna", value, **{name: value})


def _seats(live: Any, **changes: Any) -> Row:
    return edit("contoso/subscriptions/Office E1", live, **changes)


def _renewed(product: str, cycle: str, live: str) -> Row:
    """Something else for the next term, which then begins."""

    def do(box: Box) -> None:
        product_id, sku = product.split(":")
        path = f"contoso/products/{product_id}/skus/{sku}/availabilities"
        found = box.colleague.send("GET", box.path(path))["items"][0]
        wanted = {name: found[name] for name in ("productId", "skuId")}
        wanted |= {"availabilityId": found["id"], "termDuration": "P1Y", "billingCycle": cycle}
        instructions = {"product": wanted, "quantity": 10}
        box.set_live("contoso/subscriptions/Office E1", scheduledNextTermInstructions=instructions)
        box.advance("P366D")

    return Row(do, live)


def _plans(box: Box) -> None:
    wanted = [{"skuId": SPB, "excludedPlans": [SWAY]}]
    path = box.path("contoso/users/anna/licenseupdates")
    box.colleague.send("POST", path, {"licensesToAssign": wanted})


ROWS: Mapping[str, Mapping[str, Row]] = {
    "budget": {"amount": edit("contoso/usagebudget", 5, amount=5)},
    "customer": {
        f"billingProfile.{name}": _profile(name, value)
        for name, value in {
            "companyName": "Contoso Ltd.",
            "email": "other@contoso.example",
            "firstName": "Cleo",
            "lastName": "Brandt",
            "culture": "es-US",
            "language": "es",
            "defaultAddress.addressLine1": "2 Microsoft Way",
            "defaultAddress.addressLine2": "Building 8",
            "defaultAddress.city": "Seattle",
            "defaultAddress.state": "OR",
            "defaultAddress.postalCode": "98101",
            "defaultAddress.phoneNumber": "4255550199",
            "defaultAddress.firstName": "Dirk",
            "defaultAddress.lastName": "Visser",
        }.items()
    },
    "license": {"disabledPlans": Row(_plans, ["SWAY"])},
    "subscription": {
        "friendlyName": _seats("Other", friendlyName="Other"),
        "partnerId": _seats("1111111", partnerId="1111111"),
        "quantity": _seats(12, quantity=12),
        "endOfTerm": _seats("extend", autoRenewEnabled=False),
        "termDuration": _seats("P3Y", termDuration="P3Y", billingCycle="annual"),
        "billingCycle": _renewed(E1, "monthly", "monthly"),
        "product": _renewed(E3, "annual", E3),
    },
    "user": {
        "userPrincipalName": _person("userPrincipalName", "other@contoso.onmicrosoft.com"),
        "displayName": _person("displayName", "Anna Koch"),
        "firstName": _person("firstName", "Ann"),
        "lastName": _person("lastName", "Koch"),
        "usageLocation": _person("usageLocation", "AT"),
        "phoneNumber": _person("phoneNumber", "+4935199"),
    },
}

RUNS = {"creationDate": "2026-01-15", "commitmentEndDate": "2027-01-14"}
YEARLY = {"product": E1, "termDuration": "P1Y", "billingCycle": "annual", "quantity": 10}
OTHER = {"product": E3, "termDuration": "P1Y", "billingCycle": "annual", "quantity": 2}
TRIAL = {"product": "CFQ7TTC0LF8Q:0009", "quantity": 25}
PAID = {"product": E1, "termDuration": "P1Y", "billingCycle": "annual", "quantity": 5}
TRIALS = {
    "products": [
        {
            "product": TRIAL["product"],
            "title": "Office 365 E1 (Trial)",
            "isTrial": True,
            "maximumQuantity": 25,
            "terms": [{"termDuration": "P1M", "billingCycle": "none", "chargePrice": 0}],
        }
    ]
}
DEALS = {
    "promotions": [
        {
            "id": "39NFJQT1PM6C:0005:39NFJQT1Q5L7",
            "name": "A tenth less",
            "product": E1,
            "termDuration": "P1Y",
            "billingCycle": "annual",
            "percent": 10,
            "startDate": "2026-10-01",
            "endDate": "2027-12-31",
            "isAutoApplicable": False,
        }
    ]
}


def _next(field: str, old: Any, new: Any, **lines: Any) -> Told:
    """One word of `atRenewal`, by itself."""
    said = {"atRenewal": {"of": "2027-01-14", **lines}}
    live = {"told": {**YEARLY, **RUNS}}
    wish = {"name": "told", **YEARLY, "endOfTerm": "renew", **said}
    world = {"catalog": DEALS, "contoso": {"subscriptions": live}}
    return Told(world, {"contoso": {"subscriptions": [wish]}}, ((field, old, new),))


def _aligned(day: str = "2027-03-31", **said: Any) -> Told:
    """To end with another one or with a month, of which the term that runs knows nothing."""
    ends = {"creationDate": "2026-04-01", "commitmentEndDate": "2027-03-31"}
    live = {"told": {**YEARLY, **RUNS}, "other": {**OTHER, **ends}}
    wish = {"name": "told", **YEARLY, "endOfTerm": "renew", **said}
    rows = [wish, {"name": "other", **OTHER}]
    world = {"contoso": {"subscriptions": live}}
    change = ("alignEnd", None, day)
    return Told(world, {"contoso": {"subscriptions": rows}}, (change,))


def _trial(then: Any, *changes: tuple[str, Any, Any], **back: Any) -> Told:
    """What follows a trial, told as a whole."""
    wish = {"name": "told", **TRIAL, "termDuration": "P1M", "billingCycle": "none"}
    world = {"catalog": TRIALS, "contoso": {"subscriptions": {"told": TRIAL}}}
    told = Told(world, {"contoso": {"subscriptions": [{**wish, "trial": {"then": then}}]}}, changes)
    return told._replace(back=back) if back else told


FREE = {**TRIAL, "termDuration": None, "billingCycle": "none"}
FOLLOWS = _trial(PAID, *[(name, FREE[name], new) for name, new in PAID.items()])

TOLD: Mapping[str, Mapping[str, Told]] = {
    "subscription": {
        "atRenewal.product": _next("product", E1, E3, product=E3),
        "atRenewal.termDuration": _next("termDuration", "P1Y", "P3Y", termDuration="P3Y"),
        "atRenewal.billingCycle": _next(
            "billingCycle", "annual", "monthly", billingCycle="monthly"
        ),
        "atRenewal.quantity": _next("quantity", 10, 8, quantity=8),
        "atRenewal.promotionId": _next(
            "promotionId", None, "39NFJQT1PM6C:0005", promotionId="39NFJQT1PM6C:0005"
        ),
        "atRenewal.alignEnd.with": _aligned(
            atRenewal={"of": "2027-01-14", "alignEnd": {"with": "other"}}
        ),
        "atRenewal.alignEnd": _aligned(
            "2027-12-31", atRenewal={"of": "2027-01-14", "alignEnd": "calendarMonth"}
        ),
        "alignEnd": _aligned("2027-06-30", alignEnd="2027-06-30"),
        "alignEnd.with": _aligned(alignEnd={"with": "other"}),
        "trial.then": _trial("cancel", ("endOfTerm", "renew", "cancel"), autoRenewEnabled=True),
        **{f"trial.then.{name}": FOLLOWS for name in PAID},
    }
}

SHOWN: Mapping[str, Mapping[str, str]] = {
    "customer": {
        # Of every subscription, which inherits it: nothing of the customer itself bears it.
        "partnerOfRecord.partnerId": "a PartnerID that was changed in the portal is brought back",
        # Asked for once and never taken back: what the service then says of it is all that changes.
        "qualification.type": "a qualification that is there is nothing to do",
        "qualification.educationSegment": "a qualification is asked for once, and waited for",
        "qualification.website": "a qualification is asked for once, and waited for",
        "qualification.validationCode": "government needs the partner's code",
    }
}
