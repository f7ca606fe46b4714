"""The Azure spending budget of one customer: it exists as long as its customer does.

Read in bulk where a user token allows it; a difference is confirmed by a single read, since the
bulk answer lags a change (domain rule AZ6). Pure; imports the nouns and the kinds' shared parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from pcsync.kinds import clouds
from pcsync.kinds.budget.model import ATTRIBUTES, BULK, from_budget, from_usage_record
from pcsync.kinds.fields import differences
from pcsync.kinds.paths import at, below
from pcsync.model import (
    Action,
    Address,
    Before,
    Can,
    Document,
    Edit,
    Finding,
    Is,
    Pair,
    Read,
    Resource,
    Severity,
    Step,
    Verb,
    View,
)
from pcsync.values import amount, guid, word

NEEDS = (("GET", "/v1/customers/-/usagebudget"),)


class BudgetKind:
    """`amount: null` clears the budget; no line says nothing about it."""

    name = "budget"
    schema: Mapping[str, Any] = json.loads(
        files(__package__).joinpath("schema.json").read_text("utf-8")
    )

    def desired(self, document: Document) -> Iterable[Resource]:
        """One budget, named by its customer alone."""
        assert document.owner is not None, "the manifests stage gives every budget its customer"
        spec = {key: document.spec[key] for key in ("amount", "currency") if key in document.spec}
        yield Resource(
            Address(self.name, document.owner.path),
            spec | ({"amount": amount(spec["amount"])} if "amount" in spec else {}),
            owner=document.owner,
            needs=frozenset({document.owner}),
            place=document.place,
            places=document.places,
            annotations=document.annotations,
        )

    def reads(self, view: View) -> Iterable[Read]:
        """One bulk read for several customers, else a read each."""
        if clouds.lacks(view, NEEDS):
            return
        if view.owner is None:
            yield from self._bulk(view)
            return
        for want in view.wants.values():
            if want.address.kind != self.name or want.address in view.haves:
                continue
            if path := at(view, view.owner, "usagebudget"):
                yield Read(path, (want.address,), owner=view.owner)

    def _bulk(self, view: View) -> Iterable[Read]:
        wants = [w for w in view.wants.values() if w.address.kind == self.name]
        known = tuple(w.address for w in wants if w.owner in view.ids)
        currency = any("currency" in w.spec for w in wants)
        if Can.USER in view.can and known and (len(known) > 1 or currency):
            yield Read(BULK, known, pages=True, user=True)

    def live(self, read: Read, page: Any, view: View) -> Iterable[Resource]:
        """Budgets of a bulk answer for declared customers, or the one of a single answer."""
        if read.path == BULK:
            owners = {guid(found): address for address, found in view.ids.items()}
            for item in page.get("items", ()):
                owner = owners.get(guid(item.get("resourceId") or item.get("id") or ""))
                if owner is not None:
                    yield self._have(owner, from_usage_record(item), "bulk")
        elif read.path.endswith("/usagebudget") and read.owner is not None:
            yield self._have(read.owner, from_budget(page), "single")

    def _have(self, owner: Address, spec: Mapping[str, Any], source: str) -> Resource:
        return Resource(
            Address(self.name, owner.path), spec, owner=owner, remote={"source": source}
        )

    def match(
        self, wants: Sequence[Resource], haves: Sequence[Resource], view: View
    ) -> Iterable[Pair]:
        """A customer has exactly one budget."""
        by_address = {have.address: have for have in haves}
        for want in wants:
            if have := by_address.get(want.address):
                yield Pair(want, have, "its customer")

    def compare(
        self, want: Resource, have: Resource | None, view: View
    ) -> Iterable[Action | Read | Finding]:
        """Set, change or clear; the asserted currency is checked against the usage record."""
        if refusal := clouds.missing(view, want, NEEDS):
            yield refusal
            return
        live = have.spec if have else {}
        yield from self._currency(want, live)
        changes = differences(want.spec, live, ("amount",))
        if not changes:
            return
        if have and have.remote.get("source") == "bulk" and view.owner:
            path = at(view, view.owner, "usagebudget")
            if path and not view.done(path):
                yield Read(path, (want.address,), owner=view.owner)
                return
        yield Action(
            want.address,
            Verb.CREATE if live.get("amount") is None else Verb.UPDATE,
            owner=want.owner,
            changes=changes,
            seen={"amount": live.get("amount")},
            effects=("a budget warns by mail from 80 % on and stops nothing",),
            place=want.at("amount"),
        )

    def _currency(self, want: Resource, live: Mapping[str, Any]) -> Iterable[Finding]:
        declared, found = want.spec.get("currency"), live.get("currency")
        if declared is None or (found and word(found) == word(declared)):
            return
        if found:
            what = f"the budget is declared in {declared}, Partner Center counts in {found}"
            advice = f"write the amount in {found} and `currency: {found}`"
            yield Finding(
                Severity.ERROR, "budget-currency", what, advice, want.address, want.at("currency")
            )
        else:
            what = f"nothing says yet whether Partner Center counts in {declared}"
            advice = "look again when the customer has Azure usage (needs an App+User token)"
            yield Finding(
                Severity.WARNING,
                "budget-currency-unchecked",
                what,
                advice,
                want.address,
                want.at("currency"),
            )

    def review(self, view: View) -> Iterable[Before | Finding]:
        """Budgets depend on nothing but their customer."""
        return ()

    def batch(self, action: Action) -> str:
        """A budget shares no call."""
        return str(action.address)

    def steps(self, batch: Sequence[Action], view: View) -> Iterable[Step]:
        """One PATCH; null clears (`update-a-customer-s-usage-spending-budget.md`)."""
        for action in batch:
            assert action.owner is not None
            (change,) = action.changes
            yield Edit(
                f"{action.address}.set",
                (action.id,),
                "PATCH",
                below(action.owner, "usagebudget"),
                whole=False,
                sets=(Is("amount", change.new),),
                expect=(Is("amount", change.old),),
                extra=ATTRIBUTES,
            )
