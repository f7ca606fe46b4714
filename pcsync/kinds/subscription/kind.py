"""A subscription: bought once, changed in place, suspended and resumed only by its own word.

Pure; imports the nouns and the kinds' shared parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from pcsync.kinds.paths import at
from pcsync.kinds.subscription import changes, edit, identity, products, purchase, renewal
from pcsync.kinds.subscription.model import CREATED, LIVE, from_item, observed
from pcsync.model import (
    Action,
    Address,
    Before,
    Document,
    Finding,
    Pair,
    Read,
    Resource,
    Step,
    Verb,
    View,
)
from pcsync.values import guid

LIST = "subscriptions"
DECLARED = (*CREATED, "segment", "state", "change")


class SubscriptionKind:
    """Another product on a match is a change, never a new thing."""

    name = "subscription"
    schema: Mapping[str, Any] = json.loads(
        files(__package__).joinpath("schema.json").read_text("utf-8")
    )

    def desired(self, document: Document) -> Iterable[Resource]:
        """One subscription; its friendlyName defaults to its name, its state to active."""
        owner, name = document.owner, document.name
        assert owner is not None, "the manifests stage gives every subscription its customer"
        assert name is not None, "the schema requires a name"
        spec = {
            "friendlyName": name,
            "segment": "commercial",
            "state": "active",
            **{k: document.spec[k] for k in DECLARED if k in document.spec},
        }
        pinned = document.spec.get("id")
        yield Resource(
            Address(self.name, (owner.root, name)),
            spec,
            owner=owner,
            needs=frozenset({owner}),
            remote={"id": guid(pinned)} if pinned else {},
            holds={products.pool(spec["product"]): spec["quantity"]},
            place=document.place,
            places=document.places,
            annotations=document.annotations,
        )

    def reads(self, view: View) -> Iterable[Read]:
        """One list shows all subscriptions of a customer, whatever their status."""
        wants = tuple(w.address for w in view.wants.values() if w.address.kind == self.name)
        if wants and view.owner and (path := at(view, view.owner, LIST)):
            yield Read(path, wants, owner=view.owner)

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
            case ["orders"]:
                yield from purchase.pending(page, view.owner, self.name)
            case _:
                return

    def _have(self, view: View, item: Mapping[str, Any]) -> Resource:
        assert view.owner is not None
        remote = observed(item)
        return Resource(
            Address(self.name, (view.owner.root, f"#{remote['id']}")),
            from_item(item, view.contract),
            owner=view.owner,
            remote=remote,
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
        if have is None:
            yield from purchase.missing(want, view)
        elif have.spec["state"] not in LIVE:
            yield from changes.ended(want, have)
        else:
            yield from changes.compare(want, have, view)

    def review(self, view: View) -> Iterable[Before | Finding]:
        """Subscriptions don't depend on each other until add-ons are supported."""
        return ()

    def batch(self, action: Action) -> str:
        """All purchases of a customer share a cart; anything else stands alone."""
        if action.verb is Verb.CREATE:
            return f"cart/{action.address.root}"
        return str(action.address)

    def steps(self, batch: Sequence[Action], view: View) -> Iterable[Step]:
        """Cart and checkout for purchases; edits in the documented order for the rest."""
        if batch[0].verb is Verb.CREATE:
            yield from purchase.steps(batch, view)
        else:
            yield from _changes(batch, view)


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
