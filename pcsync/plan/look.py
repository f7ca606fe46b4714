"""One look at a view: what is known, what has to be read next, and the draft once nothing is.

`fold` puts answers into a view, `look` asks every kind what is missing, matches and compares. Both
are pure; `live` alternates them with reading until `Look.reads` is empty. Must not import a stage
beside `plan`, or name a kind.
"""

from __future__ import annotations

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
    if known is None:
        merged = replace(part, address=address)
    else:
        spec, remote = {**known.spec, **part.spec}, {**known.remote, **part.remote}
        merged = replace(known, address=address, spec=spec, remote=remote)
    haves[address] = merged
    if key:
        by_id[key] = address


def _nameless(address: Address) -> bool:
    return address.path[-1].startswith("#")


def look(kinds: Kinds, view: View) -> Look:
    """What has to be read next, or, when all is read, the draft of this view."""
    if reads := _wanted(kinds, view):
        return Look(view, reads)
    view, findings = _matched(kinds, view)
    if reads := _wanted(kinds, view):
        return Look(view, reads)
    if view.owner is None:
        return Look(view, findings=tuple(findings))
    return _compared(kinds, view, findings)


def _wanted(kinds: Kinds, view: View) -> tuple[Read, ...]:
    found: dict[str, Read] = {}
    for kind in kinds.values():
        for read in kind.reads(view):
            _ask(found, view, read)
    return tuple(found[path] for path in sorted(found))


def _ask(found: dict[str, Read], view: View, read: Read) -> None:
    if read.path in view.reads:
        return
    other = found.get(read.path)
    shows = tuple(sorted({*read.shows, *(other.shows if other else ())}))
    found[read.path] = replace(other or read, shows=shows)


def _matched(kinds: Kinds, view: View) -> tuple[View, list[Finding]]:
    """The view with live resources under the addresses of the declared ones that they are."""
    haves, ids, findings = dict(view.haves), dict(view.ids), list[Finding]()
    for kind in kinds.values():
        wants = [w for w in _sorted(view.wants) if w.address.kind == kind.name]
        found = [h for h in _sorted(view.haves) if h.address.kind == kind.name]
        for result in kind.match(wants, found, view):
            if isinstance(result, Pair):
                haves.pop(result.have.address, None)
                haves[result.want.address] = replace(result.have, address=result.want.address)
            else:
                findings.append(result)
    for address, have in haves.items():
        if "id" in have.remote and not _nameless(address):
            ids[address] = have.remote["id"]
    return replace(view, haves=haves, ids=ids), findings


def _sorted(resources: Mapping[Address, Resource]) -> Iterable[Resource]:
    return (resources[address] for address in sorted(resources))


def _compared(kinds: Kinds, view: View, findings: list[Finding]) -> Look:
    reads: dict[str, Read] = {}
    actions: list[Action] = []
    missing = unknown(view)
    wrong = {f.address for f in findings if f.severity is Severity.ERROR}
    for want in [*_sorted(view.wants), *_unlisted(view)]:
        if want.address in missing or want.address in wrong or want.owner in missing:
            continue
        have = view.haves.get(want.address)
        for result in kinds[want.address.kind].compare(want, have, view):
            match result:
                case Read():
                    _ask(reads, view, result)
                case Action():
                    actions.append(result)
                case Finding():
                    findings.append(result)
    if reads:
        return Look(view, tuple(reads[path] for path in sorted(reads)))
    return Look(view, (), (*actions, *_implied(kinds, view, actions)), tuple(findings))


def _unlisted(view: View) -> Iterable[Resource]:
    """What an owned collection holds live and does not list, over the pools that are managed."""
    managed = {pool for want in view.wants.values() for pool in want.holds}
    for owned in view.owns:
        for have in _sorted(view.haves):
            member = have.owner == owned.owner and have.address.kind == owned.kind
            if member and have.address not in view.wants and set(have.holds) <= managed:
                yield replace(have, state=State.ABSENT, place=owned.place)


def _implied(kinds: Kinds, view: View, actions: Sequence[Action]) -> Iterator[Action]:
    """What ends because its owner is deleted: shown and counted, without a step of its own."""
    planned = {action.address for action in actions}
    for action in actions:
        if action.verb is not Verb.DELETE:
            continue
        for have in _sorted(view.haves):
            if have.owner == action.address and have.address not in planned:
                gone = replace(have, state=State.ABSENT, place=action.place)
                for result in kinds[have.address.kind].compare(gone, have, view):
                    if isinstance(result, Action):
                        yield replace(result, implied_by=action.id)


def unknown(view: View) -> frozenset[Address]:
    """Addresses whose newest read failed, and all that is owned by or needs them (rule ID10)."""
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
