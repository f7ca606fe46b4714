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
from pcsync.kinds.budget import usage
from pcsync.kinds.budget.model import ATTRIBUTES, BULK, from_budget, from_usage_record, spent
from pcsync.kinds.fields import differences
from pcsync.kinds.pairs import by_address
from pcsync.kinds.paths import at, below
from pcsync.model import (
    Action,
    Address,
    Before,
    Can,
    Change,
    Document,
    Edit,
    Finding,
    Is,
    Pair,
    Read,
    Resource,
    Severity,
    State,
    Step,
    Usage,
    Verb,
    View,
)
from pcsync.values import amount, guid

NEEDS = (("GET", "/v1/customers/-/usagebudget"),)
WARNS = "a budget warns by mail from 80 % on and stops nothing"
WHY = {
    State.PRESENT: "",
    State.ABSENT: "declared with `state: absent`",
    State.REMOVED: "its lines are gone from git (onRemove: clear)",
}


class BudgetKind:
    """`amount: null` and `state: absent` clear the budget; no line says nothing about it, lines
    that left git clear it unless `onRemove: ignore` (domain rule RM1)."""

    name = "budget"
    schema: Mapping[str, Any] = json.loads(
        files(__package__).joinpath("schema.json").read_text("utf-8")
    )

    def desired(self, document: Document) -> Iterable[Resource]:
        """One budget, named by its customer alone."""
        assert document.owner is not None, "the manifests stage gives every budget its customer"
        spec = {key: document.spec[key] for key in ("amount", "currency") if key in document.spec}
        gone = document.spec.get("state") == "absent"
        yield Resource(
            Address(self.name, document.owner.path),
            spec | ({"amount": amount(spec["amount"])} if "amount" in spec else {}),
            owner=document.owner,
            state=State.ABSENT if gone else State.PRESENT,
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
            if want.address.kind != self.name or want.address in view.haves or _left(want):
                continue
            if path := at(view, view.owner, "usagebudget"):
                yield Read(path, (want.address,), owner=view.owner)

    def _bulk(self, view: View) -> Iterable[Read]:
        budgets = (w for w in view.wants.values() if w.address.kind == self.name)
        wants = [want for want in budgets if not _left(want)]
        known = tuple(w.address for w in wants if w.owner in view.ids)
        asked = any("currency" in w.spec or "warnAt" in w.words for w in wants)
        if Can.USER in view.can and known and (len(known) > 1 or asked):
            yield Read(BULK, known, pages=True, user=True)

    def live(self, read: Read, page: Any, view: View) -> Iterable[Resource]:
        """Budgets of a bulk answer for declared customers, or the one of a single answer."""
        if read.path == BULK:
            owners = {guid(found): address for address, found in view.ids.items()}
            for item in page.get("items", ()):
                owner = owners.get(guid(item.get("resourceId") or item.get("id") or ""))
                if owner is not None:
                    told = {"source": "bulk", **spent(item)}
                    yield self._have(owner, from_usage_record(item), told)
        elif read.path.endswith("/usagebudget") and read.owner is not None:
            yield self._have(read.owner, from_budget(page), {"source": "single"})

    def _have(self, owner: Address, spec: Mapping[str, Any], remote: Mapping[str, Any]) -> Resource:
        return Resource(Address(self.name, owner.path), spec, owner=owner, remote=remote)

    def match(
        self, wants: Sequence[Resource], haves: Sequence[Resource], view: View
    ) -> Iterable[Pair]:
        """A customer has exactly one budget."""
        return by_address(wants, haves, "its customer")

    def compare(
        self, want: Resource, have: Resource | None, view: View
    ) -> Iterable[Action | Read | Finding]:
        """Set, change or clear; the asserted currency is checked against the usage record."""
        if refusal := clouds.missing(view, want, NEEDS):
            yield refusal
            return
        live = have.spec if have else {}
        if want.state is State.PRESENT:
            yield from usage.currency(want, live)
            yield from usage.spending(want, have)
        changes = differences(_wish(want), live, ("amount",))
        if not changes:
            yield from _tombstone(want)
            return
        if want.state is State.PRESENT and (wrong := usage.without_azure(want, have, view)):
            yield wrong
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
            why=WHY[want.state],
            seen={"amount": live.get("amount")},
            effects=() if usage.known(have) else (WARNS,),
            says=_told(changes[0], tuple(usage.checked(want, live))),
            headline=_headline(changes[0]),
            rules=("AZ6",) if want.state is State.PRESENT else ("RM1",),
            place=want.at("amount"),
        )

    def usage(self, view: View) -> Iterable[Usage]:
        """What was used this month of the budgets that are changed."""
        for name in sorted(view.actions):
            action = view.actions[name]
            if action.address.kind == self.name and (have := view.haves.get(action.address)):
                yield from usage.used(action, have)

    def review(self, view: View) -> Iterable[Before | Finding]:
        """A budget needs Azure: a plan that is bought comes first."""
        return usage.after_plan(view, self.name)

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


def _left(want: Resource) -> bool:
    """Whether its lines are gone and it is to stay as it is."""
    return want.state is State.REMOVED and want.words.get("onRemove") == "ignore"


def _wish(want: Resource) -> Mapping[str, Any]:
    if _left(want):
        return {}
    return want.spec if want.state is State.PRESENT else {"amount": None}


def _told(change: Change, checked: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """What was checked of it; a new one has its amount among its words."""
    new = change.old is None and checked
    return ((change.field, f"{change.new:,}"), *checked) if new else checked


def _headline(change: Change) -> str:
    """``Azure budget 5,000 -> 6,500``; where there is none, that it comes or goes."""
    if change.old is None or change.new is None:
        return f"Azure budget {'set to' if change.old is None else 'cleared, was'} " + (
            f"{(change.new if change.old is None else change.old):,}"
        )
    return f"Azure budget {change.old:,} -> {change.new:,}"


def _tombstone(want: Resource) -> Iterable[Finding]:
    """Declared absent, and there is none (rule RM14)."""
    if want.state is State.ABSENT:
        what, advice = "is declared absent, and there is no budget", "remove its lines"
        place = want.at("state")
        yield Finding(Severity.WARNING, "tombstone-can-go", what, advice, want.address, place)
