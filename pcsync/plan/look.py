"""One look at a view: what is known, what has to be read next, and the draft once nothing is.

`fold` puts answers into a view, `look` asks every kind what is missing, matches and compares. Both
are pure; `live` alternates them with reading until `Look.reads` is empty. Must not import a stage
beside `plan`, or name a kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pcsync.kinds import Kind
from pcsync.model import (
    Action,
    Address,
    Asked,
    Finding,
    Level,
    Pair,
    Read,
    ReadState,
    Resource,
    Severity,
    State,
    Verb,
    View,
)

Kinds = Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Answer:
    """How one read ended: its pages, or in words why it failed. `found`: not a 404."""

    read: Read
    pages: tuple[Any, ...] = ()
    failed: str = ""
    found: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """What one look gave. With `reads` left, actions and findings are not there yet."""

    view: View
    reads: tuple[Read, ...] = ()
    actions: tuple[Action, ...] = ()
    findings: tuple[Finding, ...] = ()


def fold(kinds: Kinds, view: View, answers: Sequence[Answer]) -> View:
    """The view with these answers in it. Parts of one resource merge by kind and id."""
    haves, levels = dict(view.haves), dict(view.levels)
    by_id = {key: address for address, have in haves.items() if (key := _key(have))}
    asked = dict(view.reads)
    for answer in answers:
        state = ReadState.FAILED if answer.failed else ReadState.DONE
        asked.pop(answer.read.path, None)
        asked[answer.read.path] = Asked(answer.read, state, answer.failed, answer.found)
        for shown in _shown(kinds, view, answer):
            if isinstance(shown, Level):
                levels[shown.pool] = shown
            else:
                _merge(haves, by_id, shown)
    return replace(view, haves=haves, levels=levels, reads=asked)


def _shown(kinds: Kinds, view: View, answer: Answer) -> Iterator[Resource | Level]:
    for page in answer.pages:
        for kind in kinds.values():
            yield from kind.live(answer.read, page, view)


def _key(have: Resource) -> tuple[str, Any] | None:
    found = have.remote.get("id")
    return (have.address.kind, found) if found else None


def _merge(
    haves: dict[Address, Resource], by_id: dict[tuple[str, Any], Address], part: Resource
) -> None:
    key = _key(part)
    before = by_id.get(key, part.address) if key else part.address
    known = haves.pop(before, None)
    address = before if _nameless(part.address) else part.address
    haves[address] = _at(address, part if known is None else _joined(known, part))
    if key:
        by_id[key] = address


def _joined(known: Resource, part: Resource) -> Resource:
    return replace(
        known,
        owner=known.owner or part.owner,
        spec={**known.spec, **part.spec},
        remote={**known.remote, **part.remote},
        holds={**known.holds, **part.holds},
    )


def _at(address: Address, have: Resource) -> Resource:
    return have if have.address == address else replace(have, address=address)


def _nameless(address: Address) -> bool:
    return address.path[-1].startswith("#")


def look(kinds: Kinds, view: View) -> Look:
    """What has to be read next, or, when all is read, the draft of this view."""
    view, reads = _wanted(kinds, view)
    if reads:
        return Look(view, reads)
    view, findings = _matched(kinds, view)
    view, reads = _wanted(kinds, view)
    if reads:
        return Look(view, reads)
    if view.owner is None:
        return Look(view, findings=tuple(findings))
    return _compared(kinds, view, findings)


def _wanted(kinds: Kinds, view: View) -> tuple[View, tuple[Read, ...]]:
    return _open(view, (read for kind in kinds.values() for read in kind.reads(view)))


def _open(view: View, wanted: Iterable[Read]) -> tuple[View, tuple[Read, ...]]:
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
        shows=tuple(sorted({*known.shows, *read.shows}, key=_order)),
        pages=known.pages or read.pages,
        user=known.user or read.user,
        gone_ok=known.gone_ok and read.gone_ok,
    )


def _order(address: Address) -> tuple[str, tuple[str, ...]]:
    return address.kind, address.path


def _sorted(resources: Mapping[Address, Resource]) -> list[Resource]:
    return [resources[address] for address in sorted(resources, key=_order)]


def _matched(kinds: Kinds, view: View) -> tuple[View, list[Finding]]:
    """The view with live resources under the addresses of the declared ones that they are.

    Without anything live of a kind there is nothing to match.
    """
    wants, haves = _of_kinds(view.wants), _of_kinds(view.haves)
    pairs: list[Pair] = []
    findings: list[Finding] = []
    for kind in kinds.values():
        if found := haves.get(kind.name):
            for result in kind.match(wants.get(kind.name, []), found, view):
                if isinstance(result, Pair):
                    pairs.append(result)
                else:
                    findings.append(result)
    named = _named(view.haves, pairs)
    return replace(view, haves=named, ids={**view.ids, **_ids(named)}), findings


def _of_kinds(resources: Mapping[Address, Resource]) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = defaultdict(list)
    for resource in _sorted(resources):
        found[resource.address.kind].append(resource)
    return found


def _named(haves: Mapping[Address, Resource], pairs: Sequence[Pair]) -> dict[Address, Resource]:
    """All are taken out before one is put back: two may have changed their places."""
    named = dict(haves)
    for pair in pairs:
        named.pop(pair.have.address, None)
    for pair in pairs:
        named[pair.want.address] = _at(pair.want.address, pair.have)
    return named


def _ids(haves: Mapping[Address, Resource]) -> dict[Address, str]:
    return {
        address: found
        for address, have in haves.items()
        if (found := have.remote.get("id")) and not _nameless(address)
    }


def _compared(kinds: Kinds, view: View, matched: Sequence[Finding]) -> Look:
    results = list(_results(kinds, view, matched))
    results += _implied(kinds, view, [r for r in results if isinstance(r, Action)])
    shown, reads = _open(view, (r for r in results if isinstance(r, Read)))
    if reads:
        return Look(shown, reads)
    if shown is not view:
        return _compared(kinds, shown, matched)
    actions = tuple(r for r in results if isinstance(r, Action))
    findings = (*matched, *(r for r in results if isinstance(r, Finding)))
    return Look(view, (), actions, findings)


def _results(
    kinds: Kinds, view: View, matched: Iterable[Finding]
) -> Iterator[Action | Read | Finding]:
    """What the kinds say of everything declared whose live side is known for sure."""
    missing = unknown(view)
    wrong = {f.address for f in matched if f.severity is Severity.ERROR}
    for want in [*_sorted(view.wants), *_unlisted(view)]:
        if not {want.address, want.owner} & missing and want.address not in wrong:
            have = view.haves.get(want.address)
            yield from kinds[want.address.kind].compare(want, have, view)


def _unlisted(view: View) -> Iterator[Resource]:
    """What an owned collection holds live and does not list, over the pools that are managed.

    What belongs to a resource that is declared absent goes with it, not before it.
    """
    managed = {pool for want in view.wants.values() for pool in want.holds}
    owned = _by_owner(view.haves) if view.owns else {}
    for owns in view.owns:
        owner = view.wants.get(owns.owner)
        if owner and owner.state is State.ABSENT:
            continue
        for have in owned.get(owns.owner, ()):
            member = have.address.kind == owns.kind and have.address not in view.wants
            if member and have.holds and managed.issuperset(have.holds):
                yield replace(have, state=State.ABSENT, place=owns.place)


def _by_owner(haves: Mapping[Address, Resource]) -> dict[Address | None, list[Resource]]:
    found: dict[Address | None, list[Resource]] = defaultdict(list)
    for have in _sorted(haves):
        found[have.owner].append(have)
    return found


def _implied(kinds: Kinds, view: View, actions: Sequence[Action]) -> Iterator[Action | Read]:
    """What ends because its owner is deleted: shown and counted, without a step of its own."""
    deletes = [action for action in actions if action.verb is Verb.DELETE]
    owned = _by_owner(view.haves) if deletes else {}
    planned = {action.address for action in actions}
    ending = {action.address for action in deletes}
    for action in deletes:
        for have in _below(owned, action.address, ending):
            gone = replace(have, state=State.ABSENT, place=action.place)
            if have.address in planned:
                continue
            for result in kinds[have.address.kind].compare(gone, have, view):
                if isinstance(result, Action):
                    yield replace(result, implied_by=action.id)
                elif isinstance(result, Read):
                    yield result


def _below(
    owned: Mapping[Address | None, Sequence[Resource]], owner: Address, ending: set[Address]
) -> Iterator[Resource]:
    """All that an owner owns, however far down; what ends by itself ends its own."""
    for have in owned.get(owner, ()):
        if have.address not in ending:
            yield have
            yield from _below(owned, have.address, ending)


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
