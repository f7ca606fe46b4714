"""Promotions: which one a purchase is to have, and what stops without it (commerce.md 13.7).

Owns `promotionId` (domain rules MO7, PU14). A promotion that does not fit is dropped by the service
without a word, so a required one is asked for before, and looked for on the line of the cart. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pcsync.kinds import preflight
from pcsync.kinds.paths import at
from pcsync.kinds.subscription import offered
from pcsync.model import (
    Address,
    All,
    Can,
    Check,
    Finding,
    Is,
    Read,
    Resource,
    Severity,
    Some,
    View,
)

ASKED = "promotionEligibilities"
KIND = "promotion"


def named(spec: Mapping[str, Any]) -> str | None:
    """The id of the promotion that is asked for."""
    found = spec.get("promotionId")
    return str(found["id"]) if isinstance(found, Mapping) else found


def required(spec: Mapping[str, Any]) -> bool:
    """Whether nothing is bought without it."""
    found = spec.get("promotionId")
    return isinstance(found, Mapping) and bool(found.get("required"))


def checks(wants: Iterable[Resource], ids: tuple[str, ...]) -> Iterable[Check]:
    """What the cart has to show before its checkout: each required promotion on its line."""
    for number, want in enumerate(wants):
        if required(want.spec):
            on_line = All(
                (
                    Is("id", number),
                    Is("promotionId", named(want.spec), fold=True, prefix=True),
                )
            )
            says = (
                f"{want.address} does not get its promotion {named(want.spec)}, which is "
                "required: nothing was bought for this customer"
            )
            yield Check(Some("lineItems", on_line), says, ids)


def unverified(want: Resource, view: View) -> Iterable[Read | Finding]:
    """Whether the customer may have what is asked for: one question for all of a customer, which
    stores nothing. That it fails stops nothing: the cart tells."""
    path = at(view, view.owner, ASKED) if view.owner else None
    wanted = named(want.spec) and Can.USER in view.can and preflight.wanted(view)
    if path is None or not wanted:
        return
    rows = _wanted(want, view)
    if path not in view.reads:
        ready = {row.address: offered.path(row, view) for row in rows}
        late = [row for row in rows if ready[row.address] not in view.reads]
        yield from (read for row in late if (read := offered.read(row, view)))
        if not late:
            yield _question(path, rows, view)
        return
    if required(want.spec):
        yield from _refusals(want, view)


def missed(want: Resource, view: View) -> Iterable[Finding]:
    """That a promotion which is asked for and not required will not be there: without a word, it is
    bought at the full price."""
    if named(want.spec) and not required(want.spec):
        yield from _refusals(want, view)


def _refusals(want: Resource, view: View) -> Iterable[Finding]:
    asked = [row.address for row in _wanted(want, view)]
    answer = view.haves.get(Address(KIND, (want.address.root, f"#{asked.index(want.address)}")))
    for verdict in answer.remote["eligibilities"] if answer else ():
        if not verdict.get("isEligible"):
            yield _refused(want, verdict)


def _wanted(want: Resource, view: View) -> list[Resource]:
    """All that are not there yet and ask for a promotion, in the order of their addresses."""
    return [
        other
        for address, other in sorted(view.wants.items())
        if address.kind == want.address.kind
        if address not in view.haves and named(other.spec)
    ]


def _question(path: str, rows: Iterable[Resource], view: View) -> Read:
    items = [
        {
            "id": number,
            "catalogItemId": offered.item(row, view),
            "quantity": row.spec["quantity"],
            "termDuration": row.spec["termDuration"],
            "billingCycle": row.spec["billingCycle"],
            "promotionId": named(row.spec),
        }
        for number, row in enumerate(rows)
    ]
    body = {"items": [each for each in items if each["catalogItemId"]]}
    return Read(path, (), owner=view.owner, user=True, method="POST", body=body)


def live(page: Mapping[str, Any], owner: Address) -> Iterable[Resource]:
    """Each verdict as a thing of its own, which no manifest can name."""
    for item in page.get("items") or ():
        found = {"eligibilities": tuple(item.get("eligibilities") or ())}
        yield Resource(
            Address(KIND, (owner.root, f"#{item.get('id')}")), {}, owner=owner, remote=found
        )


def _refused(want: Resource, verdict: Mapping[str, Any]) -> Finding:
    errors = verdict.get("errors") or ()
    reasons = "; ".join(str(e.get("description") or e.get("type")) for e in errors)
    must = required(want.spec)
    which = ", which is required" if must else ""
    otherwise = "write `required: false`" if must else "remove it: it costs the full price"
    return Finding(
        Severity.ERROR if must else Severity.WARNING,
        "promotion-refused",
        f"does not get its promotion {named(want.spec)}{which}: {reasons}",
        f"correct term, cycle or seats, or {otherwise}",
        want.address,
        want.at("promotionId"),
    )
