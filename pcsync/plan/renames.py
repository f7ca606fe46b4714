"""Former names: what is known under an old address holds for the thing's new one.

Owns `renamedFrom` (manifest-reference.md 2.3). Pure; names no kind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from pcsync.model import Address, Resource


def former(address: Address, words: Mapping[str, object]) -> Iterable[Address]:
    """The addresses that a resource had before, by its `renamedFrom`."""
    names = words.get("renamedFrom", ())
    assert isinstance(names, Sequence)
    return (Address(address.kind, (*address.path[:-1], str(name))) for name in names)


def renames(wants: Sequence[Resource], known: Iterable[Address]) -> dict[Address, Address]:
    """The known addresses that are former ones, each with the one it has now.

    What belongs to a thing that was renamed goes with it. An address that is declared again is
    nobody's former one.
    """
    declared = {want.address for want in wants}
    owners = {want.owner for want in wants}
    named = sorted(
        (
            (old, want.address, want.owner is None or want.address in owners)
            for want in wants
            if want.words.get("renamedFrom")
            for old in former(want.address, want.words)
            if old not in declared
        ),
        key=lambda each: len(each[0].path),
    )
    found: dict[Address, Address] = {}
    for address in sorted(known) if named else ():
        now = address
        for old, new, owns in named:
            now = _renamed(now, old, new, owns)
        if now != address and address not in declared:
            found[address] = now
    return found


def _renamed(address: Address, old: Address, new: Address, owns: bool) -> Address:
    if address == old:
        return new
    size = len(old.path)
    # A customer's name begins the path of everything in it, also of what has no name of its own.
    below = len(address.path) > size or (size == 1 and address.kind != old.kind)
    if owns and below and address.path[:size] == old.path:
        return Address(address.kind, (*new.path, *address.path[size:]))
    return address


def moved(
    resources: Iterable[Resource], names: Mapping[Address, Address], there: Collection[Address]
) -> Iterable[Resource]:
    """Resources under the names they have now; one whose new name is in `there` keeps its old."""
    for each in resources:
        new = names.get(each.address, each.address)
        if new != each.address and new not in there:
            owner = names.get(each.owner, each.owner) if each.owner else None
            needs = frozenset(names.get(need, need) for need in each.needs)
            yield replace(each, address=new, owner=owner, needs=needs)
        else:
            yield each
