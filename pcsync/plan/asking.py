"""Which reads are still to be asked, and what is unknown because one of them failed.

Pure. Must not import a stage beside `plan`, or name a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pcsync.model import Address, Asked, Gate, Read, ReadState, View, gate_at
from pcsync.plan.fold import Kinds


def wanted_reads(kinds: Kinds, view: View) -> tuple[View, tuple[Read, ...]]:
    """What the kinds want to read and nobody asked yet."""
    return not_asked(view, (read for kind in kinds.values() for read in kind.reads(view)))


def not_asked(view: View, wanted: Iterable[Read]) -> tuple[View, tuple[Read, ...]]:
    """What was not asked yet, once each and sorted, and the view.

    Where something was asked already, the view notes for whom else it was, so that a read that
    failed makes them unknown, too.
    """
    new: dict[str, Read] = {}
    late: dict[str, Asked] = {}
    for read in wanted:
        asked = late.get(read.path) or view.reads.get(read.path)
        if asked is None:
            new[read.path] = _shared(new.get(read.path), read)
        elif not set(asked.read.shows).issuperset(read.shows):
            late[read.path] = replace(asked, read=_shared(asked.read, read))
    if late:
        view = replace(view, reads=_noted(view.reads, late))
    return view, tuple(new[path] for path in sorted(new))


def _noted(reads: Mapping[str, Asked], late: Mapping[str, Asked]) -> dict[str, Asked]:
    """A failure counts as the newest for whoever asks for it now; an answer keeps its place."""
    found = {path: late.get(path, asked) for path, asked in reads.items()}
    for path, asked in late.items():
        if asked.state is ReadState.FAILED:
            found[path] = found.pop(path)
    return found


def _shared(known: Read | None, read: Read) -> Read:
    """One read for all that want it: it may do less for none of them."""
    known = known or read
    return replace(
        known,
        shows=tuple(sorted({*known.shows, *read.shows}, key=order_key)),
        pages=known.pages or read.pages,
        user=known.user or read.user,
        gone_ok=known.gone_ok and read.gone_ok,
    )


def order_key(address: Address) -> tuple[str, tuple[str, ...]]:
    """What addresses are sorted by: faster than comparing them."""
    return address.kind, address.path


def unknown(view: View) -> frozenset[Address]:
    """Addresses whose newest read failed, and all that is owned by or needs them (rule ID10)."""
    if all(asked.state is ReadState.DONE for asked in view.reads.values()):
        return frozenset()
    latest: dict[Address, ReadState] = {}
    for asked in view.reads.values():
        for address in asked.read.shows:
            latest[address] = asked.state
    found = {address for address, state in latest.items() if state is ReadState.FAILED}
    if view.owner in found:
        found |= set(view.wants)
    while more := {
        want.address
        for want in view.wants.values()
        if want.address not in found and {want.owner, *want.needs} & found
    }:
        found |= more
    return frozenset(found)


def refused_at(asked: Asked) -> Gate | None:
    """The gate that a read was refused at; None where it came through or failed otherwise."""
    if asked.state is not ReadState.FAILED:
        return None
    status, _, rest = asked.reason.partition(" ")
    return gate_at(int(status), rest.partition(" ")[0]) if status.isdigit() else None
