"""The calls that create, restore, change and delete an account (customers.md section 10).

Owns their bodies, and how a lost answer is settled. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from pcsync.kinds.paths import below, reference
from pcsync.kinds.user.model import ATTRIBUTES, LIST, WORDS, to_creation
from pcsync.model import Action, Address, Call, Change, Edit, Is, Keep, Resource, Settle, Some, Step


def creation(action: Action, owner: Address, want: Resource) -> Call:
    """POST users: the answer's id is kept; a lost answer is settled by the sign-in name."""
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


def restoration(action: Action, owner: Address, want: Resource) -> Iterable[Step]:
    """PATCH back to active, then PATCH the sign-in name, which deletion has taken (rule PE4)."""
    back = Is("id", want.remote["id"], fold=True)
    kept = reference(action.address)
    first = Call(
        f"{action.address}.restore",
        (action.id,),
        "PATCH",
        below(owner, f"users/{want.remote['id']}"),
        body={"state": "active", **ATTRIBUTES},
        user=True,
        keep=(Keep(kept, "id"),),
        settle=Settle(
            below(owner, LIST),
            Some("items", back),
            (Keep(kept, "id", among="items", where=back),),
        ),
    )
    yield first
    name = Change("userPrincipalName", None, want.spec["userPrincipalName"])
    yield _edit(action, owner, (name, *action.changes), first.id)


def change(action: Action, owner: Address) -> Edit:
    """One PATCH of what changed, if nobody changed it meanwhile."""
    return _edit(action, owner, action.changes)


def deletion(action: Action, owner: Address) -> Call:
    """DELETE: soft for 30 days."""
    path = below(owner, f"users/{{{reference(action.address)}}}")
    return Call(f"{action.address}.delete", (action.id,), "DELETE", path, user=True)


def _edit(action: Action, owner: Address, changes: Iterable[Change], after: str = "") -> Edit:
    """Of a restored account nothing is expected: what comes back is the service's to say."""
    sets = tuple(Is(c.field, c.new, fold=c.field in WORDS) for c in changes)
    expect = tuple(Is(c.field, c.old, fold=c.field in WORDS) for c in changes)
    return Edit(
        f"{action.address}.change",
        (action.id,),
        "PATCH",
        below(owner, f"users/{{{reference(action.address)}}}"),
        whole=False,
        sets=sets,
        expect=() if after else expect,
        extra=ATTRIBUTES,
        after=(after,) if after else (),
        user=True,
    )
