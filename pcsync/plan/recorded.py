"""What is known besides the manifests: ids of the lock file, and what the base declared.

Owns how recorded ids and lines that left git become part of what is looked for. Pure; names no
kind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pcsync.model import Action, Address, Finding, Resource, Severity, State, Verb
from pcsync.plan.fold import Kinds
from pcsync.plan.renames import moved, renames

LEAVE = "leave"


def pinned(
    kinds: Kinds, resources: Iterable[Resource], recorded: Mapping[Address, str]
) -> list[Resource]:
    """Resources with the ids that are recorded for their address.

    An id that is written with the resource wins. `remote["recorded"]` says that it is the lock's.
    """
    by_id = {name for name, kind in kinds.items() if has_ids(kind.schema)}
    found = []
    for each in resources:
        known = recorded.get(each.address) if each.address.kind in by_id else None
        if known and "id" not in each.remote:
            each = replace(each, remote={**each.remote, "id": known, "recorded": True})
        found.append(each)
    return found


def has_ids(schema: Mapping[str, object]) -> bool:
    """Whether resources of a kind have an id of their own, which can be written and recorded."""
    properties = schema.get("properties", {})
    assert isinstance(properties, Mapping)
    common = schema.get("x-common", ())
    assert isinstance(common, Sequence)
    return "id" in common or "tenantId" in properties


def by_customer(resources: Iterable[Resource]) -> dict[str, dict[Address, Resource]]:
    """Resources by the name of their customer, then by address."""
    found: dict[str, dict[Address, Resource]] = {}
    for each in resources:
        found.setdefault(each.address.root, {})[each.address] = each
    return found


def recorded_now(wants: Sequence[Resource], ids: Mapping[Address, str]) -> dict[Address, str]:
    """Recorded ids, those of former names also under the names that the things have now."""
    names = renames(wants, ids)
    return {**{new: ids[old] for old, new in names.items()}, **ids}


def bases_now(
    wants: Sequence[Resource], bases: Mapping[str, Mapping[Address, Resource]]
) -> dict[str, dict[Address, Resource]]:
    """What the base declared, under the names that the things have now, by customer."""
    resources = [each for inner in bases.values() for each in inner.values()]
    known = {each.address for each in resources}
    names = renames(wants, known)
    found = by_customer(moved(resources, names, known))
    return {**{name: {} for name in bases if name not in found}, **found}


def removed(
    wants: Sequence[Resource],
    base: Mapping[Address, Resource],
    elsewhere: Collection[Address] = frozenset(),
) -> list[Resource]:
    """What the base declares and the manifests do not: gone from git, with its old spec.

    What was declared absent there is gone by its own word; what is declared `elsewhere` is not
    gone.
    """
    there = {want.address for want in wants}
    return [
        replace(each, state=State.REMOVED)
        for address, each in sorted(base.items())
        if address not in there and address not in elsewhere and each.state is State.PRESENT
    ]


def left_out(
    bases: Mapping[str, Mapping[Address, Resource]], omitted: Collection[Address]
) -> tuple[dict[str, dict[Address, Resource]], tuple[Action, ...]]:
    """The bases without what customers leave out of their blueprints by now, and that it is
    released: unlike what has left git it is not ended (rule RM10)."""
    kept: dict[str, dict[Address, Resource]] = {}
    released: list[Action] = []
    for name, declared in bases.items():
        kept[name] = {a: each for a, each in declared.items() if a not in omitted}
        for address in sorted(declared.keys() & set(omitted)):
            why = "left out of the blueprint (omit: true): it goes on, and is not managed"
            each = declared[address]
            action = Action(address, Verb.RELEASE, each.owner, why=why, rules=("RM10",))
            released.append(action)
    return kept, tuple(released)


@dataclass(frozen=True, slots=True)
class Gone:
    """What left git: `left` is up to its kind; of customers whose document is gone `released` are
    the actions, and `findings` what stands in their way."""

    left: tuple[Resource, ...] = ()
    released: tuple[Action, ...] = ()
    findings: tuple[Finding, ...] = ()


def gone(resources: Sequence[Resource]) -> Gone:
    """Sorts out the customers that are to be left alone, with everything below (rule RM7)."""
    left_alone = {
        each.address.root: each
        for each in resources
        if each.owner is None and each.words.get("onRemove", LEAVE) == LEAVE
    }
    left: list[Resource] = []
    released: list[Action] = []
    findings: list[Finding] = []
    guarded = {each.address.root for each in resources if each.words.get("protected")}
    for each in resources:
        customer = left_alone.get(each.address.root)
        if customer is None:
            left.append(each)
        elif each.words.get("protected"):
            findings.append(_protected(each))
        elif each.address.root not in guarded:
            released.append(_release(each, customer))
    return Gone(tuple(left), tuple(released), tuple(findings))


def _release(each: Resource, customer: Resource) -> Action:
    if each is customer:
        return Action(
            each.address,
            Verb.RELEASE,
            why="its document is gone from git (onRemove: leave)",
            notes=("nothing of it is read, changed or ended: what is billed is billed on",),
            rules=("RM7",),
            place=each.place,
        )
    return Action(
        each.address,
        Verb.RELEASE,
        each.owner,
        implied_by=f"{customer.address}:{Verb.RELEASE}",
        rules=("RM7",),
        place=each.place,
    )


def _protected(each: Resource) -> Finding:
    """The flag is that of the base: one that goes with its lines protects nothing (rule RM9)."""
    return Finding(
        Severity.ERROR,
        "protected",
        "is protected, and its lines are gone with the customer's document",
        "bring the lines back; take `protected` out in a change of its own before they go",
        each.address,
        each.place,
    )
