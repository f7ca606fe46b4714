"""The calls that change a live subscription: whole-body PATCHes, in the documented order.

A sparse body would switch auto-renew off and delete schedules (commerce.md 4.5), so every Edit
sends the resource as read with its changes merged in. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from pcsync.kinds.paths import below, reference
from pcsync.kinds.subscription.model import sides
from pcsync.model import Action, Address, Change, Edit, Step, Verb, View


def steps(action: Action, view: View) -> Iterable[Step]:
    """Status alone and first; friendlyName, auto-renew, quantity merged into one Edit."""
    if not action.changes or action.when != "now":
        return
    if action.verb in {Verb.SUSPEND, Verb.RESUME}:
        status, rest = action.changes[:1], action.changes[1:]
        yield _edit(action, status, "status", view)
        if rest:
            yield _edit(action, rest, "restore", view, after=(f"{action.address}.status",))
    else:
        yield _edit(action, action.changes, "change", view)


def _edit(
    action: Action,
    changes: tuple[Change, ...],
    name: str,
    view: View,
    after: tuple[str, ...] = (),
) -> Edit:
    assert action.owner is not None
    have = view.haves.get(action.address)
    actions = bool(have and have.remote["actions"])
    new = sides(((c.field, c.new) for c in changes), actions=actions, contract=view.contract)
    old = sides(
        ((c.field, c.old) for c in changes if c.field != "endOfTerm"),
        actions=False,
        contract=view.contract,
    )
    return Edit(
        f"{action.address}.{name}",
        (action.id,),
        "PATCH",
        path_of(action.owner, action.address),
        whole=True,
        sets=new,
        expect=old,
        after=after,
    )


def path_of(owner: Address, address: Address) -> str:
    """The path of one subscription below its customer."""
    return below(owner, f"subscriptions/{{{reference(address)}}}")
