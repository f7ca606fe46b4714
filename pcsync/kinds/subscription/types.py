"""What kinds of subscriptions there are, and which fields each of them has.

Owns the table of fields by type (manifest-reference.md 7.4) and how a live one shows its type
(commerce.md 0.7). Pure; imports the nouns and values only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pcsync.model import NOTHING, Document, Finding, Resource, Severity
from pcsync.values import is_guid, word

LICENSE, AZURE, SOFTWARE, SAAS, LEGACY = "license", "azurePlan", "software", "saas", "legacy"
SAVINGS, RESERVATION = "savingsPlan", "reservation"
AZURE_PLAN = "DZH318Z0BPS6"
OBSERVED = {"DZH318Z09V6F": "a savings plan", "DZH318Z0BQ": "a reservation"}
"""How catalogue ids begin of what is managed in Azure alone (domain rule AZ7)."""
BOUGHT = ("termDuration", "billingCycle", "quantity")
NO_TERM = "an Azure plan has no term: it runs until it is suspended"
NOT_BOUGHT = "a legacy subscription is never bought or changed at a renewal"
ON_THE_ORDER = (
    "the billing cycle of a legacy subscription stands on its order, and another one starts its "
    "term anew at the price of that day: see Microsoft's page `change-the-billing-cycle`"
)
RENEWS_OR_CANCELS = "its next term is like this one, or there is none"
LATER = ("atRenewal", "alignEnd", "promotionId", "trial", "change")


@dataclass(frozen=True, slots=True)
class Type:
    """The fields of one type: which it must have, which it can't have and why, which words of a
    field it does not know."""

    called: str
    required: tuple[str, ...]
    refused: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: NOTHING)


_NOT_LEGACY = {"offerId": "it is for `type: legacy`; write `product`"}
_NO_EXTENSION = {"extend": "there is an extended service term for licences only"}
_NEVER_SUSPENDED = {"suspended": "it can't be suspended: let it end with its term"}
_TERMED = {"endOfTerm": _NO_EXTENSION, "state": _NEVER_SUSPENDED}
_STANDING = dict.fromkeys(("atRenewal", "alignEnd", "trial"), RENEWS_OR_CANCELS)

TYPES: Mapping[str, Type] = {
    LICENSE: Type("a license", ("product", *BOUGHT), _NOT_LEGACY),
    AZURE: Type(
        "an Azure plan",
        ("product",),
        {
            **_NOT_LEGACY,
            **dict.fromkeys((*BOUGHT[:2], "endOfTerm", *LATER), NO_TERM),
            "quantity": "a customer has one Azure plan: its quantity is always 1",
            "addOnTo": "an Azure plan is no add-on",
        },
        {"onRemove": {"cancel": "an Azure plan is never cancelled"}},
    ),
    SOFTWARE: Type("software", ("product", *BOUGHT), {**_NOT_LEGACY, **_STANDING}, _TERMED),
    SAAS: Type(
        "a marketplace subscription", ("product", *BOUGHT), _NOT_LEGACY | _STANDING, _TERMED
    ),
    LEGACY: Type(
        "a legacy subscription",
        ("offerId", "quantity"),
        {
            "product": "a legacy subscription has an `offerId` instead",
            "termDuration": "it is observed: the offer decides",
            "billingCycle": ON_THE_ORDER,
            "endOfTerm": "it renews by itself until it is suspended or migrated",
            **dict.fromkeys((*LATER, "segment", "maxPrice", "attestationAccepted"), NOT_BOUGHT),
        },
        {"onRemove": {"cancel": "a legacy subscription can't be cancelled: write `suspend`"}},
    ),
}


def type_of(spec: Mapping[str, Any]) -> str:
    """The declared type."""
    return str(spec.get("type", LICENSE))


def problems(document: Document) -> Iterable[Finding]:
    """Fields that this type does not have or lacks, each at its place (table 7.4)."""
    kind = TYPES[type_of(document.spec)]
    for name, why in kind.refused.items():
        if name in document.spec:
            what = f"`{name}` does not fit {kind.called}: {why}"
            yield _problem(document, name, what, f"remove `{name}`")
    for name in kind.required:
        if name not in document.spec:
            what = f"`{name}` is missing: {kind.called} needs it"
            yield _problem(document, "", what, f"add `{name}`")
    for name, words in kind.words.items():
        if answer := words.get(str(document.spec.get(name))):
            what = f"`{name}: {document.spec[name]}` does not fit {kind.called}: {answer}"
            yield _problem(document, name, what, "write another word, or remove the line")
    yield from _azure_only(document)


def _azure_only(document: Document) -> Iterable[Finding]:
    product = str(document.spec.get("product", ""))
    for begins, called in OBSERVED.items():
        if product.startswith(begins):
            what = f"{product} is {called}: it is bought and changed in Azure alone"
            yield _problem(document, "product", what, "remove its lines; it is only observed here")
    plan, declared = product.startswith(AZURE_PLAN), type_of(document.spec) == AZURE
    if product and plan is not declared and type_of(document.spec) != LEGACY:
        what = f"{product} is {'the Azure plan' if plan else 'no Azure plan'}"
        advice = f"write `type: {AZURE}`" if plan else f"write `product: {AZURE_PLAN}:0001`"
        yield _problem(document, "product", what, advice)


def given(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What goes without saying for a type, in the fields that every subscription has."""
    match type_of(spec):
        case "azurePlan":
            return {"termDuration": None, "billingCycle": "monthly", "quantity": 1}
        case "legacy":
            offer = str(spec["offerId"]).upper()
            return {"product": offer, "termDuration": None, "billingCycle": None}
        case _:
            return {}


def live_type(item: Mapping[str, Any]) -> str:
    """The type of a live subscription; what only Azure manages has a word of its own."""
    offer = str(item.get("offerId") or "")
    known = item.get("productType") or {}
    kind, sub = word(known.get("id")), word((known.get("subType") or {}).get("id"))
    if is_guid(offer) or offer.upper().startswith("MS-AZR"):
        return LEGACY
    if offer.upper().startswith(AZURE_PLAN):
        return AZURE
    if kind == "software":
        return SOFTWARE
    if kind == "azure":
        return {"saas": SAAS, "savingsplan": SAVINGS, "reservedinstance": RESERVATION}.get(
            sub, AZURE
        )
    return LICENSE


def mismatch(want: Resource, have: Resource) -> Finding | None:
    """The error of a declared subscription that is live as one of another type."""
    declared, live = type_of(want.spec), have.remote.get("type", LICENSE)
    if declared == live:
        return None
    if live in {SAVINGS, RESERVATION}:
        what = "is a savings plan or reservation, which Azure alone manages"
        return _error(want, "managed-in-azure", what, "remove its lines; it is only observed here")
    what = f"is declared as `type: {declared}` and is `type: {live}`"
    if declared == LEGACY and have.remote.get("migrated_from"):
        what = f"was migrated to new commerce and is `type: {live}` by now"
        return Finding(
            Severity.WARNING,
            "migrated",
            what,
            "replace `type` and `offerId` by "
            f"`product: {have.spec['product']}`, `termDuration: {have.spec['termDuration']}`, "
            f"`billingCycle: {have.spec['billingCycle']}`",
            want.address,
            want.at("type"),
        )
    return _error(want, "other-type", what, f"write `type: {live}` and its fields, or another `id`")


def fewer(want: Resource, have: Resource) -> Finding | None:
    """The error of fewer seats of software: they never go down (commerce.md 5.2, 8)."""
    wanted, live = want.spec.get("quantity"), have.spec.get("quantity")
    if type_of(want.spec) != SOFTWARE or not isinstance(wanted, int) or not isinstance(live, int):
        return None
    if wanted >= live:
        return None
    what = f"{wanted} seats are fewer than the {live} there are: seats of software never go down"
    return Finding(
        Severity.ERROR,
        "never-fewer",
        what,
        f"write `quantity: {live}`, or let it end with `endOfTerm: cancel`",
        want.address,
        want.at("quantity"),
    )


def _error(want: Resource, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, code, what, advice, want.address, want.at("type"))


def _problem(document: Document, name: str, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, "wrong-field", what, advice, place=document.at(name))
