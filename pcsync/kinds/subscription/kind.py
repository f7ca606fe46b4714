"""A subscription: bought once, changed in place, suspended and resumed only by its own word.

Pure; imports the nouns and the kinds' shared parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from pcsync.kinds.paths import at
from pcsync.kinds.subscription import (
    addons,
    azure,
    calendar,
    cart,
    changes,
    discount,
    edit,
    ending,
    follow,
    gates,
    identity,
    inventory,
    legacy,
    limits,
    money,
    offered,
    pools,
    pricing,
    products,
    promotion,
    recent,
    renames,
    renewal,
    resellers,
    seating,
    standing,
    traces,
    transition,
    types,
)
from pcsync.kinds.subscription.model import CREATED, LIVE, from_item, observed
from pcsync.model import (
    Action,
    Address,
    Before,
    Costing,
    Document,
    Finding,
    Kept,
    Pair,
    PriceChange,
    Read,
    Renewal,
    Resource,
    Settled,
    State,
    Step,
    Verb,
    View,
)
from pcsync.values import guid

LIST = "subscriptions"
DECLARED = (
    *CREATED,
    "type",
    "offerId",
    "segment",
    "state",
    "change",
    "atRenewal",
    "alignEnd",
    "promotionId",
    "trial",
)


class SubscriptionKind:
    """Another product on a match is a change, never a new thing."""

    name = "subscription"
    schema: Mapping[str, Any] = json.loads(
        files(__package__).joinpath("schema.json").read_text("utf-8")
    )

    def desired(self, document: Document) -> Iterable[Resource | Finding]:
        """One subscription; its friendlyName defaults to its name, its state to active."""
        if wrong := list(types.problems(document)):
            yield from wrong
            return
        owner, name = document.owner, document.name
        assert owner is not None, "the manifests stage gives every subscription its customer"
        assert name is not None, "the schema requires a name"
        spec = {
            "friendlyName": name,
            "segment": "commercial",
            "state": "active",
            **{k: document.spec[k] for k in DECLARED if k in document.spec},
            **types.given(document.spec),
        }
        spec, remote = follow.declared(spec)
        if pinned := document.spec.get("id"):
            remote["id"] = guid(pinned)
        yield Resource(
            Address(self.name, (owner.root, name)),
            spec,
            owner=owner,
            state=State.ABSENT if spec["state"] == "absent" else State.PRESENT,
            needs=frozenset({owner}),
            remote=remote,
            holds={products.pool(spec["product"]): spec.get("quantity", 0)},
            place=document.place,
            places=document.places,
            annotations=document.annotations,
        )

    def reads(self, view: View) -> Iterable[Read]:
        """One list shows all subscriptions of a customer, whatever their status."""
        wants = tuple(w.address for w in view.wants.values() if w.address.kind == self.name)
        whole = any(owned.kind == self.name for owned in view.owns)
        if (wants or whole) and view.owner and (path := at(view, view.owner, LIST)):
            yield Read(path, wants, owner=view.owner)
        if any(follow.wish(view.wants[address]) for address in wants):
            yield from follow.reads(view)
        yield from products.reads((view.wants[address] for address in wants), view)
        yield from calendar.reads(view)

    def live(self, read: Read, page: Any, view: View) -> Iterable[Resource]:
        """Subscriptions of the list or by id, and pending orders as traces of purchases."""
        if read.owner is None or view.owner is None:
            return
        below = read.path.split("/")[4:]
        match below:
            case ["subscriptions"]:
                yield from (self._have(view, item) for item in page.get("items", ()))
            case ["subscriptions", _]:
                yield self._have(view, page)
            case ["subscriptions", found, "azureEntitlements"]:
                under = {"entitlements": azure.entitlements(page)}
                yield from self._parts(view, [(guid(found), under)])
            case [] if discount.is_answer(read.path):
                yield from self._parts(view, discount.live(page, view))
            case [] if recent.is_records(read.path):
                yield from recent.of_records(page, view, self.name)
            case []:
                yield from self._parts(view, legacy.observed(read.path, page))
            case _ if product := offered.answers(read.path):
                yield from offered.live(product, page, view.owner)
            case [rest] if gates.is_answer(below):
                yield gates.live(rest, page, view.owner)
            case ["subscriptions", found, segment] if segment.startswith("transition"):
                yield from self._parts(view, [(guid(found), transition.seen(segment, page))])
            case [_] if read.path.startswith(inventory.ASKED):
                yield from inventory.live(page, view.owner)
            case ["products", _, "skus", _] | ["skus", _]:
                yield from products.item(page, view.owner, self.name)
            case [promotion.ASKED]:
                yield from promotion.live(page, view.owner)
            case ["orders"]:
                yield from traces.pending(page, view.owner, self.name)
                yield from recent.of_orders(page, view, self.name)
            case ["transfers"]:
                yield from traces.transfers(page, view.owner, self.name)
            case _:
                return

    def _parts(
        self, view: View, found: Iterable[tuple[str, Mapping[str, Any]]]
    ) -> Iterable[Resource]:
        """What another answer adds to rows that are known."""
        known = {h.remote.get("id") for h in view.haves.values() if h.address.kind == self.name}
        for id_, more in found:
            if view.owner is not None and id_ in known:
                address = Address(self.name, (view.owner.root, f"#{id_}"))
                yield Resource(address, {}, owner=view.owner, remote={"id": id_, **more})

    def _have(self, view: View, item: Mapping[str, Any]) -> Resource:
        assert view.owner is not None
        remote = observed(item)
        return Resource(
            Address(self.name, (view.owner.root, f"#{remote['id']}")),
            (spec := from_item(item, view.contract)),
            owner=view.owner,
            remote=remote,
            holds=follow.filled(spec, remote),
        )

    def match(
        self, wants: Sequence[Resource], haves: Sequence[Resource], view: View
    ) -> Iterable[Pair | Finding]:
        """By id, else by name among rows of any status, else by product (rule ID1)."""
        return identity.match(wants, [have for have in haves if "id" in have.remote])

    def compare(
        self, want: Resource, have: Resource | None, view: View
    ) -> Iterable[Action | Read | Finding]:
        """Buy what has left no trace; change, suspend or resume what is alive."""
        if seating.needless(want, have):
            yield seating.nothing(want)
        else:
            found = seating.told(self._compared(want, have, view), want, have, view)
            yield from money.told(found, want, have, view)

    def priced(self, wants: Iterable[Resource]) -> Iterable[str]:
        """What the manifests name for today, for a renewal and for after a trial, and what the
        shipped table knows: live ones may be that."""
        yield from products.table()
        yield from products.named(want for want in wants if want.address.kind == self.name)

    def costings(self, view: View) -> Iterable[Costing]:
        """What the price sheets know of the declared subscriptions of a customer."""
        yield from pricing.costings(view, self.name)

    def settle(self, view: View) -> Iterable[Settled | Read | Finding]:
        """Numbers of seats that follow the people; and which licence each gives today."""
        if view.owner is not None:
            yield from follow.settled(view, self.name)
            yield from pools.settled(view, self.name)

    def titled(self, pool: str) -> str:
        """The product that gives the seats of a pool."""
        return products.title_of(pool)

    def kept(self, view: View) -> Iterable[Kept]:
        """What nothing is done to, and is worth a line."""
        return standing.kept(view, self.name)

    def renewals(self, view: View) -> Iterable[Renewal]:
        """The ends of terms, a calendar of their own (rule RO10)."""
        return calendar.renewals(view, self.name)

    def price_changes(self, view: View) -> Iterable[PriceChange]:
        """What costs otherwise from a day on that price sheets know."""
        return calendar.price_changes(view, self.name)

    def _compared(
        self, want: Resource, have: Resource | None, view: View
    ) -> Iterable[Action | Read | Finding]:
        want = resellers.inherited(want, view)
        if have is None:
            yield from traces.missing(want, view)
        elif have.spec["state"] not in LIVE:
            yield from traces.ended(want, have, view)
        else:
            yield from traces.again(want, view)
            yield from _alive(want, have, view)

    def review(self, view: View) -> Iterable[Before | Finding]:
        """A rename that looks like a removal and a purchase is not decided here (rule ID13)."""
        if view.owner is not None:
            yield from renames.undecided(view, self.name)
            yield from addons.review(view, self.name)
            yield from limits.review(view, self.name)
            yield from ending.people(view, self.name)

    def batch(self, action: Action) -> str:
        """All purchases of a customer share a cart; anything else stands alone."""
        if action.verb is Verb.CREATE:
            return f"cart/{action.address.root}"
        return str(action.address)

    def steps(self, batch: Sequence[Action], view: View) -> Iterable[Step]:
        """Cart and checkout for purchases; edits in the documented order for the rest."""
        if batch[0].verb is Verb.CREATE:
            yield from cart.steps(batch, view)
        else:
            yield from _changes(batch, view)


def _alive(want: Resource, have: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """What can be done to a live one, by its type. Of what no manifest names only licences and
    software can be held as a whole, trials excepted (manifest-reference.md 7.4)."""
    if want.address not in view.wants:
        held = have.remote["type"] in {types.LICENSE, types.SOFTWARE} and not have.remote["trial"]
        if held:
            yield from changes.compare(want, have, view)
        return
    if wrong := types.mismatch(want, have) or types.fewer(want, have):
        yield wrong
        return
    match types.type_of(want.spec):
        case types.AZURE:
            yield from azure.compare(want, have, view)
        case types.LEGACY:
            yield from legacy.compare(want, have, view)
        case _:
            yield from changes.compare(want, have, view)


def _changes(batch: Sequence[Action], view: View) -> Iterable[Step]:
    """What is changed now, then the instruction for the next term: a change deletes it."""
    before: tuple[str, ...] = ()
    for action in sorted(batch, key=lambda action: action.date is not None):
        if action.date is None:
            done = list(edit.steps(action, view))
            before = tuple(step.id for step in done[-1:])
            yield from done
        else:
            yield from renewal.steps(action, view, before)
