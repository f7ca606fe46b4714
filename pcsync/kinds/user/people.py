"""What is to be said of several people together: names that look like a rename, sign-in domains,
synced accounts, what has to be done by hand.

Pure; imports the nouns only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pcsync.model import Action, Finding, Place, Resource, Severity, State, Verb, View

INITIAL = ".onmicrosoft.com"
MOST_NAMES = 3


def review(view: View, kind: str) -> Iterable[Finding]:
    """The findings of one customer's people."""
    acting = [a for a in view.actions.values() if a.address.kind == kind]
    created = [a for a in acting if a.verb is Verb.CREATE]
    if created:
        yield from _renamed(created, view)
        yield from _first_domain(created, view)
    yield from _synced(view, kind)
    for action in acting:
        if action.verb is Verb.DELETE:
            yield _by_hand(action)


def _renamed(created: Iterable[Action], view: View) -> Iterable[Finding]:
    """Somebody's lines left git and somebody of that name comes: the same person, or another?"""
    gone = [
        want
        for want in view.wants.values()
        if want.state is State.REMOVED and want.address in view.haves
    ]
    for action in created:
        want = view.wants[action.address]
        if want.words.get("onMissing") == "create":
            continue
        for other in gone:
            if other.address.kind == want.address.kind and _alike(want, other):
                yield from _question(want, other, view)


def _alike(one: Resource, other: Resource) -> bool:
    def names(field: str) -> list[str]:
        return [str(each.spec.get(field) or "").lower() for each in (one, other)]

    pairs = (names(field) for field in ("displayName", "firstName"))
    return any(first and first == second for first, second in pairs)


def _question(want: Resource, gone: Resource, view: View) -> Iterable[Finding]:
    """An error for both, and for whatever else would happen to the one whose lines left."""
    former = gone.address.path[-1]
    what = f"{want.address} is new, and the lines of {gone.address} with the same name left git"
    advice = (
        f"if it is the same person, say `renamedFrom: [{former}]`; if it is another, say "
        "`onMissing: create`"
    )
    below = [a.address for a in view.actions.values() if a.owner == gone.address]
    for address in (want.address, gone.address, *below):
        yield Finding(Severity.ERROR, "rename-or-replace", what, advice, address, want.place)


def _first_domain(created: Iterable[Action], view: View) -> Iterable[Finding]:
    wants = [view.wants[action.address] for action in created]
    mine = [w for w in wants if w.spec["userPrincipalName"].lower().endswith(INITIAL)]
    if mine:
        domain = mine[0].spec["userPrincipalName"].partition("@")[2]
        what = f"{_people(len(mine))} will sign in as @{domain}"
        default = _written(view, "userDefaults.domain")
        line = "this line" if default else "the sign-in names"
        advice = (
            "a domain of its own can only be added by the customer's administrator; then change "
            f"{line}: the people keep their ids"
        )
        place = default or mine[0].at("userPrincipalName")
        code = "onmicrosoft-sign-in"
        yield Finding(Severity.WARNING, code, what, advice, view.owner, place)


def _synced(view: View, kind: str) -> Iterable[Finding]:
    """How many of the declared people are mastered elsewhere (rule PE7)."""
    declared = [
        want
        for want in view.wants.values()
        if want.address.kind == kind and want.state is not State.REMOVED
    ]
    pairs = [(want, view.haves[want.address]) for want in declared if want.address in view.haves]
    kept = [have for want, have in pairs if want.state is State.PRESENT]
    synced = sum(1 for have in kept if have.remote.get("synced"))
    others = sorted(h.address.path[-1] for _, h in pairs if not h.remote.get("synced"))
    if synced:
        what = (
            f"{synced:,} of {_people(len(declared))} {'is' if synced == 1 else 'are'} synced from "
            f"on-premises AD: only their licences can be managed here{_not_synced(others)}"
        )
        advice = "change the other fields in the directory they are synced from"
        place = _written(view, "userDefaults.lifecycle") or _written(view, "users")
        yield Finding(Severity.WARNING, "synced-users", what, advice, view.owner, place)


def _written(view: View, name: str) -> Place | None:
    """Where a word of the customer is written, if it is."""
    customer = view.wants.get(view.owner) if view.owner else None
    return customer.places.get(name) if customer else None


def _not_synced(names: Sequence[str]) -> str:
    """Who is not, where these are few."""
    if not 0 < len(names) <= MOST_NAMES:
        return ""
    return f"; {', '.join(names)} {'is' if len(names) == 1 else 'are'} not synced"


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"


def _by_hand(action: Action) -> Finding:
    """What no call of Partner Center can do for somebody who leaves (rule PE12)."""
    what = "sign-in blocked, sessions revoked, devices wiped; OneDrive and calendar handed over"
    advice = "do it by hand before: Partner Center can't"
    return Finding(Severity.INFO, "by-hand", what, advice, action.address, action.place)
