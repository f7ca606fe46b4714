"""Answers put into a view: what the kinds see in them, parts of one resource merged.

Pure. Must not import a stage beside `plan`, or name a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pcsync.kinds import Kind
from pcsync.model import Address, Asked, Level, Read, ReadState, Resource, View

Kinds = Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Answer:
    """How one read ended: its pages, or in words why it failed. `found`: not a 404."""

    read: Read
    pages: tuple[Any, ...] = ()
    failed: str = ""
    found: bool = True


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
    address = before if nameless(part.address) else part.address
    haves[address] = placed(address, part if known is None else _joined(known, part))
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


def placed(address: Address, have: Resource) -> Resource:
    """The resource under another address."""
    return have if have.address == address else replace(have, address=address)


def nameless(address: Address) -> bool:
    """Whether no manifest names it: its last part is ``#id``."""
    return address.path[-1].startswith("#")
