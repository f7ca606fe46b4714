"""Buying what has left no trace: whether it can be bought, and the action of it (commerce.md 2).

Owns what stands in the way of a purchase. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from pcsync.kinds import clouds, preflight
from pcsync.kinds.fields import creation
from pcsync.kinds.subscription import (
    aligned,
    azure,
    counted,
    gates,
    inventory,
    legacy,
    market,
    offered,
    products,
    promotion,
    resellers,
    segments,
    told,
    types,
)
from pcsync.kinds.subscription.model import CREATED
from pcsync.model import Action, Finding, Read, Resource, Severity, Verb, View

AZURE_NEEDS = (("POST", "azurePlan"),)
EFFECTS = {
    types.LICENSE: ("can be cancelled for 7 days from the purchase",),
    types.AZURE: ("is never cancelled; what is used below it is billed every month",),
    types.SOFTWARE: (
        "can be cancelled as a whole for 7 days from the purchase",
        "its seats can never be fewer",
    ),
    types.SAAS: ("is billed once somebody has completed its setup at the publisher",),
}


def plan(want: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """The purchase of what was found to have no trace, unless something stands in its way: what
    the manifests say alone, then what the customer is, then what the catalogue says."""
    ways = (
        _forbidden,
        segments.unqualified,
        resellers.unclear,
        aligned.hindered,
        _placed,
        _offered,
        _asked,
    )
    for stands in ways:
        if results := list(stands(want, view)):
            yield from results
            return
    yield from promotion.missed(want, view)
    yield _buy(want, view)


def _forbidden(want: Resource, view: View) -> Iterable[Finding]:
    """Legacy is never bought, a second Azure plan neither; a person attests every order (PR6)."""
    kind = types.type_of(want.spec)
    if kind == types.LEGACY:
        yield legacy.not_bought(want)
    elif kind == types.AZURE and (refusal := clouds.missing(view, want, AZURE_NEEDS)):
        yield refusal
    elif kind == types.AZURE and (rival := azure.other_plan(want, view)):
        yield rival
    elif not view.rules.attested:
        what = "nobody has attested to be the partner on record, and every order needs it"
        advice = "add `attestations: {partnerOnRecord: {by: …, on: …}}` to pcsync.yaml"
        yield _error(want, "", "not-attested", what, advice)


def _placed(want: Resource, view: View) -> Iterable[Read | Finding]:
    """Where the customer buys, and whether it may at all: agreement and vetting."""
    place = market.read(view) if preflight.wanted(view) else None
    yield from (place,) if place else ()
    yield from gates.reads(view)
    yield from gates.refused(want, view)


def _asked(want: Resource, view: View) -> Iterable[Read | Finding]:
    """What is asked of the service about this very purchase: promotions and capacity."""
    yield from promotion.unverified(want, view)
    yield from inventory.short(want, view)


def _offered(want: Resource, view: View) -> Iterable[Read | Finding]:
    if missing := offered.read(want, view):
        yield missing
    else:
        yield from offered.wrong(want, view)


def _buy(want: Resource, view: View) -> Action:
    quantity, kind = want.spec["quantity"], types.type_of(want.spec)
    counts = counted.purchase({**want.spec, "quantity": 0 if kind == types.AZURE else quantity})
    changes = creation(want.spec, CREATED)
    return Action(
        want.address,
        Verb.CREATE,
        owner=want.owner,
        changes=changes,
        title=products.title(want.spec["product"]),
        moves=dict.fromkeys(want.holds, quantity),
        counts=counts,
        # What can be taken back until when stands beside what it costs, where that is known.
        effects=() if view.prices is not None and kind == types.LICENSE else EFFECTS[kind],
        forever=("an Azure plan is never cancelled",) if kind == types.AZURE else (),
        notes=_accepted(want),
        says=told.bought(want, changes),
        rules=("ID4", "PU1", *_rules(want)),
        place=want.place,
    )


def _accepted(want: Resource) -> tuple[str, ...]:
    """Whose word it is that the buyer has accepted Microsoft's text (PU15)."""
    given = want.words.get("attestationAccepted")
    return (f"its text was accepted by {given['by']} on {given['on']}",) if given else ()


def _rules(want: Resource) -> Iterable[str]:
    if types.type_of(want.spec) == types.AZURE:
        yield "AZ1"
    if want.spec.get("partnerId"):
        yield "PR1"
    if want.spec["segment"] != segments.COMMERCIAL:
        yield "PU8"


def _error(want: Resource, field: str, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, code, what, advice, want.address, want.at(field))
