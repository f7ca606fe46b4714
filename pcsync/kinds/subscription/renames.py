"""A rename in git looks like a removal and a creation: then a person has to say which it is.

Owns domain rule ID13. Pure.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from pcsync.kinds.missing import creates
from pcsync.kinds.subscription import products
from pcsync.kinds.subscription.model import LIVE
from pcsync.model import Address, Finding, Resource, Severity, State, Verb, View


def undecided(view: View, kind: str) -> Iterable[Finding]:
    """An error at both: one is gone from git or taken away, and one of its family is bought."""
    acting = {each.address: each for _, each in sorted(view.actions.items())}
    bought = [
        view.wants[address]
        for address, action in acting.items()
        if address.kind == kind and action.verb is Verb.CREATE and address in view.wants
    ]
    gone = list(_gone(view, kind, acting)) if bought else []
    for want in bought:
        for have in gone:
            if not creates(want) and related(_product(want), _product(have)):
                yield _bought(want, have.address)
                yield _ended(have.address, want)


def _gone(view: View, kind: str, acting: Container[Address]) -> Iterable[Resource]:
    """What is alive and has left git, and what no line ever named and is to end."""
    for address, have in sorted(view.haves.items()):
        want = view.wants.get(address)
        left = want is not None and want.state is State.REMOVED
        taken = want is None and address in acting
        if address.kind == kind and have.spec["state"] in LIVE and (left or taken):
            yield have


def _product(resource: Resource) -> str:
    return str(resource.spec.get("product"))


def related(one: str, other: str) -> bool:
    """One product family: the same productId, or one is sold as an upgrade of the other."""
    if one.partition(":")[0] == other.partition(":")[0]:
        return True
    return other in products.upgrades(one) or one in products.upgrades(other)


def _bought(want: Resource, gone: Address) -> Finding:
    name = gone.path[-1]
    said = f"`renamedFrom: [{name}]` if it is the same one, " if not name.startswith("#") else ""
    what = f"would be bought while {gone}, of the same product family, goes"
    advice = f"say {said}`onMissing: create` if it is another"
    return _error(want.address, want, what, advice)


def _ended(gone: Address, want: Resource) -> Finding:
    what = f"would go while {want.address}, of the same product family, is bought"
    advice = f"see {want.address}: it has to say whether it is the same one"
    return _error(gone, want, what, advice)


def _error(address: Address, want: Resource, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, "rename-or-replace", what, advice, address, want.place)
