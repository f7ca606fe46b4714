"""What a plan was made from, as data in the plan: enough to plan the same customers again.

Owns its shape (`declared` of `plan.schema.json`). A saved plan is checked against what is live
without its repository: by planning again from here. Pure; must not import a stage or name a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from pcsync.model import NOTHING, Address, Owns, Resource, State
from pcsync.plan.codec import plain, stamp

PLACES = frozenset({"address", "labels", "place", "places"})
TYPED = frozenset({"owner", "state", "needs"})
ADDRESS, TIME = "$address", "$time"
PRIORITY = "priority"
"""The label of a customer that `turns.py` knows."""


@dataclass(frozen=True, slots=True)
class Declared:
    """All that was declared when a plan was made: `resources` as they went in, with what left git,
    `bases` by customer, the ids of the lock file, the flags of the run, and who is `reowned`: holds
    other collections as a whole than in the base."""

    resources: Sequence[Resource] = ()
    owns: Sequence[Owns] = ()
    bases: Mapping[str, Mapping[Address, Resource]] = field(default_factory=lambda: NOTHING)
    recorded: Mapping[Address, str] = field(default_factory=lambda: NOTHING)
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    reowned: frozenset[Address] = frozenset()


def to_words(declared: Declared, customers: Iterable[str]) -> dict[str, Any]:
    """What was declared for these customers, JSON-ready; nothing where there are none.

    A resource that is in the base as it is now stands there as `true`.
    """
    wanted = set(customers)
    if not wanted:
        return {}
    mine = {each.address: each for each in declared.resources if each.address.root in wanted}
    bases = {
        name: {str(a): _same(r, mine) or _words(r) for a, r in sorted(base.items())}
        for name, base in sorted(declared.bases.items())
        if name in wanted
    }
    recorded = {str(a): i for a, i in sorted(declared.recorded.items()) if a.root in wanted}
    owns = [each for each in declared.owns if each.owner.root in wanted]
    found: dict[str, Any] = {
        "resources": {str(address): _words(mine[address]) for address in sorted(mine)},
        "owns": [_owned(each) for each in sorted(owns, key=lambda o: (o.owner, o.kind, o.word))],
        "bases": bases,
        "recorded": recorded,
        "allowed": plain(declared.allowed),
        "reowned": [str(each) for each in sorted(declared.reowned) if each.root in wanted],
    }
    return {name: value for name, value in found.items() if value}


def from_words(words: Mapping[str, Any]) -> Declared:
    """What `to_words` told. Raises ValueError or KeyError for what it never tells."""
    resources = {
        Address.parse(name): _resource(name, each)
        for name, each in words.get("resources", NOTHING).items()
    }
    bases = {
        customer: {
            Address.parse(name): resources[Address.parse(name)]
            if each is True
            else _resource(name, each)
            for name, each in base.items()
        }
        for customer, base in words.get("bases", NOTHING).items()
    }
    return Declared(
        tuple(resources.values()),
        tuple(
            Owns(Address.parse(each["owner"]), each["kind"], word=each.get("word", ""))
            for each in words.get("owns", ())
        ),
        bases,
        {Address.parse(name): known for name, known in words.get("recorded", NOTHING).items()},
        {name: tuple(values) for name, values in words.get("allowed", NOTHING).items()},
        frozenset(map(Address.parse, words.get("reowned", ()))),
    )


def _same(base: Resource, mine: Mapping[Address, Resource]) -> bool:
    now = mine.get(base.address)
    return now is not None and _words(now) == _words(base)


def _owned(owns: Owns) -> dict[str, str]:
    word = {"word": owns.word} if owns.word else {}
    return {"owner": str(owns.owner), "kind": owns.kind, **word}


def _words(resource: Resource) -> dict[str, Any]:
    """A resource without its places; members that say nothing are left out, and of its labels all
    but the one that decides who buys first."""
    found: dict[str, Any] = {"spec": _told(resource.spec)}
    for each in fields(resource):
        value = getattr(resource, each.name)
        if each.name in TYPED and value and value is not State.PRESENT:
            found[each.name] = plain(value)
        elif each.name not in PLACES and value and value is not State.PRESENT:
            found[each.name] = _told(value)
    if PRIORITY in resource.labels:
        found["labels"] = {PRIORITY: resource.labels[PRIORITY]}
    return found


def _told(value: Any) -> Any:
    """A free value; addresses and times in it can be told from text."""
    match value:
        case Address():
            return {ADDRESS: str(value)}
        case datetime():
            return {TIME: stamp(value)}
        case Mapping():
            return {str(key): _told(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_told(inner) for inner in value]
        case _:
            return plain(value)


def _heard(value: Any) -> Any:
    match value:
        case {"$address": str(text), **rest} if not rest:
            return Address.parse(text)
        case {"$time": str(text), **rest} if not rest:
            return datetime.fromisoformat(text)
        case Mapping():
            return {key: _heard(inner) for key, inner in value.items()}
        case list():
            return [_heard(inner) for inner in value]
        case _:
            return value


def _resource(name: str, words: Mapping[str, Any]) -> Resource:
    members = {key: each if key in TYPED else _heard(each) for key, each in words.items()}
    if "owner" in members:
        members["owner"] = Address.parse(members["owner"])
    if "state" in members:
        members["state"] = State(members["state"])
    if "needs" in members:
        members["needs"] = frozenset(map(Address.parse, members["needs"]))
    return Resource(Address.parse(name), **members)
