"""Which live subscription a declared one is (DESIGN section 4, domain rules ID1 to ID12).

Claims by id first for all, then by name, then by product: one row is never claimed twice. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from pcsync.kinds.subscription.model import LIVE
from pcsync.model import Finding, Pair, Resource, Severity

_Claim = Callable[[Resource, Resource], bool]


def match(wants: Sequence[Resource], haves: Sequence[Resource]) -> Iterable[Pair | Finding]:
    """Pairs, and an error for each declared one that two rows could be."""
    claimed: dict[str, Pair] = {}
    open_ = list(wants)
    for claim, how in ((_by_id, "id"), (_by_friendly_name, "friendlyName"), (_by_name, "name")):
        open_ = _claim(open_, haves, claimed, claim, how)
    yield from claimed.values()
    yield from _by_product(open_, [h for h in haves if h.remote["id"] not in claimed])


def _claim(
    wants: Sequence[Resource],
    haves: Sequence[Resource],
    claimed: dict[str, Pair],
    claim: _Claim,
    how: str,
) -> list[Resource]:
    """The ones that are left. A row that two of them claim is nobody's."""
    free = [have for have in haves if have.remote["id"] not in claimed]
    found = {want.address: _one([have for have in free if claim(want, have)]) for want in wants}
    claims = Counter(row.remote["id"] for row in found.values() if row)
    left = []
    for want in wants:
        row = found[want.address]
        if row and claims[row.remote["id"]] == 1:
            claimed[row.remote["id"]] = Pair(want, row, how)
        else:
            left.append(want)
    return left


def _one(rows: Sequence[Resource]) -> Resource | None:
    """The only row, of any status, or the only one alive."""
    rows = _alive(rows) if len(rows) > 1 else rows
    return rows[0] if len(rows) == 1 else None


def _by_id(want: Resource, have: Resource) -> bool:
    return bool(want.remote.get("id") == have.remote["id"])


def _by_friendly_name(want: Resource, have: Resource) -> bool:
    return "id" not in want.remote and have.spec["friendlyName"] == want.spec["friendlyName"]


def _by_name(want: Resource, have: Resource) -> bool:
    return "id" not in want.remote and have.spec["friendlyName"] == want.address.path[-1]


def _by_product(wants: Sequence[Resource], haves: Sequence[Resource]) -> Iterable[Pair | Finding]:
    for want in wants:
        if "id" in want.remote:
            continue
        rows = [h for h in _alive(haves) if _is_product(h, want.spec["product"])]
        rivals = [w for w in wants if w.spec["product"] == want.spec["product"]]
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
        f"{row.spec['quantity']} seats, {row.spec['state']}"
        for row in sorted(rows, key=lambda row: row.remote["id"])
    )
    what = f"{len(rows)} live subscription(s) of {want.spec['product']} could be this one"
    advice = f"add the one that it is, or another friendlyName to buy a further one: {lines}"
    return Finding(Severity.ERROR, "ambiguous", what, advice, want.address, want.place)
