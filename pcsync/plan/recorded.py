"""What is known besides the manifests: ids of the lock file, and what the base declared.

Owns how recorded ids and lines that left git become part of what is looked for. Pure; names no
kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pcsync.model import Address, Resource, State
from pcsync.plan.fold import Kinds


def pinned(
    kinds: Kinds, resources: Iterable[Resource], recorded: Mapping[Address, str]
) -> list[Resource]:
    """Resources with the ids that are recorded for their address or for a former name of it.

    An id that is written with the resource wins. `remote["recorded"]` says that it is the lock's.
    """
    by_id = {name for name, kind in kinds.items() if has_ids(kind.schema)}
    found = []
    for each in resources:
        known = _recorded(each, recorded) if each.address.kind in by_id else None
        if known and "id" not in each.remote:
            each = replace(each, remote={**each.remote, "id": known, "recorded": True})
        found.append(each)
    return found


def has_ids(schema: Mapping[str, object]) -> bool:
    """Whether resources of a kind have an id of their own, which can be written and recorded."""
    properties = schema["properties"]
    assert isinstance(properties, Mapping)
    common = schema.get("x-common", ())
    assert isinstance(common, Sequence)
    return "id" in common or "tenantId" in properties


def former(address: Address, words: Mapping[str, object]) -> Iterable[Address]:
    """The addresses that a resource had before, by its `renamedFrom`."""
    names = words.get("renamedFrom", ())
    assert isinstance(names, Sequence)
    return (Address(address.kind, (*address.path[:-1], str(name))) for name in names)


def _recorded(resource: Resource, recorded: Mapping[Address, str]) -> str | None:
    for address in (resource.address, *former(resource.address, resource.words)):
        if found := recorded.get(address):
            return found
    return None


def by_customer(resources: Iterable[Resource]) -> dict[str, dict[Address, Resource]]:
    """Resources by the name of their customer, then by address."""
    found: dict[str, dict[Address, Resource]] = {}
    for each in resources:
        found.setdefault(each.address.root, {})[each.address] = each
    return found


def removed(wants: Sequence[Resource], base: Mapping[Address, Resource]) -> list[Resource]:
    """What the base declares and the manifests do not: gone from git, with its old spec.

    What was declared absent there is gone by its own word; what bears a former name is not gone.
    """
    there = {want.address for want in wants}
    for want in wants:
        there |= set(former(want.address, want.words))
    return [
        replace(each, state=State.REMOVED)
        for address, each in sorted(base.items())
        if address not in there and each.state is State.PRESENT
    ]
