"""A person's account in a customer tenant: created, changed and deleted only as declared.

Nobody is created who has left a trace, nobody is deleted whose identity belongs to somebody else.
Pure; imports the nouns and the kinds' shared parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from pcsync.kinds import clouds, fields
from pcsync.kinds.paths import at, below, quoted, reference
from pcsync.kinds.user import rules
from pcsync.kinds.user.model import (
    ATTRIBUTES,
    CREATED,
    EDITABLE,
    FOLDED,
    WORDS,
    from_item,
    observed,
    to_creation,
)
from pcsync.model import (
    Action,
    Address,
    Before,
    Call,
    Document,
    Edit,
    Finding,
    Is,
    Keep,
    Measure,
    Pair,
    Read,
    Resource,
    Settle,
    Severity,
    Some,
    State,
    Step,
    Verb,
    View,
)
from pcsync.values import guid

LIST = "users?size=500"
INACTIVE = quoted(json.dumps({"Field": "UserState", "Value": "Inactive", "Operator": "equals"}))
DELETED = f"users?size=500&filter={INACTIVE}"

USER = "/v1/customers/-/users/-"
METHODS = {Verb.CREATE: "POST", Verb.UPDATE: "PATCH", Verb.DELETE: "DELETE"}


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
        """Active and deleted users of a page."""
        if read.owner is None or "/users?" not in read.path:
            return
        for item in page.get("items", ()):
            remote = observed(item)
            address = Address(self.name, (read.owner.root, f"#{remote['id']}"))
            yield Resource(address, from_item(item), owner=read.owner, remote=remote)

    def match(
        self, wants: Sequence[Resource], haves: Sequence[Resource], view: View
    ) -> Iterable[Pair]:
        """By id, else by UPN without case; a deleted user is never matched by name (rule PE3)."""
        active = [have for have in haves if not have.remote["deleted"]]
        by_id = {have.remote["id"]: have for have in active}
        pinned = {want.remote["id"] for want in wants if "id" in want.remote}
        by_upn = {
            str(have.spec["userPrincipalName"]).lower(): have
            for have in active
            if have.remote["id"] not in pinned
        }
        for want in wants:
            if "id" in want.remote:
                if have := by_id.get(want.remote["id"]):
                    yield Pair(want, have, "id")
            elif have := by_upn.get(want.spec["userPrincipalName"].lower()):
                yield Pair(want, have, "userPrincipalName")

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
        if want.state is State.ABSENT:
            yield from self._delete(want, have)
        elif have is None:
            yield from self._create(want, view)
        else:
            yield from self._update(want, have)

    def _delete(self, want: Resource, have: Resource | None) -> Iterable[Action | Finding]:
        if have is None:
            return
        if refusal := rules.deletion(want, have):
            yield refusal
            return
        yield Action(
            want.address,
            Verb.DELETE,
            owner=want.owner,
            why="declared with `state: absent`",
            seen={"userPrincipalName": have.spec["userPrincipalName"]},
            counts={Measure.DELETE_USERS: 1},
            effects=("can be restored for 30 days; licences are freed at once",),
            place=want.at("state"),
        )

    def _create(self, want: Resource, view: View) -> Iterable[Action | Read | Finding]:
        if want.spec.get("lifecycle") == "existing":
            yield rules.gone(want)
            return
        if findings := list(rules.creation(want)):
            yield from findings
            return
        path = at(view, view.owner, DELETED) if view.owner else None
        if path and not view.done(path):
            yield Read(path, (want.address,), owner=view.owner, pages=True, user=True)
            return
        if trace := rules.trace(want, view.haves.values()):
            yield trace
            return
        location = want.spec.get("usageLocation") or self._country(want, view)
        spec = {**want.spec, "usageLocation": location}
        yield Action(
            want.address,
            Verb.CREATE,
            owner=want.owner,
            changes=fields.creation(spec, CREATED),
            why="no active or deleted user is this one",
            place=want.place,
        )

    def _country(self, want: Resource, view: View) -> str | None:
        sides = (view.wants.get(want.owner), view.haves.get(want.owner)) if want.owner else ()
        found = (side.remote.get("country") for side in sides if side)
        return next((str(country) for country in found if country), None)

    def _update(self, want: Resource, have: Resource) -> Iterable[Action | Finding]:
        changes = fields.differences(want.spec, have.spec, EDITABLE, FOLDED)
        if not changes:
            return
        if refusal := rules.change(want, have, changes):
            yield refusal
            return
        yield Action(
            want.address,
            Verb.UPDATE,
            owner=want.owner,
            changes=changes,
            seen={change.field: change.old for change in changes},
            place=want.at(changes[0].field),
        )

    def review(self, view: View) -> Iterable[Before | Finding]:
        """People don't depend on each other."""
        return ()

    def batch(self, action: Action) -> str:
        """An account shares no call."""
        return str(action.address)

    def steps(self, batch: Sequence[Action], view: View) -> Iterable[Step]:
        """One call a person: POST, PATCH of what changed, or DELETE."""
        for action in batch:
            assert action.owner is not None
            match action.verb:
                case Verb.CREATE:
                    yield self._creation(action, action.owner, view.wants[action.address])
                case Verb.DELETE:
                    yield self._deletion(action, action.owner)
                case _:
                    yield self._change(action, action.owner)

    def _creation(self, action: Action, owner: Address, want: Resource) -> Call:
        location = next((c.new for c in action.changes if c.field == "usageLocation"), None)
        found = Is("userPrincipalName", want.spec["userPrincipalName"])
        kept = reference(action.address)
        return Call(
            f"{action.address}.create",
            (action.id,),
            "POST",
            below(owner, "users"),
            body=to_creation(want.spec, location),
            user=True,
            keep=(Keep(kept, "id"),),
            settle=Settle(
                below(owner, LIST),
                Some("items", found),
                (Keep(kept, "id", among="items", where=found),),
            ),
        )

    def _deletion(self, action: Action, owner: Address) -> Call:
        path = below(owner, f"users/{{{reference(action.address)}}}")
        return Call(f"{action.address}.delete", (action.id,), "DELETE", path, user=True)

    def _change(self, action: Action, owner: Address) -> Edit:
        return Edit(
            f"{action.address}.change",
            (action.id,),
            "PATCH",
            below(owner, f"users/{{{reference(action.address)}}}"),
            whole=False,
            sets=tuple(Is(c.field, c.new, fold=c.field in WORDS) for c in action.changes),
            expect=tuple(Is(c.field, c.old, fold=c.field in WORDS) for c in action.changes),
            extra=ATTRIBUTES,
            user=True,
        )
