"""What can only be seen over all files: the same thing twice, and names of things nobody declares.

Pure. Must not import yaml or jsonschema.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from pcsync.errors import Problem
from pcsync.manifests.build import Building, Built
from pcsync.manifests.words import nearest
from pcsync.model import Address, Owns, Place, Resource

NOWHERE = Place("", 1, 1)


def across(building: Building, *, complete: bool) -> Iterator[Problem]:
    """All problems between things. Where not all files could be read (`complete` is false) nothing
    is said about missing ones: they may stand in the rest."""
    yield from twice(building.built)
    yield from owned_elsewhere(building.built, building.owns)
    if complete:
        resources = [each.resource for each in building.built]
        known = [each for each in resources if each.address.root not in building.unknown]
        yield from dangling(known, building.broken)


def twice(built: Iterable[Built]) -> Iterator[Problem]:
    """Things declared more than once: a problem at each but the first, which it names."""
    found: dict[Address, list[Resource]] = {}
    for each in built:
        found.setdefault(each.resource.address, []).append(each.resource)
    for address, group in found.items():
        first, *others = sorted(group, key=_place) if len(group) > 1 else group
        for other in others:
            what = f"`{address}` is declared twice, first at {_place(first)}"
            yield Problem(_place(other), what, "keep one of the two")


def by_address(resource: Resource) -> tuple[str, tuple[str, ...]]:
    """The order of resources: that of their addresses, in a form that compares fast."""
    return resource.address.kind, resource.address.path


def _place(resource: Resource) -> Place:
    return resource.place or NOWHERE


def dangling(
    resources: Sequence[Resource], broken: Collection[tuple[str, str]]
) -> Iterator[Problem]:
    """Needs that nobody declares, unless theirs is one of the `broken` things.

    An owner counts only where the kind needs it: a licence may be of a person who is not declared.
    """
    declared = {each.address for each in resources}
    for each in resources:
        for address in sorted(each.needs - declared):
            if (address.kind, address.root) not in broken and _tellable(address, each, declared):
                yield _dangling(address, each, declared)


def named(resource: Resource) -> set[Address]:
    """What a resource belongs to: its owner and what it needs."""
    return {resource.owner, *resource.needs} if resource.owner else set(resource.needs)


def _tellable(address: Address, resource: Resource, declared: Collection[Address]) -> bool:
    """What is missing below a missing owner need not be said besides."""
    return address == resource.owner or resource.owner is None or resource.owner in declared


def _dangling(address: Address, resource: Resource, declared: Collection[Address]) -> Problem:
    names = [each.path[-1] for each in declared if _beside(each, address)]
    at = resource.at(address.kind)
    advice = nearest(address.path[-1], names) if names else "declare it, or correct the name"
    return Problem(at or NOWHERE, f"`{address}` is not declared", advice)


def _beside(one: Address, other: Address) -> bool:
    return one.kind == other.kind and one.path[:-1] == other.path[:-1]


def owned_elsewhere(built: Sequence[Built], owns: Iterable[Owns]) -> Iterator[Problem]:
    """Things that belong to a list which is the whole truth, declared beside that list."""
    lists = {(each.owner, each.kind): each.place for each in owns}
    for each in built:
        resource = each.resource
        for holder in named(resource):
            held = (holder, resource.address.kind)
            if holder != each.parent and held in lists:
                what = f"`{holder}` has a list of its own at {lists[held] or NOWHERE}"
                yield Problem(_place(resource), what, "move it into that list")
