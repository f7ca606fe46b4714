"""Subscriptions that nothing is done to, and that are worth a line: how each of them stands.

Owns which these are: an Azure plan, what is suspended or has ended as it was declared. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from pcsync.kinds.subscription import types
from pcsync.kinds.subscription.model import LIVE
from pcsync.model import Kept, Resource, State, View

AGAIN = "To buy it again: `onMissing: create`, in the change that wants it."


def kept(view: View, kind: str) -> Iterator[Kept]:
    """Those of one customer, by name."""
    for address in sorted(address for address in view.wants if address.kind == kind):
        want, have = view.wants[address], view.haves.get(address)
        if have is None or want.state is not State.PRESENT:
            continue
        state = have.spec.get("state")
        if state not in LIVE:
            yield from _ended(want, have)
        elif state == "suspended" and want.spec["state"] == "suspended":
            billed = "not billed" if _legacy(have) else "billed all the same"
            yield Kept(address, f"suspended, as declared; {billed}")
        elif have.remote.get("type") == types.AZURE and state == "active":
            yield Kept(address, _azure(want, have))


def _legacy(have: Resource) -> bool:
    return have.remote.get("type") == types.LEGACY


def _azure(want: Resource, have: Resource) -> str:
    """``active, protected, 3 Azure subscriptions``, these where they were asked for."""
    found = have.remote.get("entitlements")
    active = [row for row in found or () if row[2] == "active"]
    number = f"{len(active)} Azure subscription{'' if len(active) == 1 else 's'}"
    parts = ["active", "protected" if want.words.get("protected") else ""]
    return ", ".join(part for part in (*parts, number if found is not None else "") if part)


def _ended(want: Resource, have: Resource) -> Iterator[Kept]:
    """What has ended, and is wanted all the same by the lines that are still there."""
    ends = have.remote.get("ends")
    if want.spec["state"] == "active" and ends is not None:
        word = want.spec.get("endOfTerm")
        declared = f", endOfTerm: {word}" if word == "cancel" else ""
        yield Kept(want.address, f"ended {ends:%Y-%m-%d}{declared}", (AGAIN,))
