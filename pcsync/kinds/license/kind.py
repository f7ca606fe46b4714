"""A licence of a person: one SKU assigned to one user, and which of its plans are off.

All changes of one person go in one call per licence group. Pure; imports the nouns and the kinds'
shared parts.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

from pcsync.kinds import clouds
from pcsync.kinds.license import (
    calls,
    changes,
    entry,
    mailbox,
    policy,
    provided,
    seats,
    skus,
    undeclared,
)
from pcsync.kinds.license.model import assigned, is_name, level, observed, user_key
from pcsync.kinds.pairs import by_address
from pcsync.kinds.paths import at
from pcsync.model import (
    Action,
    Address,
    Before,
    Document,
    Finding,
    Level,
    Pair,
    Read,
    Resource,
    Settled,
    State,
    Step,
    Verb,
    View,
)

USERS = "users?size=500"
NEEDS = (("GET", "/v1/customers/-/subscribedskus"),)


class LicenseKind:
    """Known by the user and the SKU's GUID; over managed SKUs a person's list is the truth."""

    name = "license"
    schema: Mapping[str, Any] = json.loads(
        files(__package__).joinpath("schema.json").read_text("utf-8")
    )

    def desired(self, document: Document) -> Iterable[Resource | Finding]:
        """One licence, named by customer, user and part number."""
        assert document.owner is not None, "the manifests stage gives every licence its customer"
        found = entry.read(document)
        if isinstance(found, Finding):
            yield found
            return
        nested = document.parent if document.parent != document.owner else None
        word = None if nested else document.spec["user"]
        person = nested or Address("user", (document.owner.root, user_key(word or "")))
        gone = document.spec.get("state") == "absent"
        # Somebody given by a sign-in name or an id need not be declared.
        needs = {document.owner} | ({person} if nested or is_name(word or "") else set())
        yield Resource(
            Address(self.name, (*person.path, found.label)),
            {} if found.disabled is None else {"disabledPlans": list(found.disabled)},
            owner=person,
            state=State.ABSENT if gone else State.PRESENT,
            needs=frozenset(needs | ({found.provider} if found.provider else set())),
            remote={"sku": found.pool, "user": word, "provider": found.provider},
            holds={} if gone else {found.pool: -1},
            place=document.place,
            places=document.places,
            annotations=document.annotations,
        )

    def settle(self, view: View) -> Iterable[Settled | Finding]:
        """What the name of a subscription stands for today."""
        yield from provided.settled(view, self.name)

    def called(self, pool: str) -> str:
        """The part number of a SKU."""
        return skus.label(pool)

    def reads(self, view: View) -> Iterable[Read]:
        """The seats of the tenant, once; the licences of each person that has any declared; the
        pages of users only where a person is not declared."""
        wants = [w for w in view.wants.values() if w.address.kind == self.name]
        people = sorted(self._people(view, wants))
        whole = undeclared.whole(view, self.name)
        if not (people or whole) or view.owner is None or view.owner not in view.ids:
            return
        if clouds.lacks(view, NEEDS):
            return
        shows = tuple(w.address for w in wants)
        held: dict[Address | None, list[Resource]] = defaultdict(list)
        for want in wants:
            held[want.owner].append(want)
        asks = max((seats.query(str(w.remote["sku"])) for w in wants), default="")
        seen = self._read(view, f"subscribedskus{asks}", shows, view.owner)
        yield seen
        if seen.path in view.reads and not view.done(seen.path):
            return  # without the seats nothing can be said about licences (rule ID10)
        if whole or any(w.owner not in view.wants for w in wants):
            yield self._read(view, USERS, shows, view.owner, pages=True)
        for person in people:
            if found := view.ids.get(person):
                mine = tuple(self._shown(person, held[person], view))
                yield self._read(view, f"users/{found}/licenses{asks}", mine, person)
        for person, found in undeclared.people(view, self.name).items():
            yield self._read(view, f"users/{found}/licenses{asks}", (), person)

    def _shown(self, person: Address, held: Sequence[Resource], view: View) -> Iterable[Address]:
        """What a person's licences show; of a leaver also what goes with the account."""
        yield from (licence.address for licence in held)
        if changes.leaves(view.wants.get(person)):
            yield person

    def _read(
        self, view: View, rest: str, shows: tuple[Address, ...], owner: Address, pages: bool = False
    ) -> Read:
        assert view.owner is not None
        path = at(view, view.owner, rest)
        assert path is not None, "asked only below a customer that exists"
        return Read(path, shows, owner=owner, pages=pages, user=True)

    def _people(self, view: View, wants: Sequence[Resource]) -> set[Address]:
        holders = {w.owner for w in wants if w.owner and not changes.stays_licensed(w, view)}
        lists = {each.owner for each in view.owns if each.kind == self.name and not each.word}
        leavers = {
            w.address for w in view.wants.values() if w.address.kind == "user" and changes.leaves(w)
        }
        return holders | lists | leavers

    def live(self, read: Read, page: Any, view: View) -> Iterable[Resource | Level]:
        """Levels of the pools; licences of a person; the ids of people who are not declared."""
        if read.owner is None:
            return
        rest = read.path.partition("?")[0]
        if rest.endswith("/subscribedskus"):
            yield from (level(read.owner, item) for item in page.get("items", ()))
        elif rest.endswith("/licenses"):
            for item in page.get("items", ()):
                yield self._have(read.owner, *assigned(item))
        elif rest.endswith("/users"):
            yield from self._undeclared(page, view)

    def _have(self, person: Address, sku: str, spec: Mapping[str, Any]) -> Resource:
        address = Address(self.name, (*person.path, skus.label(sku)))
        return Resource(address, spec, owner=person, remote={"sku": sku}, holds={sku: -1})

    def _undeclared(self, page: Any, view: View) -> Iterable[Resource]:
        wanted = {
            str(w.remote["user"]).lower(): w.owner
            for w in view.wants.values()
            if w.address.kind == self.name and w.remote.get("user") and w.owner not in view.wants
        }
        for item in page.get("items", ()):
            for key in (str(item["userPrincipalName"]).lower(), str(item["id"]).lower()):
                if owner := wanted.get(key):
                    spec = {"usageLocation": item.get("usageLocation")}
                    yield Resource(owner, spec, owner=view.owner, remote=observed(item))

    def match(
        self, wants: Sequence[Resource], haves: Sequence[Resource], view: View
    ) -> Iterable[Pair]:
        """By user and SKU: both stand in the address."""
        return by_address(wants, haves, "user and SKU")

    def compare(
        self, want: Resource, have: Resource | None, view: View
    ) -> Iterable[Action | Read | Finding]:
        """Assign, change the plans that are off, or remove; nothing of it for a guest."""
        if refusal := clouds.missing(view, want, NEEDS):
            yield refusal
            return
        live = view.haves.get(want.owner) if want.owner else None
        for result in changes.compare(want, have, view):
            if live is not None and live.remote.get("guest") and isinstance(result, Action):
                yield changes.of_guest(want)
            else:
                yield result

    def managed(self, view: View) -> Callable[[Resource], bool]:
        """Whether a person's list decides over a licence that it does not name (rule LI1)."""
        return policy.managed(view, self.name)

    def review(self, view: View) -> Iterable[Before | Finding]:
        """Seats: what has to come first, and what can't be (rule LI10); a usageLocation that is
        about to be set comes before any licence (rule PE15); who loses a mailbox."""
        if view.owner is None:
            return
        lacking = changes.review(view, self.name)
        yield from lacking.values()
        yield from mailbox.review(view, self.name)
        yield from policy.review(view, self.name)
        rest = {name: each for name, each in view.actions.items() if name not in lacking}
        yield from seats.order(replace(view, actions=rest), self.name)
        yield from self._located(view)

    def _located(self, view: View) -> Iterable[Before]:
        for action in view.actions.values():
            located = view.actions.get(f"{action.owner}:{Verb.UPDATE}")
            fields = {change.field for change in located.changes} if located else set()
            assigns = action.address.kind == self.name and action.verb is Verb.CREATE
            if located and assigns and "usageLocation" in fields:
                yield Before(located.id, action.id)

    def batch(self, action: Action) -> str:
        """All changes of one person in one licence group share a call."""
        person = "/".join(action.address.path[:2])
        sku = next(iter(skus.look_up(action.address.path[2])), None)
        return f"{self.name}/{person}/{skus.group(sku.id if sku else '')}"

    def steps(self, batch: Sequence[Action], view: View) -> Iterable[Step]:
        """One licence update."""
        assert view.owner is not None
        yield calls.update(batch, view.owner, view)
