"""Over which SKUs the lists of a customer's people decide: `licensePolicy`.

Owns what is managed, what is never touched, and what is said of the rest (manifest-reference.md
4.1, domain rules LI1 to LI3). The API's answers don't tell a licence that comes from a group: only
the manifest can. Pure; imports the nouns and the table of SKUs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from pcsync.kinds.license import skus
from pcsync.model import (
    Action,
    Address,
    Finding,
    Measure,
    Owns,
    Place,
    Resource,
    Severity,
    State,
    Verb,
    View,
)

WORD = "licensePolicy"
AGAIN = "take-again"
LIMIT = Measure.LOSE_LICENCE.value
Words = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Policy:
    """The words of a customer, SKUs by their GUIDs. `unknown` are part numbers of no SKU."""

    manage: str
    ignored: frozenset[str]
    by_group: frozenset[str]
    unknown: tuple[str, ...] = ()

    def untouchable(self, pool: str) -> str | None:
        """Why a SKU is neither assigned nor removed, if so."""
        if pool in self.by_group:
            return "is assigned by a group (`licensePolicy.groupAssigned`)"
        if pool in self.ignored:
            return "is never touched (`licensePolicy.ignore`, `licenses.ignore`)"
        return None


def of(view: View) -> Policy:
    """The policy of the view's customer; without a list of its own the project's is ignored."""
    words = _words(view).get(WORD, {})
    by_group = frozenset(words.get("groupAssigned", ()))
    own = frozenset(words.get("ignore", ()))
    ignored = own if "ignore" in words else frozenset(view.rules.ignored)
    return Policy(
        words.get("manage", "declared"),
        _skus(ignored),
        _skus(by_group),
        tuple(sorted(text for text in own | by_group if not skus.look_up(text))),
    )


@lru_cache(maxsize=64)
def _skus(texts: frozenset[str]) -> frozenset[str]:
    """The GUIDs of part numbers: asked for every licence, and the same for most customers."""
    return frozenset(sku.id for text in texts for sku in skus.look_up(text))


def managed(view: View, kind: str) -> Callable[[Resource], bool]:
    """Whether a list that does not name a licence takes it away; not what comes back (LI3)."""
    decides = _deciding(view, kind)
    return lambda have: decides(have) and came_back(view, have.address) is None


def came_back(view: View, address: Address) -> datetime | None:
    """When a licence was taken away that somebody has all the same: a group gives it again each
    time, and the API's answers don't tell. None where nobody took it, or says `--allow`."""
    again = str(address) in view.rules.allowed.get(AGAIN, ())
    return None if again else view.taken.get(address)


def inherited(address: Address, at: datetime, place: Place | None) -> Finding:
    """What came back stays, and is never planned twice."""
    what = f"was taken away on {at:%Y-%m-%d} and is back, as what a group assigns is: it stays"
    advice = (
        f"take {address.path[1]} out of the group, or say `licensePolicy: {{groupAssigned: "
        f"[{address.path[-1]}]}}`; `--allow {AGAIN}={address}` takes it away once more"
    )
    return Finding(Severity.WARNING, "inherited", what, advice, address, place)


def _deciding(view: View, kind: str) -> Callable[[Resource], bool]:
    policy = of(view)
    everything = policy.manage == "all"
    pools = frozenset[str]() if everything else frozenset(_named(view, policy, kind))
    moving = _moving(view, kind) if policy.manage == "declared" else frozenset()

    def decides(have: Resource) -> bool:
        pool = str(have.remote["sku"])
        mine = everything or pool in pools or (have.owner in moving and outlived(view, pool))
        return mine and not policy.untouchable(pool)

    return decides


def outlived(view: View, pool: str) -> bool:
    """Whether the tenant has no seat of a SKU that people still hold, and none that could come
    back: what is left when a subscription was renewed as another product and the service did not
    move its people (rule LI15)."""
    level = view.levels.get(pool)
    return level is not None and level.total == level.held == 0 < level.used


def _moving(view: View, kind: str) -> frozenset[Address | None]:
    """The people who are to get a licence by the name of its subscription and have it not yet."""
    return frozenset(
        want.owner
        for want in view.wants.values()
        if want.address.kind == kind
        if want.state is State.PRESENT and want.remote.get("provider")
        if want.address not in view.haves
    )


def _words(view: View) -> Words:
    customer = view.wants.get(view.owner) if view.owner else None
    return customer.words if customer else {}


def _named(view: View, policy: Policy, kind: str) -> Iterator[str]:
    """The SKUs that people's lists, personas and, as `declared`, subscriptions stand for."""
    for want in view.wants.values():
        if want.state is State.PRESENT and (
            want.address.kind == kind or policy.manage == "declared"
        ):
            yield from want.holds
    providers = {
        want.address.path[-1]: pool
        for want in view.wants.values()
        for pool, seats in want.holds.items()
        if seats >= 0
    }
    for entry in _of_personas(view):
        if entry in providers:
            yield providers[entry]
        yield from (sku.id for sku in skus.look_up(entry))


def _of_personas(view: View) -> Iterator[str]:
    for entries in _words(view).get("personas", {}).values():
        for entry in entries:
            named = isinstance(entry, Mapping)
            yield entry.get("subscription") or entry["sku"] if named else entry


def review(view: View, kind: str) -> Iterator[Finding]:
    """What people with a list hold that it does not decide over, once for a customer; and what
    stops changes: a word that means no SKU, or every SKU without a limit."""
    policy = of(view)
    for text in policy.unknown:
        yield from _unknown(text, view, kind)
    if policy.manage == "all" and not _limited(view):
        yield from _unlimited(view, kind)
    yield from _back(view, kind)
    lists = {owns.owner: owns for owns in view.owns if owns.kind == kind and not owns.word}
    if not lists:
        return
    decides = _deciding(view, kind)
    rest = [
        str(have.remote["sku"])
        for have in view.haves.values()
        if have.address.kind == kind and have.address not in view.wants
        if have.owner in lists and _stays(have.owner, view) and not decides(have)
        if have.remote["sku"] not in policy.ignored
    ]
    place = lists[min(lists)]
    yield from _told(Counter(p for p in rest if p in policy.by_group), view, place, inherited=True)
    others = Counter(p for p in rest if p not in policy.by_group)
    yield from _told(others, view, place, inherited=False)


def _back(view: View, kind: str) -> Iterator[Finding]:
    """Of what no line names, what would be taken away if it had not come back once."""
    places = {owns.owner: owns.place for owns in view.owns if owns.kind == kind}
    decides = _deciding(view, kind) if view.taken else None
    for address in sorted(view.taken.keys() & view.haves.keys()):
        have, at = view.haves[address], came_back(view, address)
        covered = next((each for each in (have.owner, view.owner) if each in places), None)
        if decides and at and covered and address not in view.wants and decides(have):
            yield inherited(address, at, places[covered])


def _stays(owner: Address | None, view: View) -> bool:
    declared = view.wants.get(owner) if owner else None
    return declared is None or declared.state is State.PRESENT


def _told(pools: Counter[str], view: View, owns: Owns, *, inherited: bool) -> Iterable[Finding]:
    if not pools:
        return
    names = ", ".join(f"{count} {skus.shown(pool)}" for pool, count in sorted(pools.items()))
    if inherited:
        what = f"licences that come from a group, and stay: {names}"
        advice = "take people out of the group to take it from them"
    else:
        what = f"licences of declared people that are not managed here, and stay: {names}"
        advice = "nothing; to manage one, name it for somebody, or say `licensePolicy.manage`"
    code = "inherited" if inherited else "unmanaged"
    yield Finding(Severity.INFO, code, what, advice, view.owner, owns.place)


def _limited(view: View) -> bool:
    """Whether somebody said how many people may lose a licence, in the project or for this run."""
    given = view.rules.allowed.get(LIMIT, ())
    numbers = [int(text) for text in given if text.isdecimal()]
    return max([*numbers, view.rules.limits.get(LIMIT, 0)]) > 0


def _unlimited(view: View, kind: str) -> Iterator[Finding]:
    """One word must not strip a tenant: what it would take is listed, and stays (rule LI2)."""
    for action in view.actions.values():
        taken = action.address.kind == kind and action.verb is Verb.DELETE
        if taken and action.address not in view.wants and action.implied_by is None:
            what = f"`manage: all` would take {action.address.path[-1]} ({action.title}) away"
            advice = f"set `limits.{LIMIT}` above 0 or say --allow {LIMIT}=N, or name it to keep it"
            code = "all-without-limit"
            yield Finding(Severity.ERROR, code, what, advice, action.address, action.place)


def _unknown(text: str, view: View, kind: str) -> Iterator[Finding]:
    customer = view.wants.get(view.owner) if view.owner else None
    place = customer.at(WORD) if customer else None
    what = f"`{WORD}` names {text}, which is no part number of the table"
    advice = "correct it: until then no licence of this customer is changed"

    def said(severity: Severity, address: Address | None) -> Finding:
        return Finding(severity, "unknown-sku", what, advice, address, place)

    acting: list[Action] = [a for a in view.actions.values() if a.address.kind == kind]
    yield said(Severity.WARNING, view.owner)
    yield from (said(Severity.ERROR, a.address) for a in acting if a.implied_by is None)
