"""What `onMissing` says of a resource that is not there (manifest-reference.md 2.2).

Owns when the word is new: beside a trace it creates once, so that a word that stays can't buy every
year (domain rules ID5, ID6). Must not import a kind or a stage.
"""

from __future__ import annotations

from collections.abc import Iterable

from pcsync.model import Address, Finding, Resource, Severity, View

WORD = "onMissing"


def before(want: Resource, view: View) -> Resource | None:
    """What the base declared under this address or under a former name of it."""
    *parents, name = want.address.path
    for each in (name, *want.words.get("renamedFrom", ())):
        address = Address(want.address.kind, (*parents, str(each)))
        if view.base and (found := view.base.get(address)):
            return found
    return None


def creates(want: Resource) -> bool:
    """Whether the manifest asks for a new one although there may be a trace."""
    return bool(want.words.get(WORD) == "create")


def may_create(want: Resource, view: View) -> bool:
    """Whether a new one may be created beside a trace: the word is there, and it is new.

    New against the base; without a base a flag of this run has to name the address.
    """
    if not creates(want):
        return False
    if view.base is None:
        return str(want.address) in view.rules.allowed.get("create", ())
    known = before(want, view)
    return known is None or not creates(known)


def refused(want: Resource, thing: str) -> Iterable[Finding]:
    """`onMissing: error`: nothing is created, trace or not."""
    if want.words.get(WORD) == "error":
        what = f"no {thing} was found, and `onMissing: error` creates none"
        yield Finding(
            Severity.ERROR,
            "not-created",
            what,
            f"remove its lines, or {WORD} where it is to be created",
            want.address,
            want.at(WORD),
        )


def left_behind(want: Resource, view: View) -> Finding | None:
    """A word that has had its effect, or can't have one: it only waits for an accident."""
    if not creates(want) or may_create(want, view):
        return None
    advice = "take `onMissing: create` out of its lines"
    if view.base is None:
        advice = f"say --allow create={want.address} to create another, or {advice}"
    return Finding(
        Severity.WARNING,
        "create-left-behind",
        "`onMissing: create` works once, when it is new: nothing is created now",
        advice,
        want.address,
        want.at(WORD),
    )
