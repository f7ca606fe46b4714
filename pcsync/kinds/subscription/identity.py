"""Which live subscription a declared one is (DESIGN section 4, domain rules ID1 to ID12).

Claims by id first for all, then by name, then by product: one row is never claimed twice. What has
left git claims like what is declared, after it. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pcsync.kinds.missing import creates
from pcsync.kinds.subscription.model import LIVE
from pcsync.model import Finding, Pair, Resource, Severity, State

_Claim = Callable[[Resource, Resource], bool]


def match(wants: Sequence[Resource], haves: Sequence[Resource]) -> Iterable[Pair | Finding]:
    """Pairs, and an error for each declared one that two rows could be."""
    claimed: dict[str, Pair] = {}
    open_ = list(wants)
    for claim, how in CLAIMS:
        open_ = _claim(open_, haves, claimed, claim, how)
    yield from _anew(claimed, haves)
    left = [have for have in haves if have.remote["id"] not in claimed]
    yield from _by_product([want for want in open_ if "id" not in want.remote], left)


def _claim(
    wants: Sequence[Resource],
    haves: Sequence[Resource],
    claimed: dict[str, Pair],
    claim: _Claim,
    how: str,
) -> list[Resource]:
    """The ones that are left. A row that two of them claim is nobody's, unless all but one have
    left git: then it was a rename."""
    free = [have for have in haves if have.remote["id"] not in claimed]
    found = {want.address: _one([have for have in free if claim(want, have)]) for want in wants}
    left = []
    for want in wants:
        row = found[want.address]
        rivals = [w for w in wants if row and found[w.address] is row and w is not want]
        if row and not any(_counts(rival, want) for rival in rivals):
            claimed[row.remote["id"]] = Pair(want, row, how)
        else:
            left.append(want)
    return left


def _counts(rival: Resource, want: Resource) -> bool:
    """Whether the claim of another stands in the way."""
    return want.state is State.REMOVED or rival.state is not State.REMOVED


def _one(rows: Sequence[Resource]) -> Resource | None:
    """The only row, of any status, or the only one alive."""
    rows = _alive(rows) if len(rows) > 1 else rows
    return rows[0] if len(rows) == 1 else None


def _anew(claimed: dict[str, Pair], haves: Sequence[Resource]) -> Iterable[Pair]:
    """What was bought anew beside a dead row of a known id is the live row of its name (ID5)."""
    for pair in list(claimed.values()):
        rows = [have for have in haves if have.remote["id"] not in claimed]
        again = creates(pair.want) and not _alive([pair.have])
        row = _one([r for r in _alive(rows) if _named(pair.want, r)]) if again else None
        if row is None:
            yield pair
        else:
            claimed[row.remote["id"]] = pair
            yield Pair(pair.want, row, "friendlyName")


def _by_successor(want: Resource, have: Resource) -> bool:
    """A migration gives a new id: the new row names the old one (rules ID8, LE4)."""
    migrated = have.remote.get("migrated_from")
    return bool(migrated and migrated == want.remote.get("id") and _alive([have]))


def _by_id(want: Resource, have: Resource) -> bool:
    return bool(want.remote.get("id") == have.remote["id"])


def _named(want: Resource, have: Resource) -> bool:
    return bool(have.spec["friendlyName"] == want.spec["friendlyName"])


def _by_friendly_name(want: Resource, have: Resource) -> bool:
    return _open(want) and _named(want, have)


def _by_name(want: Resource, have: Resource) -> bool:
    return _open(want) and bool(have.spec["friendlyName"] == want.address.path[-1])


def _by_former_name(want: Resource, have: Resource) -> bool:
    return _open(want) and have.spec["friendlyName"] in want.words.get("renamedFrom", ())


def _open(want: Resource) -> bool:
    """Whether a name may find it: not where an id is known, unless a new one was asked for."""
    return "id" not in want.remote or creates(want)


CLAIMS: tuple[tuple[_Claim, str], ...] = (
    (_by_successor, "migratedFromSubscriptionId"),
    (_by_id, "id"),
    (_by_friendly_name, "friendlyName"),
    (_by_name, "name"),
    (_by_former_name, "renamedFrom"),
)


def _by_product(wants: Sequence[Resource], haves: Sequence[Resource]) -> Iterable[Pair | Finding]:
    """What has left git is found so only where nothing that is declared could be it."""
    for want in wants:
        product = want.spec.get("product")
        rows = [have for have in _alive(haves) if product and _is_product(have, product)]
        rivals = [each for each in wants if each.spec.get("product") == product]
        if want.state is State.REMOVED and any(each.state is State.PRESENT for each in rivals):
            continue
        rivals = [each for each in rivals if _counts(each, want)]
        if len(rows) == 1 and len(rivals) == 1:
            yield Pair(want, rows[0], "product")
        elif rows:
            yield _ambiguous(want, rows)


def _is_product(have: Resource, product: str) -> bool:
    """Whether it is this product, or its extended term, which has a SKU of its own (rule ID18)."""
    if have.remote["extended"]:
        return bool(have.spec["product"].partition(":")[0] == product.partition(":")[0])
    return bool(have.spec["product"] == product)


def _alive(rows: Iterable[Resource]) -> list[Resource]:
    return [row for row in rows if row.spec["state"] in LIVE]


def _ambiguous(want: Resource, rows: Sequence[Resource]) -> Finding:
    lines = "; ".join(
        f"`id: {row.remote['id']}` is {row.spec['friendlyName']}, {row.spec['termDuration']}, "
        f"{row.spec['quantity']} seats, {row.spec['state']}, {row.spec['product']}"
        for row in sorted(rows, key=lambda row: row.remote["id"])
    )
    what = f"{len(rows)} live subscription(s) of {want.spec['product']} could be this one"
    advice = f"add the one that it is, or another friendlyName to buy a further one: {lines}"
    if want.state is State.REMOVED:
        advice = f"nothing is ended: bring its lines back with the one that it is: {lines}"
    return Finding(Severity.ERROR, "ambiguous", what, advice, want.address, want.place)
