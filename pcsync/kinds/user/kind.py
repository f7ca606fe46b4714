"""A person's account in a customer tenant: created, changed and deleted only as declared.

Nobody is created who has left a trace, nobody is deleted whose identity belongs to somebody else.
Pure; imports the nouns and the kinds' shared parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from pcsync.kinds import clouds, fields, missing
from pcsync.kinds.paths import at
from pcsync.kinds.user import calls, people, rules, traces
from pcsync.kinds.user.arriving import arrive
from pcsync.kinds.user.identity import match
from pcsync.kinds.user.leaving import leave
from pcsync.kinds.user.model import CREATED, EDITABLE, FOLDED, LIST, from_item, observed
from pcsync.model import (
    Action,
    Address,
    Before,
    Document,
    Finding,
    Pair,
    Read,
    Resource,
    Severity,
    State,
    Step,
    Verb,
    View,
)
from pcsync.values import guid

USER = "/v1/customers/-/users/-"
METHODS = {
    Verb.CREATE: "POST",
    Verb.UPDATE: "PATCH",
    Verb.RESTORE: "PATCH",
    Verb.DELETE: "DELETE",
}
ROLES = "/directoryroles"


class UserKind:
    """Found by id, else by its UPN among active users."""

    name = "user"
    schema: Mapping[str, Any] = json.loads(
        files(__package__).joinpath("schema.json").read_text("utf-8")
    )

    def desired(self, document: Document) -> Iterable[Resource | Finding]:
        """One account; its name is its own, else the part of the UPN before the @."""
        owner = document.owner
        assert owner is not None, "the manifests stage gives every user its customer"
        upn = document.spec["userPrincipalName"]
        local, sign, _ = upn.partition("@")
        if not sign:
            what, advice = f"{upn} has no domain", f"write the whole name: `{upn}@…`"
            place = document.at("userPrincipalName")
            yield Finding(Severity.ERROR, "upn-without-domain", what, advice, place=place)
            return
        gone = document.spec.get("state") == "absent"
        kept = (*CREATED, "password", "forceChangePassword", "lifecycle")
        pinned = document.spec.get("id")
        yield Resource(
            Address(self.name, (owner.root, document.name or local.lower())),
            {name: document.spec[name] for name in kept if name in document.spec},
            owner=owner,
            state=State.ABSENT if gone else State.PRESENT,
            needs=frozenset({owner}),
            remote={"id": guid(pinned)} if pinned else {},
            place=document.place,
            places=document.places,
            annotations=document.annotations,
        )

    def reads(self, view: View) -> Iterable[Read]:
        """The pages of the customer's active users, where any is declared."""
        wants = tuple(w.address for w in view.wants.values() if w.address.kind == self.name)
        if wants and view.owner and (path := at(view, view.owner, LIST)):
            yield Read(path, wants, owner=view.owner, pages=True, user=True)

    def live(self, read: Read, page: Any, view: View) -> Iterable[Resource]:
        """Active and deleted users of a page; the roles that somebody holds."""
        if read.owner is None:
            return
        if "/users?" in read.path:
            for item in page.get("items", ()):
                remote = observed(item)
                address = Address(self.name, (read.owner.root, f"#{remote['id']}"))
                yield Resource(address, from_item(item), owner=read.owner, remote=remote)
        elif read.path.endswith(ROLES) and (found := page.get("items")):
            remote = {"id": guid(read.path.split("/")[-2])}
            remote["roles"] = tuple(sorted(str(item.get("name")) for item in found))
            address = Address(self.name, (read.owner.root, f"#{remote['id']}"))
            yield Resource(address, {}, owner=read.owner, remote=remote)

    def match(
        self, wants: Sequence[Resource], haves: Sequence[Resource], view: View
    ) -> Iterable[Pair]:
        """By id, else by UPN without case; a deleted user is never matched by name (rule PE3)."""
        return match(wants, haves, view)

    def compare(
        self, want: Resource, have: Resource | None, view: View
    ) -> Iterable[Action | Read | Finding]:
        """Create without a trace, change what differs, delete what is declared absent."""
        for found in self._compared(want, have, view):
            need = [(METHODS[found.verb], USER)] if isinstance(found, Action) else []
            yield clouds.missing(view, want, need) or found

    def _compared(
        self, want: Resource, have: Resource | None, view: View
    ) -> Iterable[Action | Read | Finding]:
        if want.state is not State.PRESENT:
            yield from leave(want, have, view)
        elif have is None:
            yield from arrive(want, view)
        else:
            yield from self._update(want, have, view)

    def _update(self, want: Resource, have: Resource, view: View) -> Iterable[Action | Finding]:
        for left in (missing.left_behind(want, view), traces.left_behind(want, view)):
            if left and view.base is not None:
                yield left
        if have.remote["guest"]:
            yield rules.guest(want)
            return
        yield from rules.password(want, have, view)
        changes = fields.differences(want.spec, have.spec, EDITABLE, FOLDED)
        refusals = list(rules.change(want, have, changes))
        if refusals or not changes:
            yield from refusals
            return
        renamed = any(change.field == "userPrincipalName" for change in changes)
        yield Action(
            want.address,
            Verb.UPDATE,
            owner=want.owner,
            changes=changes,
            seen={change.field: change.old for change in changes},
            rules=("PE1", "ID19") if renamed else ("ID19",),
            place=want.at(changes[0].field),
        )

    def review(self, view: View) -> Iterable[Before | Finding]:
        """People don't depend on each other; some things are said of several together."""
        return people.review(view, self.name)

    def batch(self, action: Action) -> str:
        """An account shares no call."""
        return str(action.address)

    def steps(self, batch: Sequence[Action], view: View) -> Iterable[Step]:
        """One call a person: POST, PATCH of what changed, or DELETE; two to restore."""
        for action in batch:
            assert action.owner is not None
            match action.verb:
                case Verb.CREATE:
                    yield calls.creation(action, action.owner, view.wants[action.address])
                case Verb.RESTORE:
                    yield from calls.restoration(action, action.owner, view.wants[action.address])
                case Verb.DELETE:
                    yield calls.deletion(action, action.owner)
                case _:
                    yield calls.change(action, action.owner)
