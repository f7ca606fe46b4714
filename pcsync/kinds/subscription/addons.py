"""Add-ons and their bases: what the base may not do while an add-on lives, what comes first.

In new commerce the two are not linked: the add-on would stay, billed alone (domain rules PU12,
RM11; commerce.md 6.1). `addOnTo` says what belongs together. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pcsync.kinds.subscription import legacy
from pcsync.model import (
    Action,
    Address,
    Before,
    Finding,
    Resource,
    Severity,
    State,
    Verb,
    View,
    When,
)

ENDS = frozenset({Verb.CANCEL, Verb.DELETE})


def review(view: View, kind: str) -> Iterable[Before | Finding]:
    """Errors of bases that end or shrink below their add-ons; a base is resumed first."""
    for first, then in legacy.before(view):
        yield Before(first, then)
    for addon, base in _pairs(view, kind):
        if base not in view.wants:
            yield _no_base(addon, base)
            continue
        for action in _of(view, base):
            if why := _hurts(action, addon):
                yield _refused(addon, action, why)
            yield from _first(view, action, addon)


def _pairs(view: View, kind: str) -> Iterator[tuple[Resource, Address]]:
    """Add-ons that are wanted alive, with the addresses of their bases."""
    for address, want in sorted(view.wants.items()):
        base = want.words.get("addOnTo")
        alive = want.state is State.PRESENT and want.spec.get("state") == "active"
        if address.kind == kind and base and alive and want.spec.get("endOfTerm") != "cancel":
            yield want, Address(kind, (address.root, str(base)))


def _of(view: View, address: Address) -> list[Action]:
    return [action for _, action in sorted(view.actions.items()) if action.address == address]


def _hurts(action: Action, addon: Resource) -> str:
    """What an action would do to the base of a live add-on, in words; empty if nothing."""
    if action.verb in ENDS:
        return "would end"
    seats = addon.spec.get("quantity")
    for change in action.changes:
        if change.field == "endOfTerm" and change.new == "cancel":
            return "would end with its term"
        fewer = change.field == "quantity" and _is_fewer(change.old, change.new)
        if fewer and isinstance(seats, int) and change.new < seats:
            return f"would have {change.new} seats, fewer than the {seats} of the add-on"
    return ""


def _is_fewer(old: object, new: object) -> bool:
    return isinstance(old, int) and isinstance(new, int) and new < old


def _refused(addon: Resource, action: Action, why: str) -> Finding:
    what = f"{why} while its add-on {addon.address} ({addon.place}) lives, which stays billed"
    advice = "end or lower the add-on first, in the same change or before"
    place = action.place or addon.place
    return Finding(Severity.ERROR, "base-of-add-on", what, advice, action.address, place)


def _no_base(addon: Resource, base: Address) -> Finding:
    what = f"is an add-on to {base.path[-1]}, which is not declared"
    advice = "bring the lines of its base back, or end the add-on as well"
    place = addon.at("addOnTo")
    return Finding(Severity.ERROR, "base-of-add-on", what, advice, addon.address, place)


def _first(view: View, action: Action, addon: Resource) -> Iterator[Before]:
    """A base that is resumed comes before everything that is done to its add-on."""
    if action.verb is not Verb.RESUME or action.when is not When.NOW:
        return
    for other in _of(view, addon.address):
        if other.when is When.NOW:
            yield Before(action.id, other.id)
