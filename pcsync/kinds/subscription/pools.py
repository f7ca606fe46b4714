"""Pools: the seats of one licence out of several subscriptions (manifest-reference.md 7.3).

Owns the words of `seatPools`, what is wrong with them, and how a pool fills its subscriptions: the
fixed ones first, then the others in their order (domain rule LI17). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pcsync.kinds.paths import at
from pcsync.kinds.subscription import products
from pcsync.kinds.subscription.follow import (
    Wish,
    current,
    is_unread,
    line,
    numbered,
    people,
    short,
    size,
    uncounted,
    unknown,
    wish,
)
from pcsync.kinds.subscription.model import LIVE
from pcsync.model import Address, Finding, Place, Read, Resource, Settled, Severity, State, View

WORD = "seatPools"
# How long seats that were bought may not be in the tenant yet.
ARRIVAL = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Pool:
    """One entry of `seatPools`: its licence, its spare seats, and its subscriptions in order."""

    licence: str
    spare: int
    members: tuple[Address, ...]
    counts_others: bool
    place: Place | None


def pools(view: View, kind: str) -> list[Pool]:
    """The pools that the customer declares."""
    owner = view.wants.get(view.owner) if view.owner else None
    words: Mapping[str, Mapping[str, object]] = owner.words.get(WORD, {}) if owner else {}
    assert owner is not None or not words, "words stand with the customer"
    return [
        Pool(
            licence,
            int(str(each.get("spare", 0))),
            tuple(Address(kind, (owner.address.root, str(name))) for name in _names(each)),
            each.get("others", "count") == "count",
            owner.at(f"{WORD}.{licence}"),
        )
        for licence, each in sorted(words.items())
        if owner is not None
    ]


def _names(each: Mapping[str, object]) -> Sequence[object]:
    names = each.get("fill", ())
    assert isinstance(names, Sequence), "the schema asks for a list"
    return names


def settled(view: View, kind: str) -> Iterable[Settled | Read | Finding]:
    """The flexible subscriptions of all pools with their numbers."""
    declared = pools(view, kind)
    within = [address for pool in declared for address in pool.members]
    for want in _flexible(view, kind):
        if within.count(want.address) == 0 and (words := wish(want)) and not words.follows:
            what = "`min` and `max` without `follow` exist only in a pool"
            advice = "add `follow: assignments`, or name it in the customer's `seatPools`"
            yield _error(want, "not-in-a-pool", what, advice)
    for pool in declared:
        if problems := list(_problems(pool, view, within)):
            yield from problems
        else:
            yield from _filled(pool, view)


def _flexible(view: View, kind: str) -> list[Resource]:
    wants = [want for _, want in sorted(view.wants.items()) if want.address.kind == kind]
    return [want for want in wants if wish(want) and want.state is State.PRESENT]


def _problems(pool: Pool, view: View, within: Sequence[Address]) -> Iterable[Finding]:
    """What keeps a pool from being filled: nothing of it is changed then."""
    ids = {current(w, view.haves.get(w.address)) for w in _members(pool, view)}
    known = {each.lower() for one in ids for each in (one, products.part_number(one))}
    for address in pool.members:
        want = view.wants.get(address)
        words = wish(want) if want else None
        if want is None:
            what = f"the pool of {pool.licence} is filled by {address.path[-1]}, which is not there"
            yield _at(pool, address, "no-such-subscription", what, "correct `fill`")
        elif within.count(address) > 1:
            what = f"{address.path[-1]} stands in `fill` more than once"
            yield _at(pool, address, "seats-shared", what, "leave it in one place")
        elif words and words.follows:
            what = f"it is in the pool of {pool.licence} and has a `follow` of its own"
            advice = "write `{min, max}`: the pool follows the people"
            yield _error(want, "follow-in-a-pool", what, advice)
        elif len(ids) > 1 or pool.licence.lower() not in known:
            told = ", ".join(sorted(map(products.part_number, ids)))
            what = f"the pool of {pool.licence} is filled by subscriptions that give {told}"
            yield _at(pool, address, "other-licence", what, "keep those of one licence")


def _members(pool: Pool, view: View) -> list[Resource]:
    """The subscriptions of a pool that are wanted, in its order."""
    found = [view.wants[address] for address in pool.members if address in view.wants]
    return [want for want in found if want.state is State.PRESENT]


def _filled(pool: Pool, view: View) -> Iterable[Settled | Read | Finding]:
    """The flexible ones with what the fixed ones leave to them."""
    members = list(_giving(pool, view))
    flexible = [(want, words) for want in members if (words := wish(want))]
    yield from _resting(pool, view)
    if not flexible:
        return
    name = current(members[0], view.haves.get(members[0].address))
    if (reason := uncounted(view)) is not None:
        for want, _ in flexible:
            yield from unknown(
                want, view.haves.get(want.address), name, reason, unread=is_unread(view)
            )
        return
    held = people(view, name)
    left = held + pool.spare - sum(w.spec["quantity"] for w in members if wish(w) is None)
    least, most = _others(pool, view, members, name)
    live = sum(size(view.haves.get(want.address)) for want, _ in flexible)
    if left - least > live and (asks := _asks(pool, view, members)):
        yield from asks
        return
    number = min(max(live, left - most), left - least)
    given = _shares(flexible, number, view)
    sizes = {w.address: given.get(w.address, w.spec.get("quantity", 0)) for w in members}
    for want, _ in flexible:
        told = _told(pool, held, sizes, max(left - number, 0))
        yield from numbered(want, name, given[want.address], told)
    yield from _warned(pool, view, name, held, sizes, number - sum(given.values()))


def _giving(pool: Pool, view: View) -> Iterable[Resource]:
    """The subscriptions that give seats: one that is suspended gives none."""
    return (want for want in _members(pool, view) if want.spec["state"] == "active")


def _resting(pool: Pool, view: View) -> Iterable[Settled]:
    """The others keep the number that they have."""
    for want in _members(pool, view):
        if wish(want) and want.spec["state"] != "active":
            have = view.haves.get(want.address)
            yield from numbered(want, current(want, have), size(have), "")


def _others(pool: Pool, view: View, members: Sequence[Resource], name: str) -> tuple[int, int]:
    """Seats that are not from here, at least and at most: what was bought here in the last hours
    may not be among the tenant's seats yet."""
    if not pool.counts_others:
        return 0, 0
    level = view.levels.get(name)
    haves = [have for want in members if (have := view.haves.get(want.address))]
    total = level.total if level else 0
    ours = sum(map(size, haves))
    young = sum(_young(have, view) for have in haves)
    return max(total - ours, 0), max(min(total, total - ours + young), 0)


def _young(have: Resource, view: View) -> int:
    """Seats of a subscription that were added so lately that they may be on their way."""
    if have.spec["state"] == "pending":
        return size(have)
    added = have.remote.get("added", ())
    return sum(seats for when, seats in added if when > view.at - ARRIVAL)


def _asks(pool: Pool, view: View, members: Sequence[Resource]) -> list[Read]:
    """What has to be read before more is bought: when the seats from here were added."""
    if not pool.counts_others or view.owner is None:
        return []
    found = []
    for want in members:
        have = view.haves.get(want.address)
        if have is None or have.spec["state"] not in LIVE:
            continue
        path = at(view, view.owner, f"subscriptions/{have.remote['id']}")
        if path and path not in view.reads:
            found.append(Read(path, (want.address,), owner=view.owner))
    return found


def _shares(
    flexible: Sequence[tuple[Resource, Wish]], number: int, view: View
) -> dict[Address, int]:
    """The number over the subscriptions: each its least, then in order up to its most. One that is
    live keeps a seat, because the service knows none without."""
    given = {}
    for want, words in flexible:
        given[want.address] = max(words.least, 1 if size(view.haves.get(want.address)) else 0)
    rest = number - sum(given.values())
    for want, words in flexible:
        room = rest if words.most is None else words.most - given[want.address]
        more = max(min(rest, room), 0)
        given[want.address] += more
        rest -= more
    return given


def _told(pool: Pool, held: int, sizes: Mapping[Address, int], elsewhere: int) -> str:
    """``25 = 24 people + 1 spare: core 20, flex 3, elsewhere 2 (customers/contoso.yaml:7)``."""
    parts = [f"{address.path[-1]} {seats}" for address, seats in sizes.items()]
    parts += [f"elsewhere {elsewhere}"] if elsewhere else []
    sum_ = f"{held + pool.spare} = {held} people + {pool.spare} spare"
    return f"{sum_}: {', '.join(parts)} {line(pool.place)}"


def _warned(
    pool: Pool, view: View, name: str, held: int, sizes: Mapping[Address, int], lacks: int
) -> Iterable[Finding]:
    """A pool that can't hold all, or has no seat to spare; said of its last subscription."""
    last = view.wants[list(sizes)[-1]]
    more = sum(seats - size(view.haves.get(address)) for address, seats in sizes.items())
    if lacks > 0:
        what = f"the pool of {pool.licence} lacks {lacks} seats: all of it is at its `max`"
        advice = f"raise a `max`, or a fixed quantity, by {lacks}"
        where = last.at("quantity")
        yield Finding(Severity.WARNING, "pool-too-small", what, advice, last.address, where)
    elif (finding := short(last, name, view, more, held)) is not None:
        yield finding


def _at(pool: Pool, address: Address, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, code, what, advice, address, pool.place)


def _error(want: Resource, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, code, what, advice, want.address, want.at("quantity"))
